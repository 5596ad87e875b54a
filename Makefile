# One door to everything. `make demo` and `make test` set up what they need on a machine with only Python and pip.
PYTHON ?= python3
RUN = .venv/bin/python
LINTED = .

.PHONY: demo test lint fix check bench screenshots messages setup setup-test clean help

help:
	@echo "make demo         set up, load a demo operator and serve it on http://127.0.0.1:8000 (PORT=… for another port)"
	@echo "make demo DEMO=real   the same with real complaint files and a real event log instead of invented ones (REAL_DATA=folder)"
	@echo "make test         set up and run every test, browser tests included"
	@echo "make lint         every check that is not a test;  make fix  mends what can be mended"
	@echo "make check        lint and test: what CI runs"
	@echo "make bench        measure with 10,000 and 1,000,000 tickets;  make screenshots  draw the README's pictures"
	@echo "make messages     bring the translations up to date;  make clean  remove everything that was set up, data included"

setup:
	@$(PYTHON) tools/prepare.py demo

setup-test:
	@mkdir -p .data && $(PYTHON) tools/prepare.py test > .data/chromium

demo: setup
	@$(RUN) tools/serve.py --check
	@$(RUN) tools/demo.py $(DEMO)

test: setup-test
	@CHROMIUM="$$(cat .data/chromium)" $(RUN) -m pytest -n 2

lint: setup-test
	$(RUN) -m ruff format --check $(LINTED)
	$(RUN) -m ruff check $(LINTED)
	$(RUN) -m mypy
	.venv/bin/lint-imports
	.venv/bin/codespell
	$(RUN) tools/messages.py check
	$(RUN) manage.py makemigrations --check --dry-run
	$(RUN) manage.py check

fix: setup-test
	$(RUN) -m ruff format $(LINTED)
	$(RUN) -m ruff check --fix $(LINTED)

check: lint test

bench: setup-test
	$(RUN) benchmarks/run.py
	$(RUN) benchmarks/bench_surge.py
	$(RUN) benchmarks/bench_arrivals.py

screenshots: setup-test
	CHROMIUM="$$(cat .data/chromium)" $(RUN) tools/screenshots.py

messages: setup-test
	$(RUN) tools/messages.py extract

clean:
	rm -rf .venv .data .tools node_modules
