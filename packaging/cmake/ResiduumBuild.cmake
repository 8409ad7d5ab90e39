# Compiler settings and the one way a library of this project is declared.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

find_program(RESIDUUM_CCACHE ccache)
if(RESIDUUM_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${RESIDUUM_CCACHE}")
endif()

add_library(residuum_options INTERFACE)
target_include_directories(residuum_options INTERFACE "${CMAKE_SOURCE_DIR}")
target_compile_definitions(residuum_options INTERFACE RESIDUUM_VERSION="${PROJECT_VERSION}")
target_compile_options(residuum_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
    # GCC 12 reports these falsely in std::string's operator+ (GCC bugs 105329, 105651).
    $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict> $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow>
    $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds>
    $<$<BOOL:${RESIDUUM_WERROR}>:-Werror>)
if(RESIDUUM_SANITIZE)
    target_compile_options(residuum_options INTERFACE
        "-fsanitize=${RESIDUUM_SANITIZE}" -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(residuum_options INTERFACE "-fsanitize=${RESIDUUM_SANITIZE}")
endif()

# residuum_precompiled(NAME LIBRARIES ... HEADERS ...): headers that many targets of the same flags read,
# compiled once for all of them.
function(residuum_precompiled name)
    cmake_parse_arguments(arg "" "" "LIBRARIES;HEADERS" ${ARGN})
    set(source "${CMAKE_BINARY_DIR}/precompiled/${name}.cpp")
    file(CONFIGURE OUTPUT "${source}" CONTENT "")
    add_library(${name} OBJECT "${source}")
    target_link_libraries(${name} PRIVATE ${arg_LIBRARIES})
    target_precompile_headers(${name} PRIVATE ${arg_HEADERS})
endfunction()

# residuum_library(NAME SOURCES ... [PUBLIC targets ...] [PRIVATE targets ...] [PCH a precompiled target])
function(residuum_library name)
    cmake_parse_arguments(arg "" "PCH" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
    add_library(${name} STATIC ${arg_SOURCES})
    target_link_libraries(${name} PUBLIC residuum_options ${arg_PUBLIC} PRIVATE ${arg_PRIVATE})
    if(arg_PCH)
        target_precompile_headers(${name} REUSE_FROM ${arg_PCH})
    endif()
endfunction()
