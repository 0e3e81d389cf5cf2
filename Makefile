# Everything starts here: `make run` for the product with demo data, `make test` for every test. `make` lists the rest.
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=
# Tests run in so many processes, each with a database of its own.
PROCESSES ?= 2

# Production settings for the checks: nothing is connected to.
PRODUCTION := env -u PAINPLAN_DEMO -u PAINPLAN_DEV SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(60))') \
	DATABASE_URL=postgresql://nobody@127.0.0.1:9/none REDIS_URL=redis://127.0.0.1:9/0 ALLOWED_HOSTS=painplan.example EMAIL_URL=smtp://127.0.0.1:9

.DEFAULT_GOAL := help
.PHONY: help setup run test test-full chaos soak check fix words mutate mutate-access drill migration-locks scan bench docs pictures clean-demo

help: ## this list
	@sed -n 's/^\([a-z-]*\): .*## \(.*\)/  make \1|\2/p' $(firstword $(MAKEFILE_LIST)) | awk -F'|' '{ printf "%-18s %s\n", $$1, $$2 }'

setup: ## environment and assets; quick when nothing changed
	@$(PYTHON) tools/setup.py

run: setup ## the product with demo data, on http://localhost:8000 (PORT=8123 make run for another port)
	@exec $(BIN)/python -m painplan.demo

test: ## every test: unit, database, flow, browser (ARGS="tests/plans -x" for some)
	@$(PYTHON) tools/setup.py --browser
	@exec $(BIN)/python -m pytest -n $(PROCESSES) --dist loadgroup $(ARGS)

test-full: export HYPOTHESIS_PROFILE = searching
test-full: export PAINPLAN_FULL = 1
test-full: test ## every test, with many more random examples, and every page at 390 and 1280 px, light and dark

chaos: setup ## servers and processes killed again and again under load: what is missed, what waits (15 minutes)
	@PAINPLAN_CHAOS=full exec $(BIN)/python -m pytest tests/chaos -s --show-capture=no $(ARGS)

soak: setup ## 500 patients and 20 clinicians for 30 minutes: errors, memory, queues (SOAK_MINUTES=2 for a try)
	@$(BIN)/python -c 'import locust' 2>/dev/null || $(BIN)/python -m pip install --quiet \
		"$$($(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["load"])')"
	@exec $(BIN)/python -W ignore -m tests.soak $(ARGS)

check: setup ## lint, types, import contracts, security rules, secrets, templates, migrations, production settings
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	find templates -name '*.html' -exec $(BIN)/djade --check --target-version 5.2 {} +
	PAINPLAN_DEV=1 $(BIN)/mypy painplan accounts exercises plans tools manage.py
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/python tools/rules.py
	$(BIN)/python tools/migrations.py
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive accounts exercises plans painplan tools manage.py
	$(BIN)/python tools/secrets_kept_out.py
	@echo "manage.py makemigrations --check"
	@$(PRODUCTION) $(BIN)/python -W "ignore:Got an error checking a consistent migration history" manage.py makemigrations --check
	@echo "manage.py check --deploy"
	@$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING

fix: setup ## format and mend what can be mended by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	find templates -name '*.html' -exec $(BIN)/djade --target-version 5.2 {} +

words: setup ## collect the words of the interface into locale/ and compile the translations (docs/words.md)
	$(BIN)/python tools/words.py

mutate: setup ## change each decision of the clinical rules in turn: a test has to notice (ARGS="plans/pacing.py"; 1 hour)
	@$(BIN)/python -c 'import mutmut' 2>/dev/null || $(BIN)/python -m pip install --quiet \
		"$$($(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["mutation"])')"
	@exec $(BIN)/python -m tests.mutation $(ARGS)

mutate-access: setup ## take each guard away in turn: the access matrix has to notice every time
	@exec $(BIN)/python -m pytest -q -s -o "python_functions=mutate_*" tests/mutate_access.py $(ARGS)

drill: setup ## 200,000 sessions backed up, the database destroyed, everything there again; seconds of each step
	@exec $(BIN)/python -m pytest -q -s -o "python_functions=drill_*" tests/drill.py $(ARGS)

migration-locks: setup ## how long each migration keeps others waiting, with 1,000,000 sessions
	@exec $(BIN)/python -m pytest -q -s -o "python_functions=measure_*" tests/migration_locks.py $(ARGS)

scan: setup ## each role follows every link and sends every form with hostile values; answers in var/scan.json
	@exec $(BIN)/python -m pytest -q -s -o "python_functions=scan_*" tests/scan/whole.py $(ARGS)

bench: setup ## measurements and whether they reach their goals (ARGS="--only rules --quick"; ARGS=--help)
	@exec $(BIN)/python -m tests.bench $(ARGS)

docs: setup ## render what is made from data: the hazard log
	$(BIN)/python tools/hazards.py

pictures: setup ## the README's pictures, from a demo with fresh data (PICTURES_URL=http://localhost:8000 for one that runs)
	@$(PYTHON) tools/setup.py --browser
	@exec $(BIN)/python tools/pictures.py

clean-demo: setup ## stop what a killed run left behind and remove the demo's data
	@exec $(BIN)/python -m painplan.demo --remove
