#!/bin/bash
# What our client takes beside upstream's: start-up, long lists, files. Arguments go to client.py: --pairs N, --only REGEX.
# SCALE multiplies the data of tests/bench/data.sql.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
checkout=$(cd "$here/../.." && pwd)
# shellcheck source=tests/conformance/hub.sh
. "$here/../conformance/hub.sh"
# shellcheck source=tests/clidiff/upstream.sh
. "$here/../clidiff/upstream.sh"
data=$(mktemp -d "${TMPDIR:-/tmp}/koji-bench.XXXXXX")
# the private PostgreSQL of a hub that runs as root is another user's
chmod 755 "$data"
end() {
    stop_hub
    rm -rf "$data"
}
trap end EXIT
install_upstream
start_hub "$data" "$data"
psql --no-psqlrc --username koji --dbname koji --host "$data/hub/postgres/run" -v "scale=${SCALE:-1}" -f "$here/data.sql" </dev/null >/dev/null
cat >"$data/koji.conf" <<CONF
[koji]
server = $url/kojihub
topurl = $url/kojifiles
topdir = $data/hub/files
CONF
python3 "$here/client.py" --upstream "$upstream/bin/koji" --ours "$BIN_DIR/koji" --config "$data/koji.conf" \
    --files "$data/hub/files" --server "$url/kojihub" "$@"
