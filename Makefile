# What one does with this checkout. `make` alone lists it; README says more.

VENV        := .venv
BIN         := $(VENV)/bin
PYTEST_ARGS ?=
# processes that share the tests
WORKERS     ?= 2
BENCH_ARGS  ?=
SERVERS     := $(BIN)/python -m deploy.servers exec

# only from the command line: a HOST or PORT that happens to be in the environment is somebody else's
RUN_ARGS    := $(if $(filter command,$(origin HOST)),--host $(HOST)) $(if $(filter command,$(origin PORT)),--port $(PORT))

# what Python has compiled is kept (`make clean` removes it): the suite starts some two hundred processes
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test lint format contracts bench reliability mutation up down lock clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.installed  ## the whole network in one process with the sample season; HOST=, PORT=, PYTHON= as wanted
	@exec $(BIN)/commendation run --sample $(RUN_ARGS)

test: $(VENV)/.installed-dev  ## the whole suite on private RabbitMQ and PostgreSQL; PYTEST_ARGS=, WORKERS= as wanted
	@deploy/browser.sh
	@deploy/office.sh
	@$(SERVERS) --no-fsync -- $(BIN)/python -m pytest -n $(WORKERS) $(PYTEST_ARGS)

lint: $(VENV)/.installed-dev  ## style, types and the layering rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.installed-dev  ## put the code into the house style
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

contracts: $(VENV)/.installed  ## write contracts/ anew from the schemas
	$(BIN)/commendation contracts

bench: $(VENV)/.installed-dev  ## measure, beside what one would take instead; BENCH_ARGS= as wanted
	@$(SERVERS) -- $(BIN)/python -m tests.benchmarks $(BENCH_ARGS)

reliability: $(VENV)/.installed-dev  ## kill processes hundreds of times and account for every fact
	@$(SERVERS) -- $(BIN)/python -W ignore -m tests.reliability

mutation: $(VENV)/.installed-dev  ## change shared bit by bit and see the tests notice
	@$(BIN)/python -m mutmut run

up:  ## the network as containers: build, start, wait until all are healthy
	@deploy/compose.sh up

down:  ## stop the containers; volumes and passwords are kept
	@deploy/compose.sh down

lock: $(VENV)/.installed-dev  ## resolve the dependencies anew
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade uv
	$(BIN)/uv pip compile --upgrade $(LOCK) pyproject.toml deploy/build.in -o requirements.lock
	$(BIN)/uv pip compile --upgrade $(LOCK) --extra dev -c requirements.lock pyproject.toml deploy/build.in -o requirements-dev.lock

clean:  ## remove the environment, caches and test servers; the network's own data under var/ stay
	@[ ! -x $(BIN)/python ] || $(BIN)/python -m deploy.servers stop
	rm -rf $(VENV) build dist *.egg-info mutants var/test .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# one lock for all platforms and Pythons; no index or local folder of the machine that resolves gets into it
LOCK := --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate --python-version 3.11

# The development lock holds everything of the other at the same versions, so that both install into one environment.
$(VENV)/.installed: requirements.lock pyproject.toml deploy/venv.sh
	@deploy/venv.sh $(VENV) requirements.lock
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock pyproject.toml deploy/venv.sh
	@deploy/venv.sh $(VENV) requirements-dev.lock
	@touch $(VENV)/.installed $@
