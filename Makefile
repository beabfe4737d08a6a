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

# What the natural voice needs is locked by itself, as it may be missing.
VOICE := hibari-tts onnxruntime flatbuffers protobuf coloredlogs humanfriendly mpmath sympy
BUT_VOICE := $(VOICE:%=--no-emit-package %)

.PHONY: help play setup check test bench pack simpleaudio moonshine hibari lock licences media wheel clean

help:
	@echo "make play    play the session that comes with voice_coach"
	@echo "make test    set up, check the code, run all tests"
	@echo "make check   style, types, the directions of imports, and prose"
	@echo "make bench   measure speed and memory"
	@echo "make setup   make $(VENV) with everything for working on the code"
	@echo "make pack    speak anew what comes with voice_coach as clips, after words or the voice have changed"
	@echo "make simpleaudio   another way to the sound device, for Python 3.11 only; needs a C compiler"
	@echo "make moonshine   understand spoken commands better, where it could not be installed at once"
	@echo "make hibari   speak with the natural voice, where it could not be installed at once"
	@echo "make lock    pin the newest versions of all dependencies (needs uv)"
	@echo "make licences   list anew what is bundled and installed, with its licences; after make lock"
	@echo "make media   make the sample and the picture of the README anew"
	@echo "make wheel   build the wheel that uv tool and pipx install"
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
	$(BIN)/python -m releasing.prose_check

test: check
	$(BIN)/python -m pytest -n auto --dist loadgroup $(ARGS)

bench: $(VENV)/.development
	$(BIN)/python -m benchmarks $(ARGS)

# With the engine that is locked; other processors give other bytes. Commit what it writes.
pack: $(VENV)/.development
	$(BIN)/python -m releasing.packing $(ARGS)

# Compiled here, as it has no wheels; on Linux that takes gcc and the headers of ALSA and Python.
simpleaudio: $(VENV)/.runtime
	@$(BIN)/python -c "import sys; sys.exit(sys.version_info >= (3, 12) and 'simpleaudio needs Python 3.11')"
	@$(INSTALL) --require-hashes -r requirements-simpleaudio.txt

# What understands spoken commands best; there is none for every machine.
moonshine: $(VENV)/.runtime
	@$(INSTALL) --require-hashes -r requirements-moonshine.txt

# The engine of the natural voice; without it espeak says what is not in the pack of clips.
hibari: $(VENV)/.runtime
	@$(INSTALL) --require-hashes -r requirements-hibari.txt

lock: $(VENV)/.made
	$(LOCK) pyproject.toml --group build $(BUT_VOICE) --output-file requirements.txt
	$(LOCK) pyproject.toml --group dev $(BUT_VOICE) --constraint requirements.txt --output-file requirements-dev.txt
	sed -nE 's/^    "((hibari-tts|onnxruntime).*)",$$/\1/p' pyproject.toml >$(VENV)/voice.in
	$(LOCK) $(VENV)/voice.in --constraint requirements.txt --output-file requirements-hibari.txt
	$(LOCK) $(VENV)/voice.in --constraint requirements-hibari.txt --format pylock.toml --output-file $(VENV)/pylock.toml
	$(BIN)/python -c "$$WHEELS" <$(VENV)/pylock.toml >wheels-hibari.sha256
	$(LOCK) pyproject.toml --extra moonshine --no-emit-package hibari-tts --constraint requirements.txt \
		--constraint requirements-hibari.txt --output-file requirements-moonshine.txt
	echo simpleaudio | $(LOCK) - --output-file requirements-simpleaudio.txt

# A hash tells no platform: the files' names do, and a test looks at them.
define WHEELS
import sys, tomllib
files = (file for each in tomllib.load(sys.stdin.buffer)["packages"] for file in each["wheels"])
names = {file["url"].rpartition("/")[2]: file["hashes"]["sha256"] for file in files}
print(*(f"{names[name]}  {name}" for name in sorted(names)), sep="\n")
endef
export WHEELS
# A test tells when it is not what the lock files say.
licences: $(VENV)/.development
	$(BIN)/python -m releasing.licence_list

media: $(VENV)/.development
	$(BIN)/python -m releasing.media

wheel: $(VENV)/.runtime
	@$(BIN)/python -m hatchling build -t wheel

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

# Not every machine has wheels of the natural voice, then espeak says what is not in its pack; nor of what understands spoken commands
# best, then pocketsphinx does.
$(VENV)/.runtime: $(VENV)/.made requirements.txt requirements-hibari.txt requirements-moonshine.txt pyproject.toml
	@$(INSTALL) --require-hashes -r requirements.txt
	@$(INSTALL) --require-hashes -r requirements-hibari.txt 2>$(VENV)/hibari.log || \
		{ echo "The engine of the natural voice cannot be installed, so espeak says what does not come with voice_coach. To try again: make hibari"; \
		tail -n 1 $(VENV)/hibari.log; }
	@$(INSTALL) --require-hashes -r requirements-moonshine.txt 2>$(VENV)/moonshine.log || \
		{ echo "Moonshine cannot be installed, so play --listen understands less. To try again: make moonshine"; \
		tail -n 1 $(VENV)/moonshine.log; }
	@$(INSTALL) --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q voice_coach
	@touch $@

$(VENV)/.development: $(VENV)/.runtime requirements-dev.txt
	@$(INSTALL) --require-hashes -r requirements-dev.txt
	@touch $@
