# Two commands for a fresh machine: `make demo` and `make test`. Each makes .venv first.

PYTHON ?= python3
BIN := .venv/bin
# Also for what pip builds the kit with.
export PIP_CONSTRAINT := $(CURDIR)/constraints.txt
JOBS ?= 2

.PHONY: demo test test-all lint bench bench-class texts pictures verify mutate real seeds cheats calibrate fuzz soak killed gradescope-box flow clean

demo: .venv/installed
	$(BIN)/python tests/tools/demo.py

test: lint
	$(BIN)/pytest -n $(JOBS) --dist worksteal -m "not slow"

# What `make test` leaves out: all specimens at every level, and other tests of minutes.
test-all: test
	$(BIN)/pytest -n $(JOBS) --dist worksteal -m slow

lint: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Every text that a student can read: titles of checks, hints, messages.
texts: .venv/installed
	$(BIN)/python tests/tools/texts.py

# The pictures of README and docs/, by Chromium.
pictures: .venv/installed
	$(BIN)/python tests/tools/pictures.py

verify: .venv/installed
	$(BIN)/assay verify

# Automatic mutants of the reference, PROBLEMS="problem1 problem4" for some: about 2 minutes.
mutate: .venv/installed
	$(BIN)/python tests/tools/mutate.py $(PROBLEMS)
	$(BIN)/python tests/tools/mutate_written.py

# COUNT submissions as students write them, half of them with a mutant: about 4 seconds each.
real: COUNT ?= 60
real: SEED ?= 0
real: .venv/installed
	$(BIN)/python tests/tools/real.py $(COUNT) $(SEED)

# The reference under SEEDS other seeds: about a second each.
SEEDS ?= 2000
seeds: .venv/installed
	$(BIN)/python tests/tools/seeds.py $(SEEDS) $(PROBLEMS)

# How often each statistical assertion rejects a correct program, and what it detects: 5 to 10 min.
calibrate: .venv/installed
	$(BIN)/python tests/tools/calibrate.py 20000 docs/calibration.svg

# Every program of tests/cheats, of which `make test-all` tries those that only the second look sees, and
# half of the others: 5 min.
cheats: .venv/installed
	ASSAY_CHEATS=all $(BIN)/pytest -n $(JOBS) --dist worksteal -m slow tests/cheats

# COUNT submissions, honest, broken and hostile, in one batch, then each alone: 15 min.
soak: COUNT ?= 1000
soak: .venv/installed
	$(BIN)/python tests/tools/soak.py $(COUNT) $(or $(TMPDIR),/tmp)/assay-soak

# A batch of COUNT submissions killed at KILLS random moments, compared with one left alone: 8 min.
KILLS ?= 20
killed: COUNT ?= 200
killed: .venv/installed
	$(BIN)/python tests/tools/killed.py $(COUNT) $(KILLS) $(or $(TMPDIR),/tmp)/assay-killed

# The upload for Gradescope in a container like Gradescope's, on Linux: 1 min.
gradescope-box: .venv/installed
	$(BIN)/python tests/tools/gradescope_box.py

# Frames that a child might forge, guided by coverage, for SECONDS: on Linux, Python 3.11 to 3.13.
SECONDS ?= 60
fuzz: .venv/fuzz
	$(BIN)/python tests/tools/fuzz.py -max_total_time=$(SECONDS)

.venv/fuzz: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[fuzz]'
	touch $@

bench: .venv/installed
	$(BIN)/python tests/benchmarks/bench.py

# A class of COUNT, 20,000 result files, and plain pytest and otter-grader on samples of the same
# submissions: half an hour. ONLY="assay|report|pytest|otter" for a part, WRITE=file.md keeps the table.
bench-class: COUNT ?= 500
bench-class: .venv/installed $(if $(filter-out otter,$(ONLY)),,.venv-otter/installed)
	$(BIN)/python tests/benchmarks/bench_class.py --count $(COUNT) \
	  $(addprefix --only ,$(ONLY)) $(addprefix --write ,$(WRITE))

# Another tool's environment, with the kit: only the benchmark needs it.
.venv-otter/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv-otter
	.venv-otter/bin/python -m pip install --quiet --disable-pip-version-check \
	  -e . 'otter-grader[grading]==7.0.0'
	touch $@

# Needs the training extra: $(BIN)/pip install -c constraints.txt -e '.[train]'
flow: .venv/installed
	$(BIN)/python -m reference.train_flow

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@

clean:
	rm -rf .venv .venv-otter demo build dist
