# The commands of the README. `make demo` and `make test` need Swift 6.1 or later and nothing else.
PACKAGES = libsqlite3-dev libopenblas-dev liblz4-dev
ATLAS = .build/release/atlas

.PHONY: demo test lint build dependencies benchmark fuzz clean libfuzzer

demo: build
	$(ATLAS) demo

build: dependencies
	swift build -c release --product atlas

test: dependencies lint
	swift build --build-tests
	swift test --skip-build

lint:
	swift format lint --strict -r Sources Tests Package.swift

benchmark: dependencies
	swift run -c release Benchmarks attribution

# Ten minutes of damaged files for every parser; `swift run -c release FuzzParsers --help` says more.
fuzz: dependencies
	swift run -c release FuzzParsers --seconds 600

# Installs the system libraries that are missing: Debian and Ubuntu by apt, macOS by Homebrew.
dependencies:
	@if command -v dpkg-query >/dev/null; then \
	  for package in $(PACKAGES); do \
	    dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; \
	  done; \
	  if [ -n "$$missing" ]; then \
	    echo "installing$$missing"; \
	    sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	    $$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq $$missing; \
	  fi; \
	elif command -v brew >/dev/null; then \
	  for formula in openblas lz4; do brew list $$formula >/dev/null 2>&1 || brew install $$formula; done; \
	fi

# Coverage-guided: libFuzzer over the instrumented parsers, ten minutes; what it finds lies in .build-fuzz/corpus.
libfuzzer: dependencies
	FUZZ=1 swift build --scratch-path .build-fuzz -c release --product ParserFuzzer
	mkdir -p .build-fuzz/corpus
	SWIFT_BACKTRACE=enable=no .build-fuzz/release/ParserFuzzer -max_total_time=600 -rss_limit_mb=2048 .build-fuzz/corpus

clean:
	rm -rf .build .build-fuzz demo.atlas demo.atlas-wal demo.atlas-shm demo-dashboards
