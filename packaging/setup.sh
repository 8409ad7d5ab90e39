# Shared by packaging/run, packaging/test and packaging/bench: installs what is missing and builds.
# Sourced, not run.
# shellcheck shell=bash

RESIDUUM_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

build_packages=(
    g++ cmake ninja-build ccache
    libtorch-dev libopenblas-dev libeigen3-dev libhdf5-dev nlohmann-json3-dev libpcre2-dev
    libcli11-dev libxxhash-dev zlib1g-dev libssl-dev
)
gui_packages=(
    qt6-base-dev qt6-svg-dev libqt6svg6 libqcustomplot-dev fonts-dejavu-core
)
test_packages=(
    libgtest-dev libgmock-dev libbenchmark-dev
    python3-h5py python3-xarray python3-h5netcdf
)

missing_packages() {
    local package
    for package in "$@"; do
        dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii' || echo "$package"
    done
}

# Installs what is missing of the packages named; says what to do where that is not possible.
install_packages() {
    if ! command -v dpkg-query >/dev/null; then
        echo "residuum: this is no Debian-like system; where the build fails, install the equivalents of: $*" >&2
        return 0
    fi
    local missing
    missing=$(missing_packages "$@" | tr '\n' ' ')
    [ -n "$missing" ] || return 0
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
            as_root=(sudo)
        else
            echo "residuum: these Debian packages are missing, and only root can install them: $missing" >&2
            echo "Ask an administrator for: apt-get install $missing" >&2
            exit 1
        fi
    fi
    echo "installing: $missing" >&2
    # The package lists of a bare machine may be absent or old.
    "${as_root[@]}" apt-get update -q >&2 || echo "residuum: the package lists could not be refreshed; trying with those there are" >&2
    # shellcheck disable=SC2086
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing >&2
}

# One build in a folder at a time: two at once break each other's precompiled headers. The lock is
# let go when the script ends, or by `unlock_build` before the program is started.
lock_build() {
    mkdir -p "$RESIDUUM_ROOT/build"
    exec 9>"$RESIDUUM_ROOT/build/.lock"
    if ! flock -n 9; then
        echo "residuum: another build in this folder is running; waiting for it" >&2
        flock 9
    fi
}

unlock_build() {
    exec 9>&-
}

# configure [cmake options…]: seconds where nothing has changed. All scripts build with one set of
# flags, so that none of them builds again what another has built; CI alone makes warnings errors.
configure() {
    local log preset=release
    [ -z "${CI:-}" ] || preset=ci
    log=$(mktemp)
    if ! (cd "$RESIDUUM_ROOT" && cmake --preset "$preset" "$@") >"$log" 2>&1; then
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
