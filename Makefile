# The environment is made once, in .venv, and made again when the files that describe it change.
PYTHON ?= python3
PY     := .venv/bin/python
ENV    := .venv/.made
STEP   := bash tools/step.sh
REPORT := .cache/equations.json
HOLDS  := .cache/holds
SYMBOLS := tools/checks/symbols.yml
RUNS   := $(addsuffix .py, $(addprefix tools/checks/, optimizers corners kernels exact exact_kernels))
# What has formulas: the modules, the notes on them, and the pages, save those that are made of sources.
NOTES  := docs/notes
TEXTS  := $(sort $(wildcard *.md tools/*.md docs/*.md docs/*/*.md))
CHECK  := $(PY) -m sidenotes check labml_optim $(NOTES) $(TEXTS) --runs $(RUNS) --symbols $(SYMBOLS) --stated tools/checks/stated.txt
BUNDLE := $(PY) -m sidenotes bundle
# Each has a transcription of its paper.
BUNDLES := $(filter-out shared, $(basename $(notdir $(wildcard tools/checks/papers/[a-z]*.py))))
BUILD  := $(PY) -m build --no-isolation
# What is installed from the site's home page. The name has the version in it.
WHEEL  := docs/assets/dist/labml_optim-$(shell sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)-py3-none-any.whl
PIP    := $(PY) -m pip install --progress-bar off --constraint constraints.txt

# Material prints a notice about its successor at each start. The site is tested with the successor, too.
export NO_MKDOCS_2_WARNING := 1

help: ## what there is to make (this list)
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 16

site: $(ENV) assets figures $(HOLDS) ## build the site in site/
	@mkdir -p .build && rm -rf .build/*
	@$(STEP) 'Building the site' $(PY) -m mkdocs build --strict --site-dir .build/site
	@if [ -d site ]; then mv site .build/old; fi
	@mv .build/site site && rm -rf .build
	@echo 'The site stands: site/index.html'

serve: $(ENV) assets figures ## show the site on http://127.0.0.1:8000 and renew it when a page or a module changes
	@$(MAKE) --no-print-directory --old-file=$(ENV) $(HOLDS) || echo 'The pages show what does not hold.'
	@$(PY) -m mkdocs serve --livereload --dirty --no-strict

# Files are handed out whole, and in order: those that take long come early.
test: $(ENV) assets figures $(HOLDS) ## run all tests, on up to four processors
	@$(PY) -m pytest --numprocesses=auto --maxprocesses=4 --dist=loadfile --no-loadscope-reorder

verify: $(ENV) ## check the formulas of the pages against what the code does
	@$(CHECK)

stated: $(ENV) ## write the list of all formulas anew, after one has come or gone
	@$(CHECK) --renew

mutants: $(ENV) ## make all slips of tests/mutation, one at a time, and see that verify finds them
	@$(PY) -W ignore tests/mutation/run.py --all --seed 8675309

surroundings: $(ENV) ## make 300 slips in what surrounds the formulas, and see that verify or a test finds them
	@$(PY) -W ignore tests/mutation/around.py --part 300 --seed 8675309

bench: $(ENV) ## measure how fast the optimizers are, and write what the site plots
	@$(STEP) 'Installing the peers' $(PIP) --no-build-isolation -e '.[bench]'
	@$(PY) -m benchmarks.bench

peers: $(ENV) ## run the published AdaBeliefs beside ours, and write the table that the site shows
	@$(STEP) 'Installing the peers (TensorFlow is large)' $(PIP) --no-build-isolation -e '.[peers]'
	@$(PY) -m checks.peers

museum: $(ENV) ## give the published slips to the check, and write the table that the site shows
	@$(PY) -m checks.museum

audit: $(ENV) ## compare the optimizers of torch, and of other packages that are installed, with formulas, and write the tables
	@$(PY) -m checks.audit

exhaust: $(ENV) ## try the kernel on all float32 gradients, for an hour, and write the table that the site shows
	@$(PY) -m exhaust

experiments: $(ENV) ## train on digits, a quarter of an hour, and write what the site shows
	@$(STEP) 'Installing scikit-learn' $(PIP) --no-build-isolation -e '.[experiments]'
	@$(PY) -m experiments

lighthouse: ## Lighthouse on site/, on a phone: the scores of the pages in PAGES, of home and AdaBelief without it
	@$(PY) tools/lighthouse.py $(PAGES)

gpu: ## all that needs a GPU, in seven minutes; takes what `python3` has, and installs nothing
	@$(PYTHON) tools/gpu.py

picture: site ## take the picture in the README anew, with Chromium
	@$(PY) tools/picture.py

dist: $(ENV) ## build a wheel and a source distribution of both packages in dist/
	@rm -rf dist build *.egg-info tools/build tools/*.egg-info
	@$(STEP) 'Building labml_optim' $(BUILD) --outdir dist
	@$(STEP) 'Building sidenotes' $(BUILD) --outdir dist tools
	@ls dist

check: $(ENV) ## format, lint and types
	@$(PY) -m ruff format --check
	@$(PY) -m ruff check
	@$(STEP) 'Checking types' $(PY) -m mypy

bundles: $(ENV) ## write each optimizer, with all it needs, into one file, in docs/assets/bundles
	@mkdir -p docs/assets/bundles
	@for name in $(BUNDLES); do \
	  $(BUNDLE) labml_optim/$$name.py --check tools/checks/papers/$$name.py \
	    --output docs/assets/bundles/$$name.py --force || exit 1; done

figures: $(ENV) assets ## draw the figures of the pages that have changed, and a picture for each page
	@$(PY) -m sidenotes figures docs/notes/figures --output .cache/figures
	@$(PY) -m sidenotes previews mkdocs.yml docs/assets/previews

clean: ## remove all that was built, the environment too
	rm -rf .venv .build site build dist *.egg-info tools/build tools/*.egg-info docs/assets/sidenotes docs/assets/dist docs/assets/bundles docs/assets/previews docs/assets/source
	rm -rf docs/tool/source docs/tool/checks docs/speed/source docs/speed/benchmarks docs/speed/exhaust docs/experiments/source docs/use/verify .cache .hypothesis .mypy_cache .pytest_cache .ruff_cache

# What is made of the tool and of the folders of sources, for the site.
assets: $(ENV) $(WHEEL) bundles
	@$(PY) -m sidenotes assets docs/assets/sidenotes
	@$(PY) -m sidenotes pages tools/sidenotes docs/tool/source
	@$(PY) -m sidenotes pages tools/checks docs/tool/checks
	@$(PY) -m sidenotes pages labml_optim/fused docs/speed/source
	@$(PY) -m sidenotes pages labml_optim/verify docs/use/verify
	@$(PY) -m sidenotes pages tools/benchmarks docs/speed/benchmarks
	@$(PY) -m sidenotes pages tools/exhaust docs/speed/exhaust
	@$(PY) -m sidenotes pages tools/experiments docs/experiments/source
	@$(PY) -m sidenotes sources docs docs/assets/source

# What an earlier build has left would go into this one.
$(WHEEL): $(ENV) README.md LICENSE $(shell find labml_optim -name '*.py' -o -name '*.c')
	@rm -rf build *.egg-info docs/assets/dist
	@$(STEP) 'Building the wheel' $(BUILD) --wheel --outdir docs/assets/dist

# What the pages say of their formulas is true of the sources that were checked, and of no others. A check that failed
# leaves its report, for the pages, and not this file: no site is built.
$(HOLDS): $(ENV) $(TEXTS) $(shell find labml_optim $(NOTES) tools/sidenotes tools/checks -name '*.py' -o -name '*.c') $(SYMBOLS)
	@mkdir -p .cache
	@$(STEP) 'Checking the equations' $(CHECK) --json $(REPORT)
	@touch $@

# setuptools comes first so that pip builds the two packages with the pinned one, and without a network.
$(ENV): pyproject.toml tools/pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' \
	  || { echo 'This needs Python 3.10 or later: make PYTHON=/path/to/python3'; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "$(PYTHON) cannot make an environment: install its venv module (Debian: python3-venv)"; exit 1; }
	@$(STEP) 'Making the environment in .venv' $(PYTHON) -m venv .venv
	@$(STEP) 'Installing setuptools' $(PIP) setuptools
	@$(STEP) 'Installing packages (torch is large)' $(PIP) --no-build-isolation -e '.[test,docs,dev]' -e tools
	@touch $(ENV)

.PHONY: help site serve test verify stated mutants surroundings bench peers museum audit exhaust experiments lighthouse gpu picture bundles figures dist check clean assets
