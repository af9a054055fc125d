# The daemons and their configuration. Sourced by demo.sh.
# shellcheck shell=bash

# One password for each account, made the first time.
password_of() {
    local file=$DEMO_DIR/secrets/$1
    if [ ! -s "$file" ]; then
        mkdir -p "$DEMO_DIR/secrets" && chmod 700 "$DEMO_DIR/secrets"
        (umask 077 && head -c 18 /dev/urandom | base64 | tr '+/' '-_' >"$file")
    fi
    cat "$file"
}

start_git() {
    GIT_PORT=$(free_port)
    start git git daemon --reuseaddr --export-all --listen=127.0.0.1 --port="$GIT_PORT" \
        --base-path="$DEMO_DIR/git" "$DEMO_DIR/git"
    wait_until 10 git git ls-remote "git://127.0.0.1:$GIT_PORT/hello"
}

start_hub() {
    HUB_PORT=$(free_port)
    HUB_URL=http://127.0.0.1:$HUB_PORT/kojihub
    FILES_URL=http://127.0.0.1:$HUB_PORT/kojifiles
    mkdir -p "$DEMO_DIR/hub"
    cat >"$DEMO_DIR/hub.conf" <<CONF
[hub]
DataDir = $DEMO_DIR/hub
Listen = 127.0.0.1:$HUB_PORT
KojiWebURL = http://127.0.0.1:$HUB_PORT/koji
DisableNotifications = yes
LogLevel = INFO
CONF
    (umask 077 && cat >"$DEMO_DIR/koji.conf" <<CONF
[demo]
server = $HUB_URL
topurl = $FILES_URL
topdir = $DEMO_DIR/hub/files
weburl = http://127.0.0.1:$HUB_PORT/koji
authtype = noauth

[demo-admin]
server = $HUB_URL
topurl = $FILES_URL
topdir = $DEMO_DIR/hub/files
weburl = http://127.0.0.1:$HUB_PORT/koji
authtype = password
user = demo-admin
password = $(password_of demo-admin)
CONF
    )
    start hub "$BIN_DIR/koji-hub" serve --config "$DEMO_DIR/hub.conf"
    wait_until 60 hub "$BIN_DIR/koji" -c "$DEMO_DIR/koji.conf" -p demo call getAPIVersion
    say "the hub answers at $HUB_URL"
}

# Adds an account to the hub: name, further options.
add_account() {
    local name=$1
    shift
    password_of "$name" |
        quietly "account-$name" "$BIN_DIR/koji-hub" admin --config "$DEMO_DIR/hub.conf" \
            add-user "$name" --password-stdin "$@" || fail "the account $name could not be made"
    say "account $name"
}

start_builder() {
    mkdir -p "$DEMO_DIR/builder"
    (umask 077 && cat >"$DEMO_DIR/kojid.conf" <<CONF
[kojid]
server = $HUB_URL
topurl = $FILES_URL
topdir = $DEMO_DIR/hub/files
user = demo-builder
password = $(password_of demo-builder)
workdir = $DEMO_DIR/builder/work
mockdir = $DEMO_DIR/builder/roots
cache_dir = $DEMO_DIR/builder/cache
buildroot_engine = native
minspace = 1024
# a demo builds however busy the machine is
max_load = 0
# the port is part of the host; no common/ directory, no command to fetch sources
allowed_scms = 127.0.0.1*:/*:no:
CONF
    cat >"$DEMO_DIR/kojira.conf" <<CONF
[kojira]
server = $HUB_URL
topdir = $DEMO_DIR/hub/files
user = kojira
password = $(password_of kojira)
logfile = none
sleeptime = 5
CONF
    )
    start kojid "$BIN_DIR/kojid" --fg --verbose --config "$DEMO_DIR/kojid.conf"
    start kojira "$BIN_DIR/kojira" --fg --verbose --config "$DEMO_DIR/kojira.conf"
    # the builder is known to be alive when the hub has heard from it
    wait_until 30 kojid builder_is_ready
    running kojira || fail "kojira has ended, see $LOGS/kojira.log"
    say "the builder is ready"
}

# Both sides say so: the hub alone may speak of an earlier run.
builder_is_ready() {
    grep -q 'ready for tasks' "$LOGS/kojid.log" || return 1
    "$BIN_DIR/koji" -c "$DEMO_DIR/koji.conf" -p demo list-hosts --quiet --ready | grep -q demo-builder
}
