# Two commands do everything on a fresh machine: make reports, make test. The rest is make help.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
LUCKY := $(BIN)/lucky
# A worker for each processor; tests/conftest.py says which tests stay together, in which order.
PYTEST := $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder
# Hundreds of commands that tests start import the package: once compiled, also where no bytecode is written.
COMPILED := $(BIN)/python -m compileall -q lucky_analytics
SYSTEM_PACKAGES := chromium-headless-shell mariadb-server-core mariadb-client-core nginx-light openssl postgresql redis-server

.DEFAULT_GOAL := help
.PHONY: help reports test test-all test-airflow test-spark lint format lab app bench bench-coverage lock system-packages clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

reports: .venv/.installed  ## build the demo estate, snapshot it, run every notebook, publish the portal
	@$(LUCKY) demo build
	@$(LUCKY) snapshot take --source demo
	@$(LUCKY) run --all --jobs 2; status=$$?; $(LUCKY) publish && exit $$status

test: .venv/.installed  ## the tests that CI runs (set LUCKY_REQUIRE=all to fail instead of skip)
	@$(COMPILED) && $(PYTEST) -m "not full"

test-all: .venv/.installed  ## every test, the long ones too
	@$(COMPILED) && $(PYTEST)
	@! command -v java >/dev/null || $(MAKE) --no-print-directory test-spark

test-airflow: .venv/.installed .venv-airflow/.installed  ## the exported DAG in a real Airflow, in its own environment
	@$(BIN)/python -m pytest tests/airflow/exported_dag.py

test-spark: .venv/.installed .venv-spark/.installed  ## tables, metrics and notebooks on Spark, in its own environment (SPARK="-m 'not full'": tables and metrics)
	@.venv-spark/bin/python -m pytest $(SPARK) tests/spark/both_engines.py tests/spark/whole_notebooks.py
	@.venv-spark/bin/python -m pytest $(SPARK) tests/spark/connect_server.py  # a process speaks one way with Spark

lint: .venv/.installed  ## style, types, imports against what is declared
	@$(BIN)/ruff format --check --quiet . || { echo "lint: run make format"; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/deptry --no-ansi .

format: .venv/.installed  ## rewrite the code in house style
	@$(BIN)/ruff format --quiet . && $(BIN)/ruff check --fix --quiet .

lab: .venv/.installed  ## JupyterLab on the suite (LAB="--no-browser --port 8899" passes options)
	@$(LUCKY) lab $(LAB)

app: .venv/.installed  ## the site what-if on this machine, in a browser
	@$(LUCKY) app site_scoring

bench: .venv/.installed  ## measured ratios against named alternatives
	@$(BIN)/python -m tests.bench

bench-coverage: .venv/.installed  ## share of 200 simulated worlds that each interval holds (WORLDS=40 for fewer)
	@$(BIN)/python -m tests.bench.coverage_table --worlds $(or $(WORLDS),200)

lock: .venv/.installed  ## resolve pyproject.toml anew: requirements.lock and environment.yml
	@$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate --quiet -o requirements.lock
	@$(BIN)/python -m tests.environment_file > environment.yml.new && mv environment.yml.new environment.yml
	@$(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["spark"], sep="\n")' \
	  | $(BIN)/uv pip compile - -c requirements.lock --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate --quiet -o requirements-spark.lock

system-packages:  ## what the tests with real servers and a real browser need (Debian, apt)
	@missing=$$(for p in $(SYSTEM_PACKAGES); do dpkg -s $$p >/dev/null 2>&1 || echo $$p; done); \
	if [ -z "$$missing" ]; then echo "system packages: all there"; exit 0; fi; \
	sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	$$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends $$missing >/dev/null \
	&& echo "system packages: installed $$missing"

clean:  ## remove what was built: demo estate, snapshots, runs, portal
	@rm -rf data/demo data/demo.* data/snapshots outputs/runs outputs/site

.venv/.installed: requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "make: $(PYTHON) is not installed: apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "make: expected Python 3.11 or newer, got $$($(PYTHON) --version): make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "make: Python's venv module is not installed: apt-get install python3-venv"; exit 1; }
	@echo "environment: installing .venv from requirements.lock (a few minutes the first time)"
	@$(PYTHON) -m venv .venv
	@sed -n '/^uv==/,/^[a-z]/p' requirements.lock | sed '$$d' > .venv/uv.lock  # three times as fast, where it finds the index
	@{ $(BIN)/python -m pip install --quiet --no-input --require-hashes -r .venv/uv.lock && \
	   VIRTUAL_ENV=.venv $(BIN)/uv pip install --quiet --require-hashes --compile-bytecode -r requirements.lock; } >/dev/null 2>&1 || \
	 { $(BIN)/python -m pip install --quiet --no-input --require-hashes -r requirements.lock 2>&1 | { grep -v WARNING || true; }; \
	   exit $${PIPESTATUS[0]}; }
	@$(BIN)/python -m pip install --quiet --no-input --no-deps --no-build-isolation -e . 2>&1 | { grep -iE '^ *error' || true; }; \
	  exit $${PIPESTATUS[0]}
	@touch $@

.venv-spark/.installed: .venv/.installed requirements-spark.lock
	@echo "environment: installing .venv-spark from requirements.lock and requirements-spark.lock (a minute or two)"
	@$(PYTHON) -m venv .venv-spark
	@VIRTUAL_ENV=.venv-spark $(BIN)/uv pip install --quiet --require-hashes -r requirements.lock -r requirements-spark.lock
	@VIRTUAL_ENV=.venv-spark $(BIN)/uv pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

.venv-airflow/.installed: tests/airflow/requirements.lock
	@echo "environment: installing .venv-airflow from tests/airflow/requirements.lock (a minute or two)"
	@$(PYTHON) -m venv .venv-airflow
	@.venv-airflow/bin/python -m pip install --quiet --no-input --require-hashes -r $< 2>&1 | { grep -v WARNING || true; }; \
	  exit $${PIPESTATUS[0]}
	@touch $@
