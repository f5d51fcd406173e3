# `make demo` and `make test` are all that a new reader needs; `make help` lists the rest. Every target first makes .venv with the versions of requirements.lock if it is not there.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# More options for pytest in `make test`, as in PYTEST_OPTIONS='-k lice'.
PYTEST_OPTIONS ?=
# Per cent of the package's lines that `make coverage` asks for: just below what was measured last.
COVERAGE_FLOOR := 95

# Where this is set, every process compiles the package again, and the tests start more than a hundred.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo ui test coverage check browser golden docs site wheel matrix lock clean

help: ## List the targets.
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

demo: $(VENV)/.ready ## Generate ten years of a small farm into data/aquamind.db.
	$(BIN)/aquamind run --preset demo

ui: $(VENV)/.ready ## Open Dagster's user interface on the data of the last run.
	$(BIN)/aquamind ui

test: $(VENV)/.ready ## Run the tests, without those of `make browser`.
	$(BIN)/pytest -n 2 --no-loadscope-reorder -m "not browser and not slow" $(PYTEST_OPTIONS)

coverage: ## Run the same tests and count the lines they reach; fail below COVERAGE_FLOOR.
	$(MAKE) --no-print-directory test PYTEST_OPTIONS='--cov --cov-report=term --cov-fail-under=$(COVERAGE_FLOOR) $(PYTEST_OPTIONS)'

check: $(VENV)/.ready ## Check style, types, Dagster's definitions and the site.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/dagster definitions validate
	$(MAKE) --no-print-directory site

# These tests wait much, for daemons, servers and browsers: one process more than cores.
browser: $(VENV)/.ready ## Run the slow tests: browser, crashes, other databases, all of a decade, the documents.
	$(BIN)/pytest -n 3 --no-loadscope-reorder -m "browser or slow"

golden: $(VENV)/.ready ## Compare the rows of all years with the golden digests, and those of every database.
	$(BIN)/pytest aquamind_assets_tests/golden

docs: $(VENV)/.ready ## Generate the generated parts of docs/ again; tests fail when this is needed.
	$(BIN)/python -m aquamind_assets.docs_generator

site: $(VENV)/.ready ## Build the documentation site into site/; every warning is an error.
	$(BIN)/python -m tools.site

wheel: $(VENV)/.ready ## Build the wheel into dist/, install it elsewhere and run it there.
	$(BIN)/python -m tools.wheel_check dist

matrix: $(VENV)/.ready ## Run a quick check on every supported Python version that this machine has.
	$(BIN)/python -m tools.interpreters

lock: ## Take the newest versions that pyproject.toml allows into requirements.lock.
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/pip install --quiet --disable-pip-version-check --editable '.[dev,docs,benchmarks]'
	build/lock/bin/pip freeze --exclude-editable > requirements.lock
	rm -rf build/lock

clean: ## Remove everything that the other targets made, the data too.
	rm -rf $(VENV) build dist site data htmlcov .coverage .coverage.* .dagster_home .tmp_dagster_home_*

# Python compiles what it imports; most of the packages' files never are.
$(VENV)/.ready: pyproject.toml requirements.lock
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or later is needed, this is " + sys.version)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --no-compile --constraint requirements.lock --editable '.[dev,docs]'
	touch $@
