# Everything a newcomer needs: `make demo` and `make test`. Each installs what is missing first.

SWIFT ?= swift
BUILD := $(SWIFT) build -c release
SAMARA := .build/release/samara
PACKAGES := libopenblas-dev libzstd-dev zlib1g-dev libsimdjson-dev libxxhash-dev libsnappy-dev liblz4-dev \
  libbrotli-dev libcurl4-openssl-dev libssl-dev pkg-config
RUN := demo
PEER_PYTHON ?= .peer/bin/python
PEER_SCRIPT ?= Benchmarks/torch_openelm.py
PRECISIONS ?= fp32 bf16
BENCH := --recipe openelm-270m --batch 1 --sequence 2048

FUZZ_SECONDS ?= 60
# The toolchain's own linker knows the sanitizers' symbols; gold warns of each.
FUZZ_LINKER := -Xswiftc -use-ld=lld

# Pythons with the programs that read what is converted, each in a folder of its own; one that cannot be
# installed is left out, and its tests are skipped with that reason.
INTEROP ?= .interop
INTEROP_MLX := 'mlx[cpu]' mlx-lm
INTEROP_LLAMA := llama-cpp-python numpy

.PHONY: help setup build demo test interop fuzz bench peer format lint clean

help:
	@echo "make setup   install the system packages that are missing ($(PACKAGES))"
	@echo "make build   build the samara program: $(SAMARA)"
	@echo "make demo    train, average and evaluate the embedded default, and show its log"
	@echo "make test    build and run every test"
	@echo "make interop  run the tests against mlx-lm and llama.cpp themselves, installed in $(INTEROP)"
	@echo "make fuzz    feed every parser for FUZZ_SECONDS ($(FUZZ_SECONDS)) each with what may break it"
	@echo "make bench   time training steps, show where the time goes, compare with the peer if there is one"
	@echo "make peer    make the peer's environment: PyTorch in .peer"
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

interop: setup
	@$(BUILD) --build-tests
	@install() { \
	  test -x $(INTEROP)/$$1/bin/python && return; folder=$(INTEROP)/$$1; shift; echo "installing" "$$@"; \
	  python3 -m venv $$folder && timeout 900 $$folder/bin/pip install --quiet "$$@" \
	    || { echo "not installed:" "$$@" "- its tests are skipped"; rm -rf $$folder; }; \
	}; install mlx $(INTEROP_MLX); install llama $(INTEROP_LLAMA)
	SAMARA_MLX_PYTHON=$(CURDIR)/$(INTEROP)/mlx/bin/python SAMARA_LLAMA_PYTHON=$(CURDIR)/$(INTEROP)/llama/bin/python \
	  $(SWIFT) test -c release --skip-build --filter "InteropTests|LlamaTests"

# The fuzzer is guided by what each input reaches, which takes a build of its own; AddressSanitizer watches.
fuzz: setup
	@SAMARA_FUZZER=1 $(BUILD) --scratch-path .build/fuzz --sanitize fuzzer -Xswiftc -sanitize=fuzzer,address \
	  $(FUZZ_LINKER) --product FuzzTool
	@FUZZ_SECONDS=$(FUZZ_SECONDS) Scripts/fuzz.sh

# A setting of the environment that forces kernels on OpenBLAS would be measured instead of the machine.
bench: build
	@unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE; $(SAMARA) doctor; \
	for precision in $(PRECISIONS); do \
	  echo; $(SAMARA) bench train $(BENCH) --precision $$precision || exit 1; \
	done; echo; \
	if command -v "$(PEER_PYTHON)" >/dev/null; then \
	  $(SAMARA) bench compare $(BENCH) --peer-python "$(PEER_PYTHON)" --peer-script "$(PEER_SCRIPT)"; \
	else \
	  echo "no peer to compare with: \`make peer\` installs PyTorch in .peer, or give PEER_PYTHON=..."; \
	fi

# PyTorch for processors alone, a tenth of the download, where its index can be reached.
peer:
	python3 -m venv .peer
	.peer/bin/pip install --quiet numpy
	.peer/bin/pip install --quiet torch --index-url https://download.pytorch.org/whl/cpu || .peer/bin/pip install --quiet torch

format:
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests recipes Examples

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests recipes Examples

clean:
	rm -rf .build
