# make run    builds cited and serves kb/ at http://127.0.0.1:8080
# make test   is the one test command: everything that CI checks
# make build  builds bin/cited, static, without cgo

ADDR ?= 127.0.0.1:8080
DATA = $(shell if [ -n "$$CITED_DATA" ] && [ -d "$$CITED_DATA/dev" ]; then echo "$$CITED_DATA"; elif [ -x ../shared/data/unpack ]; then ../shared/data/unpack 2>/dev/null; fi)
# The race detector needs a C compiler; without one the tests run without it and say so.
RACE := $(shell command -v cc >/dev/null 2>&1 && echo -race)
SKIPS := build/skipped

.PHONY: run build test format vet vulnerabilities unit clean

run: build
	bin/cited serve --kb kb --addr $(ADDR)

build:
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o bin/cited ./cmd/cited

test: format vet build unit vulnerabilities
	@if [ -n "$(DATA)" ]; then echo "DATA: $(DATA)"; else echo "DATA: absent, $$(sort -u $(SKIPS) 2>/dev/null | wc -l | tr -d ' ') tests skipped"; fi

format:
	@unformatted=$$(gofmt -l cmd internal web); if [ -n "$$unformatted" ]; then echo "not gofmt-ed:"; echo "$$unformatted"; exit 1; fi

vet:
	go vet ./...
	GOARCH=arm64 go vet ./internal/simd ./internal/index
	go tool staticcheck ./...

unit:
	@mkdir -p build && rm -f $(SKIPS)
	@if [ -z "$(RACE)" ]; then echo "no C compiler: testing without the race detector"; fi
	CITED_DATA="$(DATA)" CITED_SKIPS="$(CURDIR)/$(SKIPS)" go test -count=1 $(RACE) ./...

# A known vulnerability fails the run (exit code 3); a database that cannot be reached does not.
vulnerabilities:
	@mkdir -p build
	go build -o build/govulncheck golang.org/x/vuln/cmd/govulncheck
	@timeout 120 build/govulncheck ./... >build/vulnerabilities.txt 2>&1; code=$$?; \
	if [ $$code -eq 0 ]; then echo "govulncheck: no known vulnerabilities"; \
	elif [ $$code -eq 3 ]; then cat build/vulnerabilities.txt; exit 1; \
	else echo "govulncheck: not checked: $$(tail -n 1 build/vulnerabilities.txt)"; fi

clean:
	rm -rf bin build
