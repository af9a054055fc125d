# The commands of everyday work. `make help` lists them.

PROFILE ?= release
export DEMO_DIR ?= $(CURDIR)/demo-data

# where cargo puts the programs of that profile; tests take those that lie beside them instead
TARGET_DIR := $(or $(CARGO_TARGET_DIR),$(CURDIR)/target)
OUT := $(TARGET_DIR)/$(if $(filter dev,$(PROFILE)),debug,$(PROFILE))
DIST := $(TARGET_DIR)/dist
PREFIX ?= /usr/local
demo conformance clidiff: export BIN_DIR := $(OUT)
# what users have is measured
bench-client bench-tui: export BIN_DIR := $(DIST)
# Always out of the whole workspace: any other selection asks for other features of the libraries, which then compile anew.
# `cargo run` knows no such selection: what is to be run is built, then started.
PROGRAMS := --workspace --bin koji --bin koji-hub --bin kojid --bin kojira
run = cargo build --locked --profile $(PROFILE) --workspace --bin $(1) && $(OUT)/$(1)
run-dev = cargo build --locked --quiet --workspace --bin $(1) && $(TARGET_DIR)/debug/$(1)

.DEFAULT_GOAL := help
.PHONY: help setup build dist install demo demo-stop test test-system test-packages check generate bench-build bench-buildroot bench-repo bench-hub bench-client bench-logs bench-tui record-tui conformance clidiff corpus

help: ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

setup: ## install the system packages that everything below needs
	@scripts/setup.sh

build: ## compile koji, koji-hub, kojid and kojira (PROFILE=dev compiles faster)
	cargo build --locked --profile $(PROFILE) $(PROGRAMS)

dist: setup ## the programs as packages have them, stripped, in target/dist; `koji` compiled for size
	cargo build --locked --profile client --workspace --bin koji
	cargo build --locked --profile release --workspace --bin koji-hub --bin kojid --bin kojira
	@mkdir -p $(DIST)
	@strip -o $(DIST)/koji $(TARGET_DIR)/client/koji
	@for program in koji-hub kojid kojira; do strip -o $(DIST)/$$program $(TARGET_DIR)/release/$$program; done
	@ls -l $(DIST)

install: dist ## install them, manual pages, completions, units and samples (PREFIX=/usr/local, DESTDIR=)
	@BIN_DIR=$(DIST) PREFIX=$(PREFIX) DESTDIR=$(DESTDIR) scripts/install.sh

demo: setup build ## a whole build system on this machine: GNU hello and a chain of two packages (KEEP=1: leave it running)
	@scripts/demo/demo.sh

demo-stop: ## end a demo that was left running
	@scripts/demo/stop.sh

test: setup ## all tests: of the crates and of the whole system
	@scripts/test.sh

test-system: setup ## only those of the whole system: builds, bad input, upstream's client, killed processes
	@scripts/test.sh system

test-packages: setup ## sixteen real packages from Debian's archive in native buildroots, by root and by an ordinary user
	@scripts/test.sh packages

conformance: ## the recorded calls of the whole API against a fresh hub: what is answered otherwise (OUT=DIR keeps the answers)
	cargo build --locked --profile $(PROFILE) --workspace --bin koji-hub
	@tests/conformance/run.sh

clidiff: ## upstream's client and ours against one hub: what they print and do otherwise (ARGS='--only REGEX'; OUT=DIR keeps the results; RANDOM_CASES='SEED COUNT')
	cargo build --locked --profile $(PROFILE) --workspace --bin koji --bin koji-hub
	@tests/clidiff/run.sh $(ARGS)

corpus: ## the recorded failures of builds and how many of them `koji why` explains rightly: log, line, class
	cargo test --locked --workspace --test corpus -- --nocapture

check: ## what must hold before a commit: format, lints, generated files
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- --deny warnings
	$(call run-dev,koji-dev) generate --check

generate: ## write man pages, completions, sample configuration and docs/api.md anew
	$(call run-dev,koji-dev) generate

bench-build: setup build ## time from `koji build` to tagged, five runs, by part
	$(call run,bench-build)

bench-buildroot: setup ## fresh roots and a one-file package, warm, cold and without root, beside dnf and mock (KOJI_BENCH_MOCK=COMMAND; ARGS="--runs 1")
	cargo bench --locked --profile $(PROFILE) --workspace --bench buildroot -- $(ARGS)

bench-repo: setup ## repositories beside createrepo_c and mergerepo_c, and from request to ready (ARGS="--sizes 2000 --runs 1")
	cargo bench --locked --profile $(PROFILE) --workspace --bench repodata -- $(ARGS)
	cargo build --locked --profile $(PROFILE) $(PROGRAMS)
	$(call run,bench-repo) $(ARGS)

bench-hub: setup ## what the hub's calls cost, beside upstream's figures (ARGS="--scale 10 --only getBuild_id", "--grow 10")
	cargo build --locked --profile $(PROFILE) --workspace --bin koji-hub
	$(call run,bench-hub) $(ARGS)

bench-logs: ## what a log of 1 GiB costs to open, read and search, beside the targets (ARGS="MIB DIR")
	cargo build --locked --profile $(PROFILE) --workspace --example bench
	$(OUT)/examples/bench $(ARGS)

bench-client: setup dist ## our client's times beside upstream's: start-up, long lists, a download (ARGS='--pairs 20 --only list'; SCALE=10)
	@tests/bench/client.sh $(ARGS)

record-tui: setup ## record a hub screen by screen anew, for the snapshots and pictures of the terminal UI
	cargo build --locked --profile $(PROFILE) $(PROGRAMS)
	$(call run,record-tui) src/tui/tests/recordings/hub.jsonl
	$(MAKE) generate

bench-tui: setup dist ## what the terminal UI costs, beside the targets: frames, keys, logs, bytes, start-up (SCALE=0.1: smaller; PART=tails: only that)
	cargo build --locked --profile client --workspace --example measure-tui --example bench
	$(call run,bench-tui) $(or $(SCALE),1) $(PART)
