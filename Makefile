# Two commands matter: `make run` and `make test`. All others are their parts.
# Another package index or wheel folder: set pip's own PIP_INDEX_URL, PIP_EXTRA_INDEX_URL or PIP_FIND_LINKS.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
SOURCES := matchmaker tests scripts

.PHONY: run test check fast format lint types imports install install-test translations clean lock

run: .venv/.installed
	@exec $(BIN)/matchmaker run --demo

install: .venv/.installed
install-test: .venv/.installed-test

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed: set PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Making the virtual environment in .venv"
	@$(PYTHON) -m venv .venv

.venv/.installed: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing the pinned packages (some 400 MB the first time)"
	@$(PIP) install --quiet --progress-bar on -c constraints.txt -e .
	@touch $@

.venv/.installed-test: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing the pinned packages and the test tools"
	@$(PIP) install --quiet --progress-bar on -c constraints.txt -e '.[test]'
	@touch .venv/.installed $@

check: install-test
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/hadolint Dockerfile
	$(BIN)/mypy
	MYPYPATH=scripts $(BIN)/mypy --config-file= --check-untyped-defs --ignore-missing-imports --follow-imports=silent scripts
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q -n 2 -m "not model and not browser and not slow"

test: install-test
	$(BIN)/matchmaker prepare-model
	$(BIN)/python -m pytest -q -n 2 --dist loadgroup

format: install-test
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix $(SOURCES)

fast: install-test
	$(BIN)/python -m pytest -q -n 2 -m "not model and not browser and not slow"

# Bring matchmaker/translations up to date with the texts of the pages; new ones wait there to be translated.
translations: install-test
	PYTHONPATH=. $(BIN)/python scripts/translations.py

# Pin what a fresh environment resolves to; run it on purpose, then look at the difference.
lock:
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/pip install --quiet -e '.[test]'
	build/lock/bin/pip freeze --exclude-editable | sed 's/^\(torch==[0-9.]*\)+.*/\1/' > constraints.txt

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache
