#!/bin/bash
# Runs upstream's client and ours side by side against one hub and compares what they print, their exit statuses and what they
# leave at the hub. Its arguments go to compare.py: --only REGEX, --show N. OUT=DIR keeps the results and the hub's log there.
# RANDOM_CASES='SEED COUNT' runs random cases instead of the written ones, COUNT of commands that read and COUNT of those that write.
# CONF=FILE is the configuration of another hub that runs already and is filled, an upstream one for example.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
checkout=$(cd "$here/../.." && pwd)
# shellcheck source=tests/conformance/hub.sh
. "$here/../conformance/hub.sh"
# shellcheck source=tests/clidiff/upstream.sh
. "$here/upstream.sh"
data=$(mktemp -d "${TMPDIR:-/tmp}/koji-clidiff.XXXXXX")
out=${OUT:-$data}
end() {
    stop_hub
    rm -rf "$data"
}
trap end EXIT
mkdir -p "$out"

install_upstream

conf=${CONF:-$data/koji.conf}
if [ -z "${CONF:-}" ]; then
    start_hub "$data" "$out"
    fill_hub "$out"
    cat >"$conf" <<END
[koji]
server = $url/kojihub
weburl = http://koji.example.com/koji
topurl = $url/kojifiles
topdir = $data/hub/files
poll_interval = 1
END
fi
# one file of cases, with the packages that they use beside it
if [ -n "${RANDOM_CASES:-}" ]; then
    read -r seed count <<<"$RANDOM_CASES"
    for kind in READ WRITE; do
        "$upstream/bin/python" "$here/random_cases.py" "$seed" "$count" "$kind"
    done >"$data/cases.jsonl"
else
    cat "$here"/cases/*.jsonl >"$data/cases.jsonl"
fi
ln -s "$checkout/hubsrv/hub/tests/data/rpms" "$data/fixtures"
client() { printf '%s -c %s {auth}' "$1" "$conf"; }
python3 "$here/compare.py" --a "$(client "$upstream/bin/koji")" --b "$(client "$BIN_DIR/koji")" \
    --cases "$data/cases.jsonl" --jobs 2 --json "$out/results.json" "$@"
