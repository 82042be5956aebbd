# What there is to do in this repository. `make` alone lists it.

CARGO ?= cargo
SCS   := target/debug/scs

# Debian packages that the tests, the rig and README's commands use, beyond Rust itself.
PACKAGES := gcc libc6-dev curl python3 tzdata mosquitto mosquitto-clients uhubctl \
            qemu-system-x86 busybox-static cpio kmod nodejs npm chromium

# What the tests of the page are run with, as package-lock.json pins it.
BROWSER := tests/web/node_modules/.package-lock.json

.DEFAULT_GOAL := help
.PHONY: help setup build demo run test fmt lint doc openapi golden check rig smart-home \
        smart-home-pictures web pictures web-figures bench fuzz readme fleets ci

help: ## List what there is to do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-19s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install the tools that are missing (Debian; as root or with sudo)
	@PACKAGES="$(PACKAGES)" sh tests/setup.sh
	@$(MAKE) --no-print-directory $(BROWSER)

build: ## Build the program, target/debug/scs
	$(CARGO) build $(BESIDE)

demo: ## Run the service with phones that do not exist
	$(CARGO) run -- demo

run: ## Run the service with settings.ron of this folder
	$(CARGO) run -- run

test: ## Run all tests that need no virtual machine
	$(CARGO) test

fmt: ## Format the code
	$(CARGO) fmt --all

lint: ## Run clippy; a warning is an error
	$(CARGO) clippy --all-targets -- -D warnings

doc: ## Build the code's documentation; a warning is an error
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --no-deps --document-private-items

openapi: build ## Write openapi/openapi.yaml anew
	$(SCS) openapi > target/openapi.yaml && mv target/openapi.yaml openapi/openapi.yaml

golden: openapi ## Write all golden files anew; review them with git diff
	INSTA_UPDATE=always $(CARGO) test

check: build ## Check the shipped stations and rules, and run the rules' own tests
	$(SCS) check --all
	$(SCS) test

rig: build ## Run the service against a real hub in a virtual machine
	python3 tests/rig/scenario.py $(SCS)

smart-home: build ## Run the service beside a real Home Assistant (400 MB, once); FORM=device or entity
	python3 tests/smart-home/run.py $(SCS) --form $(or $(FORM),both)

smart-home-pictures: build ## Make the pictures of docs/home-assistant.md anew (needs chromium)
	python3 tests/smart-home/run.py $(SCS) --pictures

$(BROWSER): tests/web/package-lock.json
	npm --prefix tests/web ci --silent --no-audit --no-fund
	touch $@

web: build $(BROWSER) ## Try the page in a real browser, or only tests named in TESTS='rules setup'
	cd tests/web && SCS_BIN=$(CURDIR)/$(SCS) node run.mjs $(TESTS)

pictures: build $(BROWSER) ## Make the pictures of the page anew, docs/pictures/web-*.png
	cd tests/web && SCS_BIN=$(CURDIR)/$(SCS) node pictures.mjs

web-figures: $(BROWSER) ## Measure the page for docs/performance.md: needs a quiet machine
	$(CARGO) build --release
	cd tests/web && SCS_BIN=$(CURDIR)/target/release/scs node figures.mjs

bench: ## Measure engine, trial, service, mqtt and history, or BENCH=mqtt alone: needs a quiet machine
	$(CARGO) bench $(if $(BENCH),--bench $(BENCH),--benches)

fuzz: ## Feed rules with noise for MINUTES=60 (nightly Rust, `cargo install cargo-fuzz`)
	mkdir -p fuzz/corpus/rule
	for rule in rules/*.rhai; do (printf A; cat $$rule) > fuzz/corpus/rule/$$(basename $$rule .rhai); done
	cargo +nightly fuzz run rule -- -dict=fuzz/rule.dict -max_len=16384 -max_total_time=$$((60 * $(or $(MINUTES),60)))

readme: build ## Run the commands of README.md
	bash tests/readme.sh

# Some minutes: three fleets, four ways to charge, thirty days each.
fleets: build ## Write the figures of the shipped fleets into README.md
	$(SCS) simulate --fleet all --markdown > target/fleets.md
	awk '/^<!-- fleets -->$$/ { print; while ((getline line < "target/fleets.md") > 0) print line; inside = 1; next } \
	     /^<!-- \/fleets -->$$/ { inside = 0 } !inside' README.md > target/readme.md
	cmp -s target/readme.md README.md || cp target/readme.md README.md

# One after the other, also under `make -j`: the cheapest check that can fail comes first. Only the last two run beside each
# other: the virtual machine needs one core, the browser the other.
# The program is built beside a test, as `make test` did: alone it has fewer features of its libraries, which are then built
# a second time.
ci: export BESIDE := --bins --test tidy
ci: ## Run everything that CI runs
	$(MAKE) setup
	$(CARGO) fmt --all --check
	$(MAKE) lint
	$(MAKE) test
	$(MAKE) doc
	$(MAKE) check
	$(MAKE) readme
	$(MAKE) -j2 --output-sync=target web rig
