# One command each; `make` alone lists them. Everything lives in .venv (programs)
# and .run (data of the local default); neither is part of the repository.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3.11
VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.installed
PORT ?= 8000
# Links in letters and reminders lead here.
export PORTAL_URL ?= http://127.0.0.1:$(PORT)

.PHONY: help setup run migrate test test-sqlite test-postgres browser lint prove coverage audit lock clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(STAMP)  ## make .venv with everything pinned (instant when nothing changed)

# uv where it is installed (fast), else Python's own venv and pip: the same lock file. The lock names every
# package, so pip resolves nothing: its resolver would try a newer release of one that another wants with an extra.
$(STAMP): requirements-dev.txt
	@if command -v uv >/dev/null 2>&1; then \
	  [ -x $(PY) ] || uv venv --quiet --python $(PYTHON) $(VENV); \
	  VIRTUAL_ENV=$(CURDIR)/$(VENV) uv pip sync --quiet --require-hashes requirements-dev.txt; \
	else \
	  [ -x $(PY) ] || $(PYTHON) -m venv $(VENV); \
	  $(PY) -m pip install -qq --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.txt && \
	  $(PY) -m pip check >/dev/null; \
	fi
	@touch $@

run: migrate  ## serve http://127.0.0.1:8000 with worker and beat (PORT=… for another port); data stays in .run
	@$(PY) manage.py load_sample --if-empty
	@echo "http://127.0.0.1:$(PORT)  (Ctrl-C stops web, worker and beat)"
	@exec $(VENV)/bin/honcho --no-colour start --port $(PORT)

migrate: setup
	@$(PY) manage.py migrate --verbosity 0

# --- checks ----------------------------------------------------------------------------------

PYTEST := $(PY) -m pytest -n 2 -q $(ARGS)
RESULTS := test-results

test: setup browser  ## every test on SQLite, then what asks a database on PostgreSQL and Redis; the summary comes last
	@mkdir -p $(RESULTS); rm -f $(RESULTS)/*.txt
	@failed=0; \
	for database in sqlite postgres; do \
	  echo "== tests on $$database"; \
	  TEST_DATABASE=$$database $(PYTEST) 2>&1 | tee $(RESULTS)/$$database.txt || failed=1; \
	done; \
	echo; echo "== summary"; \
	[ -z "$${LINT_SUMMARY:-}" ] || echo "$$LINT_SUMMARY"; \
	for database in sqlite postgres; do \
	  grep -hE '^(FAILED|ERROR) ' $(RESULTS)/$$database.txt | sed "s/^/$$database  /" || true; \
	  printf '%-9s %s\n' $$database "$$(tail -n 1 $(RESULTS)/$$database.txt)"; \
	done; \
	exit $$failed

test-sqlite: setup browser  ## every test on SQLite only
	@TEST_DATABASE=sqlite $(PYTEST)

test-postgres: setup browser  ## every test that asks a database, on PostgreSQL and Redis only
	@TEST_DATABASE=postgres $(PYTEST)

# Chromium is the one thing the tests need from the system; PostgreSQL and Redis come as wheels.
browser: setup
	@$(PY) -c 'from tests.servers import chromium_program as c; raise SystemExit(c() is None)' || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "installing Chromium for the browser tests"; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
	  else \
	    echo "The browser tests need Chromium. Install it: sudo apt-get install --no-install-recommends chromium" >&2; \
	    echo "(or name a Chromium by CHROMIUM=/path/to/chromium)" >&2; exit 1; \
	  fi; }

lint: setup  ## ruff, mypy, djade
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@find templates -name '*.html' -print0 | xargs -0 -r $(VENV)/bin/djade --check
	@$(VENV)/bin/mypy

prove: setup  ## the long figures: races, kills, fuzz, benchmarks; writes docs/ledger.md (ONLY=name for one)
	@$(PY) -m tests.prove $(ONLY)

coverage: setup browser  ## which lines and branches no test reaches, on both databases together; fails under 95 %
	@$(PY) -m tests.prove coverage --no-ledger

# Not part of `make prove`: it asks the internet's list of vulnerabilities. --strict: a package that could not be
# looked up fails, so that an index without that list is no clean bill.
# Of secrets: keys and tokens by their shape; the examples of the manual and sums of vendored files are none.
audit: setup  ## known vulnerabilities of what is pinned (asks pypi.org), secrets in what is committed
	@git ls-files -z | xargs -0 $(VENV)/bin/uv tool run --quiet --from detect-secrets detect-secrets-hook \
	  --disable-plugin KeywordDetector --exclude-files '^(static/vendor/MANIFEST\.json|requirements.*\.txt)$$' \
	  --exclude-lines '://(portal_app|portal_owner|role|user):|^KEY = '
	@$(VENV)/bin/uv tool run --quiet pip-audit --strict --disable-pip --require-hashes -r requirements.txt

clean:  ## remove what the tools wrote; programs and data stay
	@rm -rf $(RESULTS) .pytest_cache .mypy_cache .ruff_cache .hypothesis htmlcov .coverage*
	@find . -path ./$(VENV) -prune -o -name __pycache__ -type d -print0 | xargs -0 rm -rf

# --- dependencies ----------------------------------------------------------------------------

# Requirement lines read "name  # why": the reason is repeated above the pinned name.
define REASONS
/^[A-Za-z]/ && FILENAME ~ /\.in$$/ { split($$0, part, "  # "); name = tolower(part[1]); \
  sub(/[\[=<> ].*/, "", name); why[name] = part[2]; next } \
FILENAME ~ /\.in$$/ { next } \
/^[a-z0-9]/ { name = $$1; sub(/[\[=].*/, "", name); if (name in why) print "# " name ": " why[name] } \
{ print }
endef

COMPILE := $(VENV)/bin/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
  --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

lock: setup  ## pin requirements*.in anew, with hashes and reasons (add UPGRADE=--upgrade for newer versions)
	@$(COMPILE) $(UPGRADE) requirements.in -o requirements.txt
	@$(COMPILE) $(UPGRADE) requirements-dev.in -o requirements-dev.txt
	@for name in requirements requirements-dev; do \
	  awk '$(REASONS)' requirements.in requirements-dev.in $$name.txt > $$name.tmp && mv $$name.tmp $$name.txt; done
