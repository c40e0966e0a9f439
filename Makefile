# Everything is installed into .venv; a stamp file there remembers what, so that a second run starts
# at once. Type `make` for the list of commands.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install
PORT ?= 8888
SOAK_S ?= 1800
JOBS ?= 3

# The first Python that is new enough; PYTHON=... chooses another one.
CANDIDATES := python3 python3.14 python3.13 python3.12 python3.11
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(firstword $(foreach p,$(CANDIDATES),$(shell $(p) -c '$(NEW_ENOUGH)' 2>/dev/null && echo $(p))) python3)

ifdef MONGODB_URI
export MONGODB_URI
endif

.PHONY: help chat test test-matrix test-full soak lint docs upstream bench bench-quick packages clean
.NOTPARALLEL:

help:
	@echo 'make chat        run the chat demo   [PORT=8888] [MONGODB_URI=mongodb://...]'
	@echo 'make test        install what the tests need, run all of them   [ARGS="-k name"]'
	@echo 'make test-matrix the tests on every Python here, with the lowest and newest dependencies'
	@echo 'make test-full   faults, conformance and random programs with all repetitions, and the figures'
	@echo 'make soak        half an hour of mixed faults for all drivers, and a verdict   [SOAK_S=1800]'
	@echo 'make lint        formatter, linter, types, layers'
	@echo 'make docs        the documentation as a site, in build/docs'
	@echo 'make upstream    the whole test suites of the drivers, run under motorish'
	@echo 'make bench       compare with other drivers, and write the page of figures   [ARGS=mongodb.find_one]'
	@echo 'make bench-quick the most important ones in three minutes, and a verdict'
	@echo 'make clean       remove what make has made, but not the data of the chat'

chat: $(VENV)/.chat-installed
	@exec $(BIN)/python -m examples.chat --port $(PORT)

test: packages $(VENV)/.all-installed
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder -m 'not alone' $(ARGS) || [ $$? = 5 ]
	@$(BIN)/python -m pytest -m alone $(ARGS) || [ $$? = 5 ]

test-matrix: packages $(VENV)/.all-installed
	@$(BIN)/nox -f .ci/noxfile.py $(ARGS)

test-full: packages $(VENV)/.all-installed
	@$(BIN)/python -m pytest -m 'row or scaled' --scale 1 --keep-figures --timeout 3600 $(ARGS)

soak: packages $(VENV)/.all-installed
	@$(BIN)/python tests/faults/soak.py --seconds $(SOAK_S) --keep-figures

lint: $(VENV)/.all-installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(VENV)/.all-installed
	$(BIN)/sphinx-build -W --keep-going -q docs build/docs
	@echo 'The site begins at build/docs/index.html'

upstream: packages $(VENV)/.all-installed
	$(BIN)/python tests/upstream/run.py --full
	$(BIN)/python tests/upstream/synchro.py

bench: packages $(VENV)/.all-installed
	@$(BIN)/python -m benchmarks bench $(ARGS)
	@$(BIN)/python -m benchmarks report

bench-quick: packages $(VENV)/.all-installed
	@$(BIN)/python -m benchmarks quick

packages:
	@.ci/debian-packages.sh

clean:
	rm -rf $(VENV) build dist .cache .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -prune -exec rm -rf {} +
	rm -rf *.egg-info

$(BIN)/pip:
	@$(PYTHON) -c '$(NEW_ENOUGH)' || { \
	    echo "motorish needs Python 3.11 or later, but $(PYTHON) is: $$($(PYTHON) --version 2>&1)"; \
	    echo 'Install a newer one, or say where it is: make PYTHON=/path/to/python3.12 ...'; exit 1; } >&2
	$(PYTHON) -m venv $(VENV)

$(VENV)/.chat-installed: setup.cfg pyproject.toml | $(BIN)/pip
	$(PIP) --editable '.[chat,mongod]'
	@touch $@

$(VENV)/.all-installed: setup.cfg pyproject.toml | $(BIN)/pip
	$(PIP) --editable '.[all]'
	@touch $@ $(VENV)/.chat-installed
