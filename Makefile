# The doors to everything; the work is done in scripts/.
# ARGS go to the gateway: make run ARGS="--listen [::]:9443"

ARGS =

.PHONY: help run build web arm deb test bench image test-image clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' Makefile | expand -t 12

run: build ## Build all and start the gateway with its data in ./data
	@exec target/release/madang $(ARGS)

build: web ## Build the page and the gateway (release)
	cargo build --release --locked

web: ## Build the page
	scripts/web.sh

arm: web ## Build the gateway for 64-bit ARM boards (release)
	scripts/arm.sh

deb: web ## Build the Debian packages, for amd64 and arm64
	scripts/deb.sh

test: ## Install what is missing and run every check and test
	scripts/test.sh

bench: build ## Measure memory per connection, CPU per delivery, and the page
	scripts/bench.sh

image: web ## Build the file to flash on an SD card (as root)
	image/build.sh

test-image: web ## Boot it in the emulator and test it (as root)
	image/test/run.sh $(ARGS)

clean: ## Remove all that was built or installed here; the data folder stays
	rm -rf target dist web/dist web/dist-demo web/node_modules web/audit/node_modules tests/clients/node_modules .venv
