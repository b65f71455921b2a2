# Two commands to begin with: `make demo` and `make test`. Both work in .venv, which is made when it is missing and made
# anew when what it must hold has changed. `make demo PYTHON=python3.12` chooses the interpreter: 3.11, 3.12 or 3.13.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:

# Where that is set, each of the many processes that tests start would compile all it loads anew.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
BIN := .venv/bin
# Carries the interpreter's name, so that another one makes the environment anew.
READY := .venv/ready-$(notdir $(PYTHON))
# What checks and tests need beside that; whoever wants the demo does not wait for it.
TOOLS := .venv/tools-$(notdir $(PYTHON))
# Compiling what is installed takes as long as installing it; Python compiles what it loads when it loads it.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile
# What simulators were asked and answered in all other tests, for tests/conformance to judge in the end.
JOURNAL := $(abspath .venv/exchanges.jsonl)

.PHONY: help demo test check bench serve

help: ## Show these commands.
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

demo: $(READY) ## Play the whole way once, with a Jira that runs here.
	@$(BIN)/jira-reactor demo

test: export JIRA_REACTOR_SIMULATOR_JOURNAL = $(JOURNAL)
test: check ## Check and test everything, and measure how much of app/ the tests run.
	@compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null \
	  || echo 'Without PostgreSQL its tests are skipped. To run them: apt-get install postgresql' >&2
	@rm -f .coverage .coverage.* $(JOURNAL)
	@$(BIN)/coverage run -m pytest -n 4 --dist worksteal --ignore tests/conformance | tee .venv/pytest.log
	@$(BIN)/python -m pytest tests/conformance | tee .venv/conformance.log
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report
	@tail -qn 1 .venv/conformance.log .venv/pytest.log

check: $(TOOLS) ## Read the code for mistakes of style and of types.
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { $(BIN)/ruff format --check .; exit 1; }
	@$(BIN)/mypy --no-error-summary

bench: $(READY) ## Measure how many deliveries the receiver accepts.
	@$(BIN)/python -m benchmarks.receive

serve: $(READY) ## Run the receiver and a worker.
	@$(BIN)/jira-reactor serve

$(READY): setup.cfg pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo 'There is no $(PYTHON). On Debian: apt-get install python3 python3-venv' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	  || { echo "$$($(PYTHON) --version) will not do; name one of 3.11 to 3.13 with PYTHON=" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo '$(PYTHON) cannot make virtual environments. On Debian: apt-get install python3-venv' >&2; exit 1; }
	@echo 'Making .venv and installing into it; this happens once.' >&2
	@$(PYTHON) -m venv --clear .venv
	@$(INSTALL) -e .
	@touch $@

$(TOOLS): $(READY)
	@echo 'Installing what checks and tests need.' >&2
	@$(INSTALL) -e '.[dev]'
	@touch $@
