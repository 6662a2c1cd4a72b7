# Every target prepares what it needs: on a fresh machine `make demo` and `make test` create .venv,
# see to the system libraries and install the package; afterwards they start at once.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin
SYSTEM_LIBRARIES := sh scripts/system_libraries.sh

# How pytest is run; .ci/run adds to it.
PYTEST_ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint figures bench clean

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile

setup: $(VENV)/.stamp-dev  ## Create .venv with everything a developer needs

demo: $(VENV)/.stamp-demo  ## Run the demonstration; it writes into demo_output
	$(RUN)/polytropic demo --output demo_output

test: $(VENV)/.stamp-test  ## Run the tests, all but the slow ones
	$(RUN)/python -m pytest -n 2 -m "not slow" $(PYTEST_ARGS)

lint: $(VENV)/.stamp-dev  ## Check style, types and architecture
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy
	$(RUN)/lint-imports --no-logo

# Figures and benchmarks read networks and compare with other programs, as the tests do.
figures: $(VENV)/.stamp-test  ## Draw the figures again
	$(RUN)/python -m figures

bench: $(VENV)/.stamp-test  ## Measure the benchmarks
	$(RUN)/python -m benchmarks

clean:  ## Remove what was made, except .venv
	rm -rf build dist demo_output figures/out *.egg-info
	rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -path ./$(VENV) -prune -o -name __pycache__ -type d -exec rm -rf {} +

# A stamp says that .venv holds the package with those extras, as pyproject.toml asks for them.
$(VENV)/.stamp-demo $(VENV)/.stamp-test: $(VENV)/.stamp-%: pyproject.toml | $(RUN)/python
	@echo "Installing polytropic with what '$*' needs into $(VENV); the first time takes minutes"
	@$(SYSTEM_LIBRARIES) $(RUN)/python $(RUN)/python -m pip install --quiet -e '.[$*]'
	@touch $@

# This one holds the other two as well.
$(VENV)/.stamp-dev: pyproject.toml | $(RUN)/python
	@echo "Installing polytropic with what developers need into $(VENV); the first time takes minutes"
	@$(SYSTEM_LIBRARIES) $(RUN)/python $(RUN)/python -m pip install --quiet -e '.[dev,demo]'
	@touch $@ $(VENV)/.stamp-demo $(VENV)/.stamp-test

# A failed attempt can leave half an environment behind, which the next run would take for a whole.
$(RUN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	    echo "polytropic needs Python 3.11 or newer, but $(PYTHON) is:" \
	        "$$($(PYTHON) --version 2>&1 || true). Name another one: make PYTHON=python3.12 …" >&2; \
	    exit 1; }
	@$(SYSTEM_LIBRARIES) $(PYTHON) $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }
