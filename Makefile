# Everything here needs make and Python 3.11, 3.12 or 3.13 with its venv module; nothing else has to be installed.
#
#   make play                            play the session that comes with voice_coach
#   make play ARGS="lower-back-short"    play another; ARGS is handed to `voice-coach play`
#   make test                            set up, check the code, run all tests
#   make test PYTHON=python3.12          with a Python of your choice (after `make clean` if there is a .venv)

VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif

# The newest first: the first that runs, is of the right version and can make virtual environments is taken.
PYTHON ?= python3.13 python3.12 python3.11 python3 python

# --no-deps: the files name everything, so nothing that they do not name can be installed.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps
LOCK := uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate

.PHONY: help play setup check test bench simpleaudio moonshine lock clean

help:
	@echo "make play    play the session that comes with voice_coach"
	@echo "make test    set up, check the code, run all tests"
	@echo "make check   style, types and the directions of imports"
	@echo "make bench   measure speed and memory"
	@echo "make setup   make $(VENV) with everything for working on the code"
	@echo "make simpleaudio   another way to the sound device, for Python 3.11 only; needs a C compiler"
	@echo "make moonshine   understand spoken commands better, where it could not be installed at once"
	@echo "make lock    pin the newest versions of all dependencies (needs uv)"
	@echo "make clean   remove $(VENV)"

play: $(VENV)/.runtime
	@$(BIN)/voice-coach play $(ARGS)

setup: $(VENV)/.development
	@:

check: $(VENV)/.development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/basedpyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports

test: check
	$(BIN)/python -m pytest -n auto --dist loadgroup $(ARGS)

bench: $(VENV)/.development
	$(BIN)/python -m benchmarks $(ARGS)

# Compiled here, as it has no wheels; on Linux that takes gcc and the headers of ALSA and Python.
simpleaudio: $(VENV)/.runtime
	@$(BIN)/python -c "import sys; sys.exit(sys.version_info >= (3, 12) and 'simpleaudio needs Python 3.11')"
	@$(INSTALL) --require-hashes -r requirements-simpleaudio.txt

# What understands spoken commands best; there is none for every machine.
moonshine: $(VENV)/.runtime
	@$(INSTALL) --require-hashes -r requirements-moonshine.txt

lock:
	$(LOCK) pyproject.toml --group build --output-file requirements.txt
	$(LOCK) pyproject.toml --group dev --constraint requirements.txt --output-file requirements-dev.txt
	$(LOCK) pyproject.toml --extra moonshine --constraint requirements.txt --output-file requirements-moonshine.txt
	echo simpleaudio | $(LOCK) - --output-file requirements-simpleaudio.txt

clean:
	rm -rf $(VENV)

# Each stamp is touched only when its step is done, so a step that was broken off is done again.
$(VENV)/.made:
	@right=""; \
	for python in $(PYTHON); do \
		command -v "$$python" >/dev/null 2>&1 || continue; \
		"$$python" -c "import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))" 2>/dev/null || continue; \
		right="$$python"; \
		"$$python" -c "import venv, ensurepip" 2>/dev/null || continue; \
		echo "Setting up $(VENV) with $$("$$python" --version), once; this takes about a minute ..."; \
		"$$python" -m venv --clear $(VENV) && touch $@ && exit 0; \
		exit 1; \
	done; \
	if [ -n "$$right" ]; then \
		echo "$$right has no venv module. On Debian and Ubuntu: sudo apt install python3-venv" >&2; \
	else \
		echo "voice_coach needs Python 3.11, 3.12 or 3.13, and none was found (tried: $(PYTHON))." >&2; \
		echo "Install one, or say where it is: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; \
	fi; \
	exit 1

# Not every machine has wheels of what understands spoken commands best; then pocketsphinx does.
$(VENV)/.runtime: $(VENV)/.made requirements.txt requirements-moonshine.txt pyproject.toml
	@$(INSTALL) --require-hashes -r requirements.txt
	@$(INSTALL) --require-hashes -r requirements-moonshine.txt 2>$(VENV)/moonshine.log || \
		{ echo "Moonshine cannot be installed, so play --listen understands less. To try again: make moonshine"; \
		tail -n 1 $(VENV)/moonshine.log; }
	@$(INSTALL) --no-build-isolation --editable .
	@touch $@

$(VENV)/.development: $(VENV)/.runtime requirements-dev.txt
	@$(INSTALL) --require-hashes -r requirements-dev.txt
	@touch $@
