#!/bin/sh
# Run a command on a machine that can build pycddlib.
#
#     scripts/system_libraries.sh PYTHON [COMMAND [ARGUMENT...]]
#
# pycddlib, our exact engine, comes without a wheel for Linux and macOS: pip compiles it, which
# takes a C compiler, Python's headers, cddlib and GMP. When PYTHON has no pycddlib yet and one of
# these is missing, they are installed where the machine lets us (apt-get or dnf as root or by
# sudo without a password; brew). Where it does not, one line says what to install, and COMMAND is
# not run. COMMAND sees the libraries wherever they were found, since CFLAGS and LDFLAGS name
# their folders.
set -eu

python=$1
shift

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM

ask_python() {
    "$python" -c "$1" 2>"$scratch/errors"
}

# The compiler that pip will use, which may be a command with options; hence no quotes around it.
compiler=${CC:-$(ask_python 'import sysconfig; print(sysconfig.get_config_var("CC") or "cc")')}
headers=$(ask_python 'import sysconfig; print(sysconfig.get_path("include"))')
version=$(ask_python 'import sys; print("%d.%d" % sys.version_info[:2])')

has_pycddlib() {
    ask_python 'import cdd.gmp'
}

# Debian ships Python without what makes virtual environments; inside one that no longer matters.
has_venv() {
    ask_python 'import sys
if sys.prefix == sys.base_prefix:
    import ensurepip, venv'
}

has_python_headers() {
    [ -e "$headers/Python.h" ]
}

cat >"$scratch/probe.c" <<'C'
#define GMPRATIONAL
#include <gmp.h>
#include <cddlib/setoper.h>
#include <cddlib/cdd.h>
int main(void) { dd_set_global_constants(); return 0; }
C

# pycddlib links against cddlib twice: in floating point (cdd) and in rational numbers (cddgmp).
has_cddlib() {
    # shellcheck disable=SC2086
    $compiler ${CFLAGS-} "$scratch/probe.c" -o "$scratch/probe" ${LDFLAGS-} \
        -lcdd -lcddgmp -lgmp >"$scratch/errors" 2>&1
}

# conda and Homebrew keep their libraries where compilers do not look by themselves.
look_beside_the_system() {
    brew_prefix=$(brew --prefix 2>"$scratch/errors" || true)
    for prefix in "${CONDA_PREFIX-}" "$brew_prefix"; do
        if [ -n "$prefix" ] && [ -e "$prefix/include/cddlib/cdd.h" ]; then
            CFLAGS="-I$prefix/include ${CFLAGS-}"
            LDFLAGS="-L$prefix/lib -Wl,-rpath,$prefix/lib ${LDFLAGS-}"
            export CFLAGS LDFLAGS
            return
        fi
    done
}

find_cddlib() {
    has_cddlib || { look_beside_the_system && has_cddlib; }
}

can_build() {
    has_venv && has_python_headers && find_cddlib
}

have() {
    command -v "$1" >"$scratch/errors" 2>&1
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

can_be_root() {
    [ "$(id -u)" -eq 0 ] || sudo -n true 2>"$scratch/errors"
}

announce() {
    echo "Installing what pycddlib is built from: $*"
}

install_by_apt() {
    set -- gcc libc6-dev libcdd-dev libgmp-dev
    # Named by version, and only where missing: a Python that is not Debian's has no such package.
    has_python_headers || set -- "$@" "python$version-dev"
    has_venv || set -- "$@" "python$version-venv"
    announce "apt-get install $*"
    apt="env DEBIAN_FRONTEND=noninteractive apt-get -qq"
    # A fresh machine has no list of packages, or an old one: then fetch it and try again.
    # shellcheck disable=SC2086
    as_root $apt install -y --no-install-recommends "$@" >"$scratch/log" 2>&1 ||
        { as_root $apt update && as_root $apt install -y --no-install-recommends "$@"; } \
            >"$scratch/log" 2>&1
}

install_by_dnf() {
    set -- gcc cddlib-devel gmp-devel
    has_python_headers || set -- "$@" python3-devel
    announce "dnf install $*"
    as_root dnf install -y "$@" >"$scratch/log" 2>&1
}

install_by_brew() {
    announce "brew install cddlib gmp"
    brew install cddlib gmp >"$scratch/log" 2>&1
}

install_libraries() {
    if have apt-get && can_be_root; then
        install_by_apt
    elif have dnf && can_be_root; then
        install_by_dnf
    elif have brew; then
        install_by_brew
    else
        false
    fi
}

what_is_missing() {
    if ! has_venv; then
        echo "Python's venv module"
    elif ! has_python_headers; then
        echo "Python's headers"
    elif ! echo 'int main(void) { return 0; }' >"$scratch/empty.c" ||
        ! $compiler "$scratch/empty.c" -o "$scratch/empty" >"$scratch/errors" 2>&1; then
        echo "a working C compiler ($compiler)"
    else
        echo "cddlib with GMP"
    fi
}

if ! has_pycddlib && ! can_build; then
    if ! install_libraries || ! can_build; then
        if [ -s "$scratch/log" ]; then tail -n 5 "$scratch/log" >&2; fi
        echo "polytropic cannot build pycddlib: $(what_is_missing) is missing. Please install" \
            "on Debian/Ubuntu: apt-get install gcc libc6-dev python3-dev python3-venv libcdd-dev" \
            "libgmp-dev; Fedora: dnf install gcc python3-devel cddlib-devel gmp-devel;" \
            "macOS: xcode-select --install, then brew install cddlib gmp;" \
            "conda: conda install -c conda-forge c-compiler cddlib gmp." >&2
        exit 1
    fi
fi

if [ $# -gt 0 ]; then "$@"; fi
