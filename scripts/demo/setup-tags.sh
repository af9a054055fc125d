# What a new hub needs before it can build. Sourced by demo.sh.
# shellcheck shell=bash

# Everything is made once; a later demo finds it.
configure_hub() {
    if [ -f "$DEMO_DIR/configured" ]; then
        say "made by an earlier demo"
        return
    fi
    add_account demo-admin --admin
    add_account demo-builder --host
    add_account kojira
    quietly grant "$BIN_DIR/koji-hub" admin --config "$DEMO_DIR/hub.conf" grant kojira repo ||
        fail "kojira could not be given the permission repo"

    local arch
    arch=$(uname -m)
    must add-host demo-builder "$arch" --force
    must call addHostToChannel demo-builder createrepo

    must add-tag demo
    must add-tag demo-build --parent demo --arches "$arch"
    must add-target demo demo-build demo
    must add-pkg --owner demo-admin demo hello libgreet greet

    must add-group demo-build build
    must add-group demo-build srpm-build
    # shellcheck disable=SC2046
    must add-group-pkg demo-build build $(group_packages build)
    # shellcheck disable=SC2046
    must add-group-pkg demo-build srpm-build $(group_packages srpm-build)

    local number=0 url
    for url in "${REPO_URLS[@]}"; do
        number=$((number + 1))
        must add-external-repo --tag demo-build --priority $((number * 10)) --mode bare "demo-packages-$number" "$url"
    done
    touch "$DEMO_DIR/configured"
}

must() { admin "$@" || fail "koji $1 did not succeed"; }

# The packages of a fresh buildroot.
group_packages() {
    local common="bash coreutils gawk grep gzip redhat-rpm-config rpm-build sed shadow-utils tar xz"
    if command -v apt-get >/dev/null; then
        common+=" glibc minidistro-release"
    else
        common+=" fedora-release"
    fi
    case $1 in
        srpm-build) echo "$common" ;;
        build) echo "$common bzip2 cpio diffutils findutils gcc make patch unzip util-linux which" ;;
    esac
}
