# Every target works on a fresh clone: it sets up what it needs first, and says so.

SWIFT ?= swift
BINARY = claude-code-companion
# A target may only import what its entry in Package.swift names.
CHECKED = --explicit-target-dependency-import-check error
PYTEST = .venv/bin/python -m pytest -c Tests/pytest.ini
say = @echo '==>'

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## Install what a build needs and is missing
	@scripts/setup

.PHONY: build
build: setup ## Build for debugging
	$(SWIFT) build $(CHECKED)

.PHONY: release
release: setup ## Build for speed
	$(say) "Building (the first time takes a few minutes)"
	$(SWIFT) build -c release --product $(BINARY)

.PHONY: run
run: release ## Build for speed and start the proxy; ARGS="--port 9000" adds arguments
	@exec .build/release/$(BINARY) serve $(ARGS)

.PHONY: test
test: test-swift test-clients test-browser chaos-quick bench-quick ## Run every test

.PHONY: build-tests
build-tests:
	@scripts/setup --tests
	$(say) "Building the program and its tests"
	$(SWIFT) build --build-tests $(CHECKED)

.PHONY: test-swift
test-swift: build-tests ## Run the Swift tests
	$(say) "Swift tests"
	$(SWIFT) test --skip-build

.PHONY: test-clients
test-clients: build-tests .venv/ready ## Run the official client library and the system tests against the binary
	$(say) "Tests of the built program: the official client library, then the process as a whole"
	$(PYTEST) $(or $(ONLY),Tests/Clients Tests/System)

.PHONY: test-browser
test-browser: build-tests .venv/ready ## Run the tests of the pages in a real browser; ONLY='Tests/Browser -k wizard' picks some
	$(say) "Tests of the pages in a browser"
	$(PYTEST) $(or $(ONLY),Tests/Browser)

.PHONY: screenshots
screenshots: build-tests .venv/ready ## Take the pictures of the pages anew, into docs/screenshots
	$(say) "Pictures of every page"
	.venv/bin/python Tests/Browser/screenshots.py

.venv/ready: Tests/requirements.txt Tests/requirements-llama.txt | build-tests
	$(say) "Python packages for the tests, into .venv"
	python3 -m venv .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check -r Tests/requirements.txt
	.venv/bin/python -m pip install --quiet --disable-pip-version-check -r Tests/requirements-llama.txt \
	  || echo "==> llama.cpp cannot be installed here: the tests of a real server are skipped"
	@touch $@

.PHONY: chaos
chaos: build-tests .venv/ready ## Soak the program in faults, reloads, aborts and a kill -9; CHAOS_SECONDS=60
	$(say) "Chaos"
	.venv/bin/python Tests/Chaos/chaos.py

.PHONY: chaos-quick
chaos-quick:
	@CHAOS_SECONDS=15 $(MAKE) --no-print-directory chaos

# The sanitizers build everything anew, in folders of their own. What lives until the end of the process is no leak,
# and a test of resident memory would measure the sanitizer's.
.PHONY: tsan
tsan: setup ## Run the flow tests under ThreadSanitizer
	$(SWIFT) test --sanitize thread --scratch-path .build/tsan --filter 'FlowTests|AnswerStream'

.PHONY: asan
asan: setup ## Run the tests of the C boundary under AddressSanitizer
	ASAN_OPTIONS=detect_leaks=0 $(SWIFT) test --sanitize address --scratch-path .build/asan \
	  --filter 'TransportTests|JournalTests|MatchTag' --skip 'BackpressureTests'

.PHONY: bench-quick
bench-quick: build-tests ## Run a little of every benchmark against the debug build: does it work?
	$(say) "Every benchmark scenario, briefly"
	.build/debug/Bench --quick --proxy .build/debug/$(BINARY) --targets direct,companion,companion-nolog,companion-openai \
	  --output .build/bench-quick

.PHONY: bench
bench: setup ## Measure the release build beside nginx and others; ARGS="overhead --rounds 9" adds arguments
	$(say) "Building (the first time takes a few minutes)"
	$(SWIFT) run -c release Bench $(ARGS)

.PHONY: lint
lint: build-tests ## Check the sources' form, and that each target imports only what it declares
	$(say) "Form of the sources"
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests

.PHONY: format
format: setup ## Bring the sources into form
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests

.PHONY: clean
clean: ## Remove everything that was built or installed here
	rm -rf .build .venv Tests/.pytest_cache
