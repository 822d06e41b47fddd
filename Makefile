# Each target does its own set-up: a Python >= 3.11 and a package index are all it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

.PHONY: demo test check generate record bench faults fuzz clean

demo: $(VENV)/.demo  ## an ASN leaves a CIDR, on the embedded endpoint
	$(BIN)/ec2query demo

test: $(VENV)/.dev  ## the whole suite
	$(BIN)/python -m pytest -n auto

check: $(VENV)/.dev  ## style and types
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/basedpyright

generate: $(VENV)/.dev  ## src/ec2query/ec2 from the pinned botocore's model
	$(BIN)/python -m ec2query_codegen
	$(BIN)/python -m ec2query_codegen.partitions
	$(BIN)/python -m ec2query_codegen.readme

record: $(VENV)/.dev  ## the fixtures anew, from the emulator, moto's server and the model
	PYTHONPATH=tests $(BIN)/python -m support.record

bench:  ## beside boto3, aiobotocore and others, in under two minutes; all of it: make bench BENCH=--full
	$(PYTHON) -m benchmarks $(BENCH)

faults: $(VENV)/.dev  ## the fault harness, in about four minutes; a longer soak: make faults FAULTS='7 --minutes 10'
	PYTHONPATH=tests $(BIN)/python -m faults $(FAULTS)

fuzz: $(VENV)/.dev  ## 300,000 mutated inputs, in about two minutes; other ones: make fuzz FUZZ='--cases 1000000 --seed 7 --jobs 2'
	PYTHONPATH=tests $(BIN)/python -m fuzz $(FUZZ)

clean:
	rm -rf $(VENV) .venv-bench

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "ec2query needs Python 3.11 or newer: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(PIP) --upgrade pip

$(VENV)/.demo: $(VENV)/bin/python pyproject.toml
	$(PIP) --editable '.[cli,emulator]'
	touch $@

$(VENV)/.dev: $(VENV)/bin/python pyproject.toml
	$(PIP) --editable '.[dev]'
	touch $@ $(VENV)/.demo
