# make run    builds cited and serves kb/ at http://127.0.0.1:8080
# make test   is the one test command: everything that CI checks
# make build  builds bin/cited, static, without cgo
# make bench  measures speed beside the pipeline that one would otherwise write (eval/peers):
#             BENCH=quick for the small size, ROWS=hybrid,edit for some rows
# make eval-retrieval  measures quality beside it on every judged set; SETS=xquad for some

ADDR ?= 127.0.0.1:8080
DATA = $(shell if [ -n "$$CITED_DATA" ] && [ -d "$$CITED_DATA/dev" ]; then echo "$$CITED_DATA"; elif [ -x ../shared/data/unpack ]; then ../shared/data/unpack 2>/dev/null; fi)
# The race detector needs a C compiler; without one the tests run without it and say so.
RACE := $(shell command -v cc >/dev/null 2>&1 && echo -race)
SKIPS := build/skipped

BENCH ?= full

.PHONY: run build test format vet vulnerabilities unit peers bench eval-retrieval clean

run: build
	bin/cited serve --kb kb --addr $(ADDR)

build:
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o bin/cited ./cmd/cited

test: format vet build unit peers vulnerabilities
	@if [ -n "$(DATA)" ]; then echo "DATA: $(DATA)"; else echo "DATA: absent, $$(sort -u $(SKIPS) 2>/dev/null | wc -l | tr -d ' ') tests skipped"; fi

format:
	@unformatted=$$(gofmt -l cmd internal web eval); if [ -n "$$unformatted" ]; then echo "not gofmt-ed:"; echo "$$unformatted"; exit 1; fi

vet:
	go vet ./...
	GOARCH=arm64 go vet ./internal/simd ./internal/index ./internal/embed/...
	go tool staticcheck ./...

unit:
	@mkdir -p build && rm -f $(SKIPS)
	@if [ -z "$(RACE)" ]; then echo "no C compiler: testing without the race detector"; fi
	CITED_DATA="$(DATA)" CITED_SKIPS="$(CURDIR)/$(SKIPS)" go test -count=1 $(RACE) ./...

# The module of the measurements. Its own modules (bleve) may be out of reach; ours never is.
peers:
	@mkdir -p build && go build -o build/staticcheck honnef.co/go/tools/cmd/staticcheck
	@cd eval/peers && if go list -deps -test ./... >/dev/null 2>../../build/peers.txt; then \
	echo "eval/peers: vet, staticcheck, test" && go vet ./... && ../../build/staticcheck ./... && go test -count=1 ./...; \
	elif grep -q 'updates to go.mod needed\|missing go.sum entry' ../../build/peers.txt; then \
	echo "eval/peers: go.mod is behind ours: run «go mod tidy» in eval/peers"; exit 1; \
	else echo "eval/peers: not tested: $$(tail -n 1 ../../build/peers.txt)"; fi

bench: build
	@cd eval/peers && go run ./bench -data "$(DATA)" -cited "$(CURDIR)/bin/cited" -size "$(BENCH)" -rows "$(ROWS)"

eval-retrieval:
	@cd eval/peers && go run ./retrieval -data "$(DATA)" -sets "$(SETS)"

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
