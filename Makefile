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

.PHONY: help setup lock

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(STAMP)  ## make .venv with everything pinned (instant when nothing changed)

# uv where it is installed (fast), else Python's own venv and pip: the same lock file.
$(STAMP): requirements-dev.txt
	@if command -v uv >/dev/null 2>&1; then \
	  [ -x $(PY) ] || uv venv --quiet --python $(PYTHON) $(VENV); \
	  VIRTUAL_ENV=$(CURDIR)/$(VENV) uv pip sync --quiet --require-hashes requirements-dev.txt; \
	else \
	  [ -x $(PY) ] || $(PYTHON) -m venv $(VENV); \
	  $(PY) -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.txt; \
	fi
	@touch $@

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
