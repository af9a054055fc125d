#!/bin/bash
# Runs all tests: compiles the programs first, because the end-to-end tests start them.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build --locked --package koji --package koji-hub --package kojid --package koji-regen
if cargo nextest --version >/dev/null 2>&1; then
    cargo nextest run --locked --workspace --no-fail-fast "$@"
else
    cargo test --locked --workspace --no-fail-fast "$@"
fi
