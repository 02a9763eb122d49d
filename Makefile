# bangkom: `make help` explains the targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
export OMP_NUM_THREADS := 1
# Compiled once, and kept beside the packages, whatever the environment says: each worker and each process of a test reads it.
export PYTHONDONTWRITEBYTECODE :=
export PYTHONPYCACHEPREFIX := $(CURDIR)/$(VENV)/compiled

.DEFAULT_GOAL := help
.PHONY: help demo test test-long check lint types contracts docker-lint bench bench-evidence peers soak serve clean chromium pictures

help: ## what each target does
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "bangkom needs Python 3.11 or newer; set PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "python3-venv is missing: apt-get install python3-venv"; exit 1; }
	@echo "Installing bangkom into $(VENV) (a minute or two) ..."
	@$(BIN)/pip install --disable-pip-version-check --quiet -c constraints.txt -e '.[dev]'
	@touch $(READY)

demo: $(READY) ## the demo city: files, import, fit, plan, report
	$(BIN)/bangkom demo demo-city

test: $(READY) chromium ## the default suite, two workers
	$(BIN)/pytest -n 2 --dist worksteal -m "not slow and not long"

test-long: $(READY) ## what takes longer: killed processes, whole servers, long laws
	$(BIN)/pytest -n 3 --dist worksteal -m "long and not slow"  # they wait for servers and processes
	BANGKOM_TEST_EXAMPLES=100 $(BIN)/pytest -n 2 --dist worksteal -m "hypothesis and not slow and not long" tests/recommender/allocation/test_certificate.py $$(grep -rlw tries --include="test_*.py" tests)

chromium: ## a browser for the tests of the portal, where it can be installed
	@command -v chromium >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing Chromium for the browser tests ..."; \
	    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; } >/dev/null \
	      || echo "Chromium could not be installed; the browser tests are skipped."; \
	  else echo "No Chromium, and no right to install it; the browser tests are skipped: apt-get install chromium"; fi; }

check: lint types contracts docker-lint test test-long ## everything CI runs

lint: $(READY) ## ruff: format and all rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(READY) ## mypy, strict
	$(BIN)/mypy

contracts: $(READY) ## which room may import what
	$(BIN)/lint-imports --no-cache

docker-lint: $(READY) ## hadolint
	$(BIN)/hadolint Dockerfile

bench: $(READY) ## one command a claim: ratios, never absolute times
	$(BIN)/python benchmarks/recommend.py
	$(BIN)/python benchmarks/import.py
	$(BIN)/python benchmarks/plan_city.py
	$(BIN)/python benchmarks/solver_choice.py
	$(BIN)/python benchmarks/allocation.py
	$(BIN)/python benchmarks/nation.py --hundredth --dask
	$(BIN)/python benchmarks/portal.py

DATA ?= ../shared/datasets
PEERS := doubleml econml implicit lightfm-next
PEERS_READY := $(VENV)/.peers
peers: $(PEERS_READY) ## what the benchmarks are held against; not needed to run bangkom

$(PEERS_READY): $(READY)
	@echo "Installing the peers of the benchmarks (a minute or two) ..."
	@if $(BIN)/pip install --disable-pip-version-check --quiet -c constraints.txt -e '.[peers]'; then touch $@; else \
	  for peer in $(PEERS); do \
	    $(BIN)/pip install --disable-pip-version-check --quiet -c constraints.txt $$peer \
	      || echo "$$peer could not be installed; its rows are left out."; \
	  done; fi

bench-evidence: $(PEERS_READY) ## ranking, outcomes, effects, planted truth: the tables of docs/evidence.md; QUICK=1 on samples
	@$(BIN)/python benchmarks/evidence.py --data $(DATA) $(if $(USERS),--users $(USERS)) $(if $(QUICK),--quick)

soak: $(READY) ## half an hour of the HTTP service: nothing may leak
	$(BIN)/python benchmarks/soak.py

pictures: $(READY) chromium ## the pictures of the portal in docs/pictures
	$(BIN)/python docs/pictures/take.py

serve: $(READY) ## the HTTP service on the demo city's database, on this machine only
	@test -f demo-city/bangkom.db || { echo "there is no demo city yet: make demo"; exit 1; }
	$(BIN)/bangkom --database sqlite:///demo-city/bangkom.db serve --dev

clean: ## remove the environment and the demo city
	rm -rf $(VENV) demo-city
