# Sourced: upstream's client, where the tests of the whole system keep it, too.
#
# install_upstream  installs it once; sets `upstream`, its directory. `checkout` is the project's.

install_upstream() {
    local version=1.36.1
    upstream=${CARGO_TARGET_DIR:-${checkout:?}/target}/test-cache/upstream-koji-$version
    [ ! -e "$upstream.complete" ] || return 0
    mkdir -p "$(dirname "$upstream")"
    rm -rf "$upstream"
    /usr/bin/python3 -m venv --system-site-packages "$upstream"
    "$upstream/bin/pip" install --quiet "koji==$version"
    touch "$upstream.complete"
}
