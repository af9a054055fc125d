#!/bin/bash
# Runs the recorded calls against a fresh hub and compares its answers with the recording. Its arguments go to compare.py.
# OUT=DIR keeps the answers, the comparison and the hub's log there.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
hub=${BIN_DIR:?the directory of the programs}/koji-hub
data=$(mktemp -d "${TMPDIR:-/tmp}/koji-conformance.XXXXXX")
out=${OUT:-$data}
pid=
end() {
    if [ -n "$pid" ]; then
        kill -TERM "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    fi
    rm -rf "$data"
}
trap end EXIT
mkdir -p "$out"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >"$data/hub.conf" <<CONF
[hub]
DataDir = $data/hub
Listen = 127.0.0.1:$port
EnableMaven = yes
EnableWin = yes
DisableNotifications = yes
EmailDomain = example.com
Plugins = echo sidetag runroot save_failed_tree
CONF
# the recording knows these users by the ids 1 to 6, so the order matters; one hub is kept running meanwhile,
# or each command would start and stop the database
mkdir -p "$data/hub/files/vol/vol2" "$data/hub/files/vol/vol3"
"$hub" serve --config "$data/hub.conf" >"$out/hub.log" 2>&1 &
pid=$!
for _ in $(seq 300); do
    if python3 -c "import xmlrpc.client as x; x.ServerProxy('http://127.0.0.1:$port/kojihub').getAPIVersion()" 2>/dev/null; then break; fi
    kill -0 "$pid" 2>/dev/null || { echo "the hub did not start:" >&2; cat "$out/hub.log" >&2; exit 2; }
    sleep 0.2
done
user() {
    local name=$1 password=$2
    shift 2
    printf '%s\n' "$password" | "$hub" --config "$data/hub.conf" admin add-user "$name" --password-stdin "$@" >>"$out/users.log" 2>&1 ||
        { cat "$out/users.log" >&2; exit 2; }
}
user kojiadmin kojiadminpw --admin
user alice alicepw
user bob bobpw
user builder1.example.com builderpw --host
user builder2.example.com builderpw --host
user blocked blockedpw --disabled
python3 "$here/record.py" --url "http://127.0.0.1:$port/kojihub" --topdir "$data/hub/files" --out "$out/answers.jsonl" >"$out/record.log" 2>&1 ||
    { cat "$out/record.log" >&2; exit 2; }
python3 "$here/compare.py" "$here/recording.jsonl.gz" "$out/answers.jsonl" --ids loose --expected "$here/expected.toml" --strict-faults --json "$out/differences.json" "$@"
