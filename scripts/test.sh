#!/bin/bash
# Runs the tests: all; with `system` only those that start the whole build system (builds, bad input, upstream's client,
# killed processes); with `packages` the long ones that build real packages. What follows is given to the test runner.
set -euo pipefail
cd "$(dirname "$0")/.."

what=all
case "${1:-}" in
system | packages) what=$1; shift ;;
esac

runner=(test)
if cargo nextest --version >/dev/null 2>&1; then
    runner=(nextest run)
fi
# Always the whole workspace, and programs and tests together: any other choice asks for other features of the libraries,
# and they would be compiled anew.
case $what in
all)
    cargo build --locked --workspace --bins --tests
    cargo "${runner[@]}" --locked --workspace --no-fail-fast "$@"
    ;;
system)
    select=()
    for dir in tests/tests/*/; do select+=(--test "$(basename "$dir")"); done
    cargo build --locked --workspace --bins "${select[@]}"
    cargo "${runner[@]}" --locked --workspace --no-fail-fast "${select[@]}" "$@"
    ;;
packages)
    # root's run has another one inside, by an ordinary user
    tests=(packages::root_and_ordinary packages::the_distributions foreign::)
    [ "$(id -u)" = 0 ] || tests[0]=packages::all_real
    cargo test --locked --workspace --test native -- --ignored --nocapture --test-threads 1 "${tests[@]}" "$@"
    ;;
esac
