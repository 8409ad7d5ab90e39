# configure PRESET [cmake options…]: seconds where nothing has changed.
configure() {
    local log
    log=$(mktemp)
    if ! (cd "$RESIDUUM_ROOT" && cmake --preset "$@") >"$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        exit 1
    fi
    rm -f "$log"
}

# build TARGET…: in build/release. Precompiled headers are cached only with this sloppiness.
build() {
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime \
        cmake --build "$RESIDUUM_ROOT/build/release" --target "$@" >&2
}
