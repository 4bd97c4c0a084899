# One entry for people and for CI: `make` prints the targets.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(CURDIR)/$(VENV)/bin
STAMP := $(VENV)/.requirements
PYTHON ?= python3
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)

LAB_INVENTORY := inventories/lab
INVENTORY ?= $(LAB_INVENTORY)
# The lab's cluster may be taken down without being named; nobody else's.
CONFIRM ?= $(if $(filter $(LAB_INVENTORY),$(INVENTORY)),fastpath)
# A folder of molecule/.
SCENARIO ?= default
# Further arguments for ansible-playbook, for example ARGS='--check --diff'.
ARGS ?=

# Go's own installer puts it where only login shells look.
export PATH := $(BIN):$(PATH):/usr/local/go/bin
# A copy of the collection that was installed elsewhere must not shadow the clone.
export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/collections

.PHONY: help
help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: venv
venv: $(STAMP) ## Create or update the Python environment in .venv

$(STAMP): requirements/dev.txt requirements/runtime.txt requirements/install-collections
	@if ! $(PYTHON) -c 'import venv, ensurepip' 2>/dev/null; then \
	  $(SUDO) apt-get update -q; \
	  $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends python3-venv; \
	fi
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements/dev.txt -r requirements/runtime.txt
	$(BIN)/python requirements/install-collections
	@touch $@

.PHONY: lint
lint: venv ## Check style: ansible-lint and ruff
	ansible-lint
	ruff check .
	ruff format --check .

.PHONY: unit
unit: venv test-tools ## Run the unit tests
	pytest

.PHONY: test-tools
test-tools:
	tests/install-prerequisites

.PHONY: molecule
molecule: mirror ## Run a scenario on new machines of the lab: default, or SCENARIO=node
	MOLECULE_GLOB='molecule/*/molecule.yml' molecule test -s $(SCENARIO)

# A stage of its own, so that it is counted as one.
.PHONY: node
node: ## Run the scenario of the node profile
	$(MAKE) --no-print-directory molecule SCENARIO=node

.PHONY: faults
faults: ## Run the scenario that plants faults in a running cluster
	$(MAKE) --no-print-directory molecule SCENARIO=faults LAB_INVENTORY=inventories/lab_pair

.PHONY: cilium
cilium: ## Run the scenario of a cluster with Cilium, which builds Cilium first
	$(MAKE) --no-print-directory molecule SCENARIO=cilium LAB_INVENTORY=inventories/lab_cilium

.PHONY: test
test: venv ## Run everything that CI runs: lint, unit, molecule
	@.ci/stages lint unit node molecule

.PHONY: site
site: $(if $(filter $(LAB_INVENTORY),$(INVENTORY)),lab,venv) ## Build a cluster: in the lab, or with INVENTORY=path
	ansible-playbook playbooks/site.yml -i $(INVENTORY) $(ARGS)

.PHONY: reset
reset: venv ## Take nodes back to bare; with INVENTORY=path also CONFIRM=<cluster name>
	ansible-playbook playbooks/reset.yml -i $(INVENTORY) -e fastpath_reset_confirm=$(CONFIRM) $(ARGS)

.PHONY: mirror
mirror: venv lab-tools ## Make the packages and images of the lab
	supply=$$(python -m lab.supply -i $(LAB_INVENTORY)) && ansible-playbook playbooks/mirror.yml -i $(LAB_INVENTORY) -e @"$$supply"

# The mirror comes first: building needs the memory and the processors that the machines take.
.PHONY: lab
lab: mirror ## Start the lab's machines
	python -m lab up

.PHONY: lab-tools
lab-tools:
	lab/install-prerequisites

.PHONY: lab-down
lab-down: venv ## Stop the lab's machines and delete their disks
	python -m lab down
