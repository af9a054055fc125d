#!/bin/bash
# A whole build system on this machine: hub, builder, kojira; GNU hello and a chain of two packages built from git.
#
# Everything lies in $DEMO_DIR. KEEP=1 leaves the programs running; scripts/demo/stop.sh ends them.
# $BIN_DIR holds the programs.
set -uo pipefail
cd "$(dirname "$0")/../.."
BIN_DIR=${BIN_DIR:-$PWD/target/release}
. scripts/demo/lib.sh
. scripts/demo/sources.sh
. scripts/demo/services.sh
. scripts/demo/setup-tags.sh

SECONDS=0
mkdir -p "$LOGS" "$RUN" || exit 1
for program in koji koji-hub kojid kojira; do
    [ -x "$BIN_DIR/$program" ] || fail "$BIN_DIR/$program is missing; compile with \`make build\`"
done

# whatever happens, nothing is left running unless asked for
finish() {
    local status=$?
    if [ "$status" != 0 ] || [ -z "${KEEP:-}" ]; then
        stop_all
    fi
    exit "$status"
}
trap finish EXIT
trap 'step_log=; fail "interrupted"' INT TERM

admin() { show "$BIN_DIR/koji" -c "$DEMO_DIR/koji.conf" -p demo-admin "$@"; }
koji() { show "$BIN_DIR/koji" -c "$DEMO_DIR/koji.conf" -p demo "$@"; }

stop_all
step "Packages to build with"
prepare_distribution || fail "no distribution to build with"

step "Sources in git"
prepare_sources || fail "the sources could not be prepared"

step "The hub, with its own PostgreSQL"
start_git
start_hub

step "Users, tags, target, groups"
configure_hub

step "Builder and kojira"
start_builder

step "Build GNU hello from git://"
admin build --wait demo "git://127.0.0.1:$GIT_PORT/hello#$(commit_of hello)" || fail "the build did not succeed"

step "Build a library, then a program that needs it"
admin chain-build --wait demo "git://127.0.0.1:$GIT_PORT/libgreet#$(commit_of libgreet)" : \
    "git://127.0.0.1:$GIT_PORT/greet#$(commit_of greet)" || fail "the chain did not succeed"

step "What came out"
koji list-tagged demo || fail "list-tagged does not answer"
koji buildinfo "$(nvr_of hello)" || fail "buildinfo does not answer"
say "the rpms are in $DEMO_DIR/hub/files/packages"
run_built_programs || fail "a built program does not run"

say "done in $SECONDS seconds"
if [ -n "${KEEP:-}" ]; then
    cat <<TEXT

It is still running. Go on with:

    $BIN_DIR/koji -c $DEMO_DIR/koji.conf -p demo-admin tui
    $BIN_DIR/koji -c $DEMO_DIR/koji.conf -p demo list-tasks --all --after yesterday
    $BIN_DIR/koji -c $DEMO_DIR/koji.conf -p demo-admin build --scratch demo git://127.0.0.1:$GIT_PORT/hello#$(commit_of hello)
    make demo-stop
TEXT
fi
