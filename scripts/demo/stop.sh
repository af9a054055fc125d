#!/bin/bash
# Ends a demo that was left running with KEEP=1. Its data stays.
set -u
cd "$(dirname "$0")/../.."
. scripts/demo/lib.sh

stop_all
say "stopped; the data is in $DEMO_DIR"
