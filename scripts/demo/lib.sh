# Shared by the demo's scripts: output, steps, processes. Sourced, not run.
# shellcheck shell=bash

DEMO_DIR=${DEMO_DIR:-$PWD/demo-data}
LOGS=$DEMO_DIR/logs
RUN=$DEMO_DIR/run
step_name=start
step_number=0

say() { printf 'demo: %s\n' "$*"; }

# Starts a part; what fails later is reported under its name.
step() {
    step_number=$((step_number + 1))
    step_name=$*
    step_log=
    printf '\n=== %d. %s\n' "$step_number" "$step_name"
}

# Shows a command and runs it.
show() {
    printf '$ %s\n' "$(shorten "$*")"
    "$@"
}

# Runs a command whose output goes to the log $1 and is only shown when it fails.
quietly() {
    step_log=$LOGS/$1.log
    shift
    "$@" >"$step_log" 2>&1
}

# A command line without the parts that are the same everywhere.
shorten() {
    local text=$1
    text=${text//"$BIN_DIR/"/}
    printf '%s' "${text//"$DEMO_DIR"/\$DEMO_DIR}"
}

# Ends the script with the name of the step, the reason and the log.
fail() {
    printf '\ndemo: step "%s" failed: %s\n' "$step_name" "$*" >&2
    if [ -n "${step_log:-}" ] && [ -s "$step_log" ]; then
        printf 'demo: the last lines of %s:\n' "$step_log" >&2
        tail -n 15 "$step_log" | sed 's/^/    /' >&2
    else
        printf 'demo: the logs are in %s\n' "$LOGS" >&2
    fi
    exit 1
}

# Starts a daemon: name, then its command line. It gets a session of its own, so that it survives this script.
start() {
    local name=$1 pid
    shift
    setsid "$@" >"$LOGS/$name.log" 2>&1 </dev/null &
    pid=$!
    printf '%s %s\n' "$pid" "$(birth "$pid")" >"$RUN/$name.pid"
    say "$name started, process $pid, log $LOGS/$name.log"
}

# When a process was started, in clock ticks since boot; nothing when there is none. With its number it names a process
# for good: numbers are given again.
birth() {
    sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20
}

# The daemon's process, when it is running.
process_of() {
    local pid born
    read -r pid born 2>/dev/null <"$RUN/$1.pid" || return 1
    [ -n "$born" ] && [ "$(birth "$pid")" = "$born" ] || return 1
    printf '%s' "$pid"
}

# Whether the daemon is running.
running() { process_of "$1" >/dev/null; }

# Ends one daemon: SIGTERM, and SIGKILL to what is left of its session after 20 seconds. The tasks of a builder have
# process groups of their own, but are of its session.
stop() {
    local name=$1 pid stat
    if pid=$(process_of "$name"); then
        kill -TERM "$pid" 2>/dev/null
        for _ in $(seq 100); do
            running "$name" || break
            sleep 0.2
        done
        for stat in /proc/[0-9]*/stat; do
            if [ "$(sed 's/.*) //' "$stat" 2>/dev/null | cut -d' ' -f4)" = "$pid" ]; then
                kill -KILL "$(basename "$(dirname "$stat")")" 2>/dev/null
            fi
        done
    fi
    rm -f "$RUN/$name.pid"
}

# Ends everything, in the order in which nothing waits for what has gone.
stop_all() {
    local name
    for name in kojid kojira git hub; do
        stop "$name"
    done
}

# A TCP port on loopback that nobody uses.
free_port() {
    /usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# Waits until a command succeeds: seconds, the daemon that must stay alive meanwhile, the command.
wait_until() {
    local seconds=$1 daemon=$2 answer
    shift 2
    step_log=$LOGS/$daemon.log
    for _ in $(seq $((seconds * 5))); do
        if answer=$("$@" 2>&1); then return 0; fi
        running "$daemon" || fail "$daemon has ended"
        sleep 0.2
    done
    # what the last try said tells more than the daemon's log, which may show nothing at all
    printf '\ndemo: %s said last:\n%s\n' "$(shorten "$*")" "$(tail -n 5 <<<"${answer:-nothing}" | sed 's/^/    /')" >&2
    fail "no answer from $daemon within $seconds seconds"
}
