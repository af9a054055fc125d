#!/bin/bash
# Runs the tests: all, or with `system` only those that start the whole build system (builds, bad input, upstream's client,
# killed processes).
set -euo pipefail
cd "$(dirname "$0")/.."

scope=(--workspace)
if [ "${1:-}" = system ]; then
    shift
    scope=(--package koji-tests)
fi
# the system's tests start the programs
cargo build --locked --package koji --package koji-hub --package kojid --package koji-regen
if cargo nextest --version >/dev/null 2>&1; then
    cargo nextest run --locked "${scope[@]}" --no-fail-fast "$@"
else
    cargo test --locked "${scope[@]}" --no-fail-fast "$@"
fi
