# make help explains the targets. Each installs the tools it lacks when it runs as root on Debian, and
# says what to install when it cannot (.ci/need).

# Go's usual place, for shells that a fresh login left without it.
export PATH := $(PATH):/usr/local/go/bin
# A clone that belongs to another user makes git refuse, and Go with it; nothing here reads the stamp.
export GOFLAGS := $(GOFLAGS) -buildvcs=false

TEST_TOOLS = go postgres chromium pdftotext qpdf zbarimg python3
GOTEST = go run -C .ci ./gotest -count=1
PKG ?= ./...

.DEFAULT_GOAL := help
.PHONY: help demo test lint race soak

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo 'make demo ARGS="--data DIR"         passes arguments to sovang demo'
	@echo 'make soak PKG=./ledger RUN=Posting  narrows a soak to a package and to tests'

demo: ## fill a data folder with the Hải Dương demonstration and serve it (needs Go and PostgreSQL 15)
	@.ci/need go $(if $(DATABASE_URL),,postgres)
	@exec go run . demo $(ARGS)

test: ## everything: format, vet, staticcheck, import edges, all tests; a skipped test fails
	@.ci/need $(TEST_TOOLS)
	@$(MAKE) --no-print-directory lint
	@$(GOTEST) -timeout 8m ./...

lint: ## format, vet and staticcheck, and the tests of the build tools themselves
	@.ci/need go
	@files=$$(gofmt -l .) && test -z "$$files" || { echo "gofmt would change: $$files"; exit 1; }
	go vet ./...
	go tool -modfile=.ci/go.mod staticcheck ./...
	go -C .ci vet ./...
	go -C .ci test ./...

race: ## the ledger and the pages under the race detector (needs a C compiler as well)
	@.ci/need $(TEST_TOOLS)
	@CGO_ENABLED=1 $(GOTEST) -race -timeout 30m ./ledger/... ./api/...

# A test with a long form reads the environment variable SOAK: when it is set, the same test takes more
# clients, more operations or more time. There is no second set of tests.
soak: ## the long forms of the tests (SOAK=1), one package at a time, for up to a day
	@.ci/need $(TEST_TOOLS)
	@SOAK=1 $(GOTEST) -p 1 -timeout 24h $(if $(RUN),-run '$(RUN)') $(PKG)
