# Sourced: a fresh hub with what the recording leaves behind.
#
# start_hub DATA OUT  starts one in DATA, with the six users, logs in OUT; sets `pid` and `url`.
# fill_hub OUT  makes the recorded calls; the answers are OUT/answers.jsonl.

conformance=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
hub=${BIN_DIR:?the directory of the programs}/koji-hub
pid=

start_hub() {
    local data=$1 out=$2 port
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    url=http://127.0.0.1:$port
    hub_data=$data
    cat >"$data/hub.conf" <<CONF
[hub]
DataDir = $data/hub
Listen = 127.0.0.1:$port
EnableMaven = yes
EnableWin = yes
DisableNotifications = yes
EmailDomain = example.com
DisableURLSessions = no
Plugins = echo sidetag runroot save_failed_tree
CONF
    # the recording knows these users by the ids 1 to 6, so the order matters; one hub is kept running meanwhile,
    # or each command would start and stop the database
    mkdir -p "$data/hub/files/vol/vol2" "$data/hub/files/vol/vol3"
    "$hub" serve --config "$data/hub.conf" >"$out/hub.log" 2>&1 &
    pid=$!
    for _ in $(seq 300); do
        if python3 -c "import xmlrpc.client as x; x.ServerProxy('$url/kojihub').getAPIVersion()" 2>/dev/null; then break; fi
        kill -0 "$pid" 2>/dev/null || { echo "the hub did not start:" >&2; cat "$out/hub.log" >&2; exit 2; }
        sleep 0.2
    done
    add_user "$out" kojiadmin kojiadminpw --admin
    add_user "$out" alice alicepw
    add_user "$out" bob bobpw
    add_user "$out" builder1.example.com builderpw --host
    add_user "$out" builder2.example.com builderpw --host
    add_user "$out" blocked blockedpw --disabled
}

add_user() {
    local out=$1 name=$2 password=$3
    shift 3
    printf '%s\n' "$password" | "$hub" --config "$hub_data/hub.conf" admin add-user "$name" --password-stdin "$@" >>"$out/users.log" 2>&1 ||
        { cat "$out/users.log" >&2; exit 2; }
}

fill_hub() {
    local out=$1
    python3 "$conformance/record.py" --url "$url/kojihub" --topdir "$hub_data/hub/files" --out "$out/answers.jsonl" >"$out/record.log" 2>&1 ||
        { cat "$out/record.log" >&2; exit 2; }
}

stop_hub() {
    if [ -n "$pid" ]; then
        kill -TERM "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    fi
}
