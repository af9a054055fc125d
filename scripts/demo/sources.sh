# Where the packages and the sources come from. Sourced by demo.sh.
# shellcheck shell=bash

# Sets REPO_URLS: the package repositories that the build tag uses.
prepare_distribution() {
    if command -v apt-get >/dev/null; then
        quietly apt scripts/private-apt.sh "$DEMO_DIR/apt" || return
        local distro=$DEMO_DIR/distro
        if [ ! -f "$distro/repo/repodata/repomd.xml" ]; then
            say "making a small rpm distribution from Debian packages"
            APT_CONFIG=$DEMO_DIR/apt/apt.conf quietly distro /usr/bin/python3 tests/distro/mkdistro.py "$distro" || return
        fi
        REPO_URLS=("file://$distro/repo")
    else
        # the running release's own repositories, at the mirror that dnf has chosen
        local repo url
        REPO_URLS=()
        for repo in fedora updates; do
            url=$(dnf -q repoquery --disablerepo='*' --enablerepo="$repo" --location filesystem bash 2>"$LOGS/dnf.log" |
                sed -n 's,/Packages/.*,/,p' | head -n 1)
            [ -z "$url" ] || REPO_URLS+=("$url")
        done
        step_log=$LOGS/dnf.log
        [ ${#REPO_URLS[@]} -gt 0 ] || return
    fi
    say "packages come from ${REPO_URLS[*]}"
}

# Fetches GNU hello and commits three packages, each with a release that no earlier demo has built.
prepare_sources() {
    local fetched=$DEMO_DIR/fetched release
    release=$(($(cat "$DEMO_DIR/release" 2>/dev/null || echo 0) + 1))
    mkdir -p "$fetched"
    if ! compgen -G "$fetched/hello*.tar.*" >/dev/null; then
        say "fetching the source of GNU hello"
        if command -v apt-get >/dev/null; then
            (cd "$fetched" && APT_CONFIG=$DEMO_DIR/apt/apt.conf \
                quietly hello-source apt-get -q source --download-only --tar-only hello) || return
        else
            (cd "$fetched" && quietly hello-source dnf -q download --source hello &&
                rpm2cpio hello-*.src.rpm | cpio -id --quiet 'hello-*.tar.*') || return
        fi
    fi
    local tarball version
    tarball=$(cd "$fetched" && compgen -G 'hello*.tar.*' | head -n 1)
    version=$(sed -E 's/^hello[-_]([0-9.]+)\..*$/\1/; s/\.orig$//; s/\.tar$//' <<<"$tarball")
    commit_package hello "$release" "$version" "$tarball" "$fetched/$tarball" || return
    commit_package libgreet "$release" || return
    commit_package greet "$release" || return
    echo "$release" >"$DEMO_DIR/release"
    HELLO_VERSION=$version
    RELEASE=$release
}

# Commits package $1 with release $2, version $3, source file name $4; $5 is a further file.
commit_package() {
    local name=$1 release=$2 version=${3:-} source=${4:-} extra=${5:-}
    local work=$DEMO_DIR/git/$name
    local git=(git -C "$work" -c user.name=demo -c user.email=demo@example.com -c commit.gpgsign=false)
    if [ ! -d "$work/.git" ]; then
        mkdir -p "$work"
        quietly "git-$name" git init -q "$work" || return
    fi
    cp scripts/demo/packages/"$name"/* "$work/" || return
    sed -i "s/@RELEASE@/$release/; s/@VERSION@/$version/; s/@SOURCE@/$source/" "$work/$name.spec" || return
    [ -z "$extra" ] || cp "$extra" "$work/" || return
    "${git[@]}" add . && quietly "git-$name" "${git[@]}" commit -q -m "$name, release $release" || return
    say "$name is at commit $(commit_of "$name")"
}

commit_of() { git -C "$DEMO_DIR/git/$1" rev-parse HEAD; }

nvr_of() {
    case $1 in
        hello) echo "hello-$HELLO_VERSION-$RELEASE" ;;
        *) echo "$1-1.0-$RELEASE" ;;
    esac
}

# Unpacks what was built and runs it here.
run_built_programs() {
    local root=$DEMO_DIR/unpacked rpm
    rm -rf "$root" && mkdir -p "$root" || return
    for rpm in "$DEMO_DIR"/hub/files/packages/{hello/"$HELLO_VERSION",libgreet/1.0,greet/1.0}/"$RELEASE"/*/*.rpm; do
        case $rpm in
            *.src.rpm | *-debuginfo-* | *-debugsource-*) ;;
            *) (cd "$root" && rpm2cpio "$rpm" | cpio -id --quiet) || return ;;
        esac
    done
    show "$root/usr/bin/hello" || return
    LD_LIBRARY_PATH=$root/usr/lib64:$root/usr/lib:$root/usr/lib/x86_64-linux-gnu show "$root/usr/bin/greet" "$(id -un)"
}
