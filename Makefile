# Everything a newcomer needs: `make demo` and `make test`. Each installs what is missing first.

SWIFT ?= swift
BUILD := $(SWIFT) build -c release
SAMARA := .build/release/samara
PACKAGES := libopenblas-dev libzstd-dev zlib1g-dev libsimdjson-dev pkg-config
RUN := demo

.PHONY: help setup build demo test bench format lint clean

help:
	@echo "make setup   install the system packages that are missing ($(PACKAGES))"
	@echo "make build   build the samara program: $(SAMARA)"
	@echo "make demo    train, average and evaluate the embedded default, and show its log"
	@echo "make test    build and run every test"
	@echo "make bench   time a training step and show where the time goes"
	@echo "make format  format the sources;  make lint  check that they are"

setup:
	@command -v $(SWIFT) >/dev/null || { echo "Swift 6.3 or later is needed: https://www.swift.org/install"; exit 1; }
	@missing=$$(for p in $(PACKAGES); do dpkg -s $$p >/dev/null 2>&1 || echo $$p; done); \
	if [ -n "$$missing" ]; then \
	  echo "installing" $$missing; \
	  sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	  $$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq $$missing >/dev/null; \
	fi

build: setup
	@$(BUILD) --product samara

# A fresh run each time, so that the demo can be given again.
demo: build
	@rm -rf checkpoints/$(RUN) logs/$(RUN)
	$(SAMARA) pretrain seedling --run $(RUN)
	$(SAMARA) average $(RUN) --last 5
	$(SAMARA) logs $(RUN)
	$(SAMARA) generate checkpoints/$(RUN)/average --prompt "It all began on a" --max-tokens 60 --temperature 0.7
	$(SAMARA) evaluate checkpoints/$(RUN)/average --tasks stories --beside-untrained

# Numeric tests want a release build; nothing in them is timed.
test: setup
	@$(BUILD) --build-tests
	$(SWIFT) test -c release --skip-build

bench: build
	@$(SAMARA) doctor

format:
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests recipes Examples

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests recipes Examples

clean:
	rm -rf .build
