# Needs Python 3.11, 3.12 or 3.13; everything else goes into .venv.  `make` alone lists what there is.
VENV := .venv
BIN := $(VENV)/bin
FITS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3 python; do \
	$$name -c '$(FITS)' 2>/dev/null && echo $$name && break; done)

# The address is printed; a browser opens where there is a screen.
SCREEN := $(or $(DISPLAY),$(WAYLAND_DISPLAY),$(filter Darwin,$(shell uname -s)))
LAB_NEWS := @jupyterlab/apputils-extension:announcements
LAB_OPTIONS := --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate \
	$(if $(filter 0,$(shell id -u)),--allow-root) $(if $(SCREEN),,--no-browser)

.PHONY: help demo test coverage lint format docs bench screenshots clean

help:  ## List these targets
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' $(MAKEFILE_LIST) | expand -t 14

demo: $(VENV)/.demo  ## Open JupyterLab on the quickstart notebook
	@$(BIN)/jupyter labextension disable --level=sys_prefix $(LAB_NEWS) >/dev/null 2>&1 || true
	$(BIN)/jupyter lab --notebook-dir=notebooks --LabApp.default_url=/lab/tree/01_quickstart.ipynb $(LAB_OPTIONS)

test: lint $(VENV)/.test  ## Lint, then run every test, in a real browser too
	$(BIN)/python tests/browser/install_chromium.py
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

coverage: $(VENV)/.test  ## Tell which lines no test runs (half as slow again as the tests alone)
	$(BIN)/python tests/browser/install_chromium.py
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder --cov --cov-report=term

lint: $(VENV)/.test  ## Check style, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.test  ## Put the code into the house format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/.docs  ## Build the documentation into docs/_build/html; a warning is an error
	$(BIN)/python -m sphinx -W --keep-going -b html -q docs docs/_build/html
	@echo 'Open docs/_build/html/index.html'

bench: $(VENV)/.bench  ## Measure speed and memory; results in benchmarks/results
	$(BIN)/python -m benchmarks

screenshots: $(VENV)/.test  ## Redraw docs/images from a real JupyterLab page
	$(BIN)/python tests/browser/install_chromium.py
	KERASTUNE_SCREENSHOTS=docs/images $(BIN)/python -m pytest tests/browser/test_screenshots.py

clean:  ## Remove the environment and all that was made
	rm -rf $(VENV) build dist docs/_build docs/rules docs/notebooks test-results .coverage .mypy_cache .ruff_cache .pytest_cache

# One stamp for each extra, so that a second call installs nothing; a change of pyproject.toml installs again.
$(VENV)/.%: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --editable '.[$*]'
	@touch $@

$(BIN)/python:
	@$(or $(PYTHON),false) -c '$(FITS)' || { \
		echo 'Python 3.11, 3.12 or 3.13 is needed. If you have one, name it: make PYTHON=/path/to/python3.12' >&2; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV) || { \
		rm -rf $(VENV); echo 'Could not make $(VENV). On Debian and Ubuntu: apt install python3-venv' >&2; exit 1; }
