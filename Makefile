# OZG Marketplace. `make help` lists the targets.

PORT ?= 8000
# Where texts and their translations lie; *.mo files are compiled from it and not committed.
TRANSLATIONS ?= marketplace/translations

# A quick start needs compiled bytecode beside the sources, whatever the shell says.
unexport PYTHONDONTWRITEBYTECODE

bin := .venv/bin
vendor := marketplace/web/static/vendor/versions.json
catalogues := $(patsubst %.po,%.mo,$(shell find marketplace -name '*.po'))
pip_install := $(bin)/python -m pip install --quiet --disable-pip-version-check
lock := $(bin)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	--no-emit-index-url --custom-compile-command 'make lock'

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test test-embedded check bench bench-relevance recount openapi messages lock clean ready ready-dev

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: export MARKETPLACE_DEMO ?= 1
run: ## start the marketplace on 127.0.0.1:8000 (PORT= chooses another port)
	@scripts/preflight run "$(PORT)"
	@$(MAKE) --no-print-directory ready
	@$(bin)/python scripts/prepare.py
	@exec $(bin)/marketplace serve --with-worker --port "$(PORT)"

test: ## everything CI checks; brings PostgreSQL, Elasticsearch, Keycloak and Chromium
	@scripts/preflight tools
	@$(MAKE) --no-print-directory ready-dev
	@$(MAKE) --no-print-directory check
	@scripts/test-all

test-embedded: ## the tests that need Python and Node only
	@scripts/preflight tools
	@$(MAKE) --no-print-directory ready-dev
	@$(bin)/python -m pytest -m 'not postgresql and not elasticsearch and not keycloak and not browser'

check: .venv/.ready-dev ## format, lint, types, import contracts, Dockerfile and compose file
	@$(bin)/ruff format --check .
	@$(bin)/ruff check .
	@$(bin)/mypy
	@$(bin)/lint-imports
	@$(bin)/hadolint Dockerfile
	@$(bin)/check-jsonschema --builtin-schema vendor.compose-spec compose.yaml

bench: ## the measured figures, as ratios within one run; brings PostgreSQL and Elasticsearch
	@scripts/preflight tools
	@$(MAKE) --no-print-directory ready-dev
	@scripts/bench

bench-relevance: ## how good search is by class of query, on both engines (SAVE=file keeps it, AGAINST=file compares)
	@scripts/preflight tools
	@$(MAKE) --no-print-directory ready-dev
	@scripts/bench-relevance $(if $(SAVE),--save "$(SAVE)") $(if $(AGAINST),--against "$(AGAINST)")

test-endurance: ## SIGKILL of worker, rebuild and Elasticsearch in the middle of 10,000 writes (minutes)
	@scripts/preflight tools
	@$(MAKE) --no-print-directory ready-dev
	@$(bin)/python -m pytest tests/endurance --override-ini 'python_files=endure_*.py' --capture=no --quiet

recount: ## count the demo and a random ledger of 100,000 events again by SQL, compare every route of the statistics
	@scripts/preflight tools
	@$(MAKE) --no-print-directory ready-dev
	@$(bin)/python -m pytest tests/recounts --override-ini 'python_files=recount_*.py' --capture=no --quiet

openapi: .venv/.ready-dev ## write the API's contract to openapi/openapi.json
	@$(bin)/marketplace openapi write

messages: .venv/.ready-dev ## collect the texts for translation, update the catalogues, compile them
	@$(bin)/pybabel --quiet extract --mapping-file pyproject.toml --sort-by-file --no-wrap \
		--project ozg-marketplace --output-file $(TRANSLATIONS)/messages.pot marketplace
	@$(bin)/pybabel --quiet update --no-wrap --no-fuzzy-matching --ignore-pot-creation-date \
		--input-file $(TRANSLATIONS)/messages.pot --output-dir $(TRANSLATIONS)
	@$(bin)/pybabel --quiet compile --statistics --directory $(TRANSLATIONS)

lock: .venv/.ready-dev ## renew the lock files within the ranges of pyproject.toml and package.json
	@$(lock) --upgrade --extra dev --group build pyproject.toml --output-file requirements-dev.txt
	@$(lock) --upgrade --constraint requirements-dev.txt pyproject.toml --output-file requirements.txt
	@$(lock) --upgrade --constraint requirements-dev.txt --group build --output-file requirements-build.txt
	@npm update --package-lock-only

clean: ## delete what was made here, except databases
	@scripts/test-services stop
	@rm -rf .venv node_modules $(dir $(vendor)) $(catalogues) build dist .*_cache .hypothesis
	@find marketplace tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +

# Everything that `run` needs; each file stands for a step that is done, so that it is done once.
ready: .venv/.ready $(vendor) $(catalogues) ## environment, assets and translations, without starting anything
	@:

ready-dev: .venv/.ready-dev node_modules/.ready-dev $(vendor) $(catalogues)
	@:

.venv/bin/python:
	@echo 'making the Python environment .venv'
	@"$$(scripts/preflight python)" -m venv .venv

.venv/.ready: requirements.txt requirements-build.txt pyproject.toml | .venv/bin/python
	@echo 'installing Python packages from requirements.txt'
	@$(pip_install) --require-hashes --no-deps --requirement requirements.txt --requirement requirements-build.txt
	@$(pip_install) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.ready-dev: requirements-dev.txt pyproject.toml | .venv/bin/python
	@echo 'installing Python packages from requirements-dev.txt'
	@$(pip_install) --require-hashes --no-deps --requirement requirements-dev.txt
	@$(pip_install) --no-deps --no-build-isolation --editable .
	@touch .venv/.ready $@

node_modules/.ready: package.json package-lock.json .npmrc
	@echo 'fetching web assets by npm'
	@npm ci --omit=dev --silent
	@touch $@

node_modules/.ready-dev: package.json package-lock.json .npmrc
	@echo 'fetching web assets by npm'
	@npm ci --silent
	@touch node_modules/.ready $@

$(vendor): node_modules/.ready scripts/web_assets.py | .venv/bin/python
	@$(bin)/python scripts/web_assets.py
	@touch $@

%.mo: %.po | .venv/.ready
	@$(bin)/pybabel --quiet compile --input-file $< --output-file $@
