#!/bin/bash
# Makes source packages in directory $1: the spec files beside this script with the sources of the running Debian release,
# fetched from its archive once. Further arguments name some of them instead of all. Prints what it made.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=$(realpath -m "$1")
shift
names=("$@")
if [ ${#names[@]} = 0 ]; then
    for spec in "$here"/*.spec; do names+=("$(basename "$spec" .spec)"); done
fi
mkdir -p "$out/sources"
exec 9>"$out/lock"
flock 9
fail() { echo "srpms.sh: $*" >&2; exit 1; }

for name in "${names[@]}"; do
    spec=$here/$name.spec
    [ -f "$spec" ] || fail "no spec file for $name"
    find_tarball() { find "$out/sources" -name "${name}_*.orig.tar.*" ! -name '*.asc' -printf '%f\n' | sort | tail -n 1; }
    tarball=$(find_tarball)
    if [ -z "$tarball" ]; then
        "$here/../../scripts/private-apt.sh" "$out/apt" >"$out/apt.log" 2>&1 || fail "apt cannot read the archive, see $out/apt.log"
        (cd "$out/sources" && APT_CONFIG=$out/apt/apt.conf apt-get -q source --download-only --tar-only "$name") >"$out/apt.log" 2>&1 ||
            fail "the source of $name cannot be fetched: $(tail -n 2 "$out/apt.log")"
        tarball=$(find_tarball)
        [ -n "$tarball" ] || fail "apt fetched no source of $name"
    fi
    version=${tarball#"${name}"_}
    version=${version%.orig.tar.*}
    top=$out/build/$name
    rm -rf "$top"
    mkdir -p "$top"
    sed "s/@VERSION@/$version/; s/@SOURCE@/$tarball/; s/@VERSION@/$version/" "$spec" >"$top/$name.spec"
    SOURCE_DATE_EPOCH=1700000000 rpmbuild -bs --nodeps --quiet --define "_sourcedir $out/sources" --define "_srcrpmdir $top" \
        --define "dist .mini1" "$top/$name.spec" >"$top/log" 2>&1 || fail "rpmbuild: $(cat "$top/log")"
    cp "$top"/*.src.rpm "$out/$name.src.rpm"
    echo "$out/$name.src.rpm"
done
