# Two commands are all there is to know: `make demo` and `make test`. Each makes .venv with the exact versions of requirements.lock if it is not there yet.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: demo ui test check browser docs lock clean

demo: $(VENV)/.ready
	$(BIN)/aquamind run --preset demo

ui: $(VENV)/.ready
	$(BIN)/aquamind ui

test: $(VENV)/.ready
	$(BIN)/pytest -n 2 --no-loadscope-reorder -m "not browser and not slow"

check: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/dagster definitions validate

browser: $(VENV)/.ready
	$(BIN)/pytest -n 2 --no-loadscope-reorder -m "browser or slow"

$(VENV)/.ready: pyproject.toml requirements.lock
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or later is needed, this is " + sys.version)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint requirements.lock --editable '.[dev]'
	touch $@

# What is generated in docs/: the data dictionary, answers, tables and pictures. Tests say when it is needed.
docs: $(VENV)/.ready
	$(BIN)/python -m aquamind_assets.docs_generator

# New versions: a clean environment, its versions written down.
lock:
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	build/lock/bin/pip freeze --exclude-editable > requirements.lock
	rm -rf build/lock

clean:
	rm -rf $(VENV) build dist data .dagster_home
