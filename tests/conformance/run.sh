#!/bin/bash
# Runs the recorded calls against a fresh hub and compares its answers with the recording. Its arguments go to compare.py.
# OUT=DIR keeps the answers, the comparison and the hub's log there.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/conformance/hub.sh
. "$here/hub.sh"
data=$(mktemp -d "${TMPDIR:-/tmp}/koji-conformance.XXXXXX")
out=${OUT:-$data}
end() {
    stop_hub
    rm -rf "$data"
}
trap end EXIT
mkdir -p "$out"
start_hub "$data" "$out"
fill_hub "$out"
python3 "$here/compare.py" "$here/recording.jsonl.gz" "$out/answers.jsonl" --ids loose --expected "$here/expected.toml" --strict-faults --json "$out/differences.json" "$@"
