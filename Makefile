# Onggi's commands. `make` lists them.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
STAMP := .venv/.installed

help:
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST)

demo: packages $(STAMP) ## start the platform, build Tomcat and put it behind a URL (root)
	@sh setup/demo

test: packages helm lint ## everything that CI runs (root: real containers, real kubectl)
	pytest -q -n 2 --dist loadfile -m "not containers"
	pytest -q -m containers

check: lint ## the quick part: format, lint, types, import contracts, unit tests
	pytest -q -n 2 --dist loadfile -m "not root and not containers and not slow"

lint: $(STAMP)
	ruff format --check .
	ruff check .
	mypy
	lint-imports

fmt: $(STAMP) ## format and sort imports
	ruff format . && ruff check --fix .

bench: $(STAMP) ## measure, side by side with kube-apiserver and etcd
	@sh bench/run

setup: packages $(STAMP) ## install what is missing, and nothing else

packages:
	@sh setup/packages

helm: $(STAMP)
	@sh setup/helm

$(STAMP): pyproject.toml requirements.lock hatch_build.py
	@sh setup/python
	@touch $@

clean: ## remove what was built here (the platform itself: onggi uninstall)
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis onggi/data

.PHONY: help demo test check lint fmt bench setup packages helm clean
