# Two commands for everyone: `make run` and `make test`. The rest is for those who change things; `make help` lists all.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
          --generate-hashes --no-emit-index-url --no-annotate --no-header $(UPGRADE)

.DEFAULT_GOAL := help
.PHONY: help run test lint types imports tests benchmark train lock clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.run  ## start: the Telegram bot if VISITBOT_TOKEN is set, otherwise a conversation right here
	@$(BIN)/visitbot run --or-chat

test: lint types imports tests  ## everything that must hold: lint, format, types, import contracts, tests

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.test
	$(BIN)/mypy

imports: $(VENV)/.test
	$(BIN)/lint-imports

tests: $(VENV)/.test
	$(BIN)/pytest $(ARGS)

benchmark: $(VENV)/.test  ## figures side by side with the plain alternatives, never a verdict
	$(BIN)/python benchmarks/answers.py $(ARGS)

train: $(VENV)/.test  ## fit the weights of the intents, data/intents.tsv, anew
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python benchmarks/train.py $(ARGS)

lock: $(VENV)/.lock  ## write requirements/*.txt anew from pyproject.toml (UPGRADE=--upgrade for newer versions)
	$(COMPILE) --group build -o requirements/build.txt
	$(COMPILE) pyproject.toml -c requirements/build.txt -o requirements/run.txt
	$(COMPILE) pyproject.toml -c requirements/build.txt -c requirements/run.txt --all-extras -o requirements/test.txt
	$(COMPILE) --group lock -o requirements/lock.txt

clean:  ## remove what the commands above made
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp says that a set of requirements is installed; pip is asked again only when its file changed.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "visitbot needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/build.txt requirements/run.txt pyproject.toml | $(BIN)/python
	$(PIP) install --require-hashes -r requirements/build.txt -r requirements/run.txt
	$(PIP) install --no-build-isolation --no-deps --editable .
	@touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.run
	$(PIP) install --require-hashes -r requirements/test.txt
	@touch $@

$(VENV)/.lock: requirements/lock.txt | $(BIN)/python
	$(PIP) install --require-hashes -r requirements/lock.txt
	@touch $@
