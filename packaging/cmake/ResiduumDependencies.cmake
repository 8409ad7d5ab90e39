# Everything the project takes from outside, as imported targets.
find_package(Threads REQUIRED)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(CLI11 REQUIRED)
find_package(HDF5 1.10 REQUIRED COMPONENTS C HL)
find_package(ZLIB REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)

find_library(RESIDUUM_PCRE2 pcre2-8 REQUIRED)
find_path(RESIDUUM_PCRE2_INCLUDE pcre2.h REQUIRED)
add_library(residuum_pcre2 INTERFACE)
target_include_directories(residuum_pcre2 SYSTEM INTERFACE "${RESIDUUM_PCRE2_INCLUDE}")
target_link_libraries(residuum_pcre2 INTERFACE "${RESIDUUM_PCRE2}")

find_path(RESIDUUM_XXHASH_INCLUDE xxhash.h REQUIRED)
find_library(RESIDUUM_XXHASH xxhash REQUIRED)
add_library(residuum_xxhash INTERFACE)
target_include_directories(residuum_xxhash SYSTEM INTERFACE "${RESIDUUM_XXHASH_INCLUDE}")
target_link_libraries(residuum_xxhash INTERFACE "${RESIDUUM_XXHASH}")

# An own LibTorch (for CUDA) is found through CMAKE_PREFIX_PATH, see the README.
# ATen's parallel_for runs on one thread in files compiled without OpenMP.
find_package(OpenMP REQUIRED COMPONENTS CXX)
find_package(Torch REQUIRED)
add_library(residuum_torch INTERFACE)
target_include_directories(residuum_torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
separate_arguments(RESIDUUM_TORCH_FLAGS UNIX_COMMAND "${TORCH_CXX_FLAGS}")
target_compile_options(residuum_torch INTERFACE ${RESIDUUM_TORCH_FLAGS})
if(TORCH_CXX_FLAGS MATCHES "_GLIBCXX_USE_CXX11_ABI=0")
    # A LibTorch of the old ABI: strings then have it everywhere, in libraries without torch too.
    target_compile_definitions(residuum_options INTERFACE _GLIBCXX_USE_CXX11_ABI=0)
endif()
target_link_libraries(residuum_torch INTERFACE
    ${TORCH_LIBRARIES} OpenMP::OpenMP_CXX ${CMAKE_DL_LIBS})
residuum_precompiled(precompiled_torch LIBRARIES residuum_options residuum_torch HEADERS <ATen/ATen.h>)

if(RESIDUUM_GUI)
    find_package(Qt6 6.4 REQUIRED COMPONENTS Widgets PrintSupport Svg)
    find_package(QCustomPlotQt6 CONFIG REQUIRED)
    set(RESIDUUM_WINDOW_HEADERS <algorithm> <cmath> <functional> <map> <memory> <optional> <string>
        <utility> <vector> <Eigen/Core> <nlohmann/json_fwd.hpp> <QtWidgets>)
    residuum_precompiled(precompiled_window
        LIBRARIES residuum_options Qt6::Widgets Eigen3::Eigen nlohmann_json::nlohmann_json
        HEADERS ${RESIDUUM_WINDOW_HEADERS})
    target_compile_definitions(precompiled_window PRIVATE QT_NO_KEYWORDS)
endif()
