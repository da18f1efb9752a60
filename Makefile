# Two commands for a newcomer: `make run` and `make test`. Everything lands in .venv/ and var/.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
STAMP := .venv/.installed
DEV_STAMP := .venv/.installed-dev
DEBIAN := fonts-noto-cjk fonts-lxgw-wenkai libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 \
  libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui ffmpeg python3-venv
DEBIAN_TEST := postgresql chromium poppler-utils clamav-daemon
export PYTHONWARNINGS ?= default
# Each process of a run would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE
# Tests make and sync thousands of small databases: in memory where the machine offers it.
TEST_TMP := $(shell test "$$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $$4 }')" -gt 4000000 2>/dev/null && echo TMPDIR=/dev/shm)
ADDRESS ?= 127.0.0.1:8000

.PHONY: run test check format set-up fonts packages test-packages clean help

help:
	@echo "make run    set up and serve the archive with demonstration data at http://$(ADDRESS)"
	@echo "make test   set up and run all tests"
	@echo "make check  format, lint, types, import rules"

run: packages $(STAMP) fonts
	@ARCHIVE_DEMO=1 $(BIN)/anjuan demo
	@ARCHIVE_DEMO=1 exec $(BIN)/anjuan run --bind $(ADDRESS)

# Everything on SQLite, and on PostgreSQL again whatever stands on a database.
test: test-packages $(DEV_STAMP) fonts
	$(TEST_TMP) $(BIN)/python -m pytest -n 3
	$(TEST_TMP) $(BIN)/python -m pytest -n 3 --database=postgresql

check: $(DEV_STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

set-up: $(DEV_STAMP)

format: $(DEV_STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed (Debian 12: apt-get install python3 python3-venv)"; exit 1; }
	$(PYTHON) -m venv .venv

$(STAMP): pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[ocr]'
	@touch $@

$(DEV_STAMP): pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[ocr,dev]'
	@touch $@ $(STAMP)

# The Fandol fonts, out of Debian's TeX Live; without them letters are set in LXGW WenKai.
fonts: $(STAMP)
	-@$(BIN)/python -m archive.letters.fetch_fonts

packages:
	@sh tools/debian-packages.sh $(DEBIAN)

test-packages:
	@sh tools/debian-packages.sh $(DEBIAN) $(DEBIAN_TEST)

clean:
	rm -rf .venv var dist .pytest_cache .mypy_cache .ruff_cache
