#!/bin/bash
# Runs upstream's client and ours side by side against one hub and compares what they print, their exit statuses and what they
# leave at the hub. Its arguments go to compare.py: --only REGEX, --show N. OUT=DIR keeps the results and the hub's log there.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
checkout=$(cd "$here/../.." && pwd)
# shellcheck source=tests/conformance/hub.sh
. "$here/../conformance/hub.sh"
data=$(mktemp -d "${TMPDIR:-/tmp}/koji-clidiff.XXXXXX")
out=${OUT:-$data}
end() {
    stop_hub
    rm -rf "$data"
}
trap end EXIT
mkdir -p "$out"

# upstream's client, where the tests of the whole system keep it, too
version=1.36.1
upstream=${CARGO_TARGET_DIR:-$checkout/target}/test-cache/upstream-koji-$version
if [ ! -e "$upstream.complete" ]; then
    mkdir -p "$(dirname "$upstream")"
    rm -rf "$upstream"
    /usr/bin/python3 -m venv --system-site-packages "$upstream"
    "$upstream/bin/pip" install --quiet "koji==$version"
    touch "$upstream.complete"
fi

start_hub "$data" "$out"
fill_hub "$out"
cat >"$data/koji.conf" <<CONF
[koji]
server = $url/kojihub
weburl = http://koji.example.com/koji
topurl = $url/kojifiles
topdir = $data/hub/files
poll_interval = 1
CONF
# one file of cases, with the packages that they use beside it
cat "$here"/cases/*.jsonl >"$data/cases.jsonl"
ln -s "$checkout/hubsrv/hub/tests/data/rpms" "$data/fixtures"
client() { printf '%s -c %s/koji.conf {auth}' "$1" "$data"; }
python3 "$here/compare.py" --a "$(client "$upstream/bin/koji")" --b "$(client "$BIN_DIR/koji")" \
    --cases "$data/cases.jsonl" --jobs 2 --json "$out/results.json" "$@"
