package embed

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
	"unicode"
	"unicode/utf8"

	openai "github.com/sashabaranov/go-openai"
	"golang.org/x/sync/errgroup"
)

// Bounds of one request and of the waiting between two.
const (
	defaultBatchTexts     = 96
	defaultBatchBytes     = 256 << 10
	defaultParallel       = 4
	defaultAttempts       = 5
	defaultAttemptTimeout = 30 * time.Second
	defaultBaseURL        = "https://api.openai.com/v1"

	// maxTextBytes cuts one text: about 8,000 tokens of CJK, fewer of an alphabet, which is what
	// the usual models read.
	maxTextBytes = 24_000
	firstWait    = 500 * time.Millisecond // the widest first wait; doubles with each attempt
	widestWait   = 20 * time.Second       // where the doubling ends
	longestAsked = time.Minute            // a Retry-After beyond this is not waited for
)

// OpenAIOptions says where the endpoint is and how it is asked. Zero values mean what the
// comments say.
type OpenAIOptions struct {
	BaseURL    string // up to and without "/embeddings"; "" is https://api.openai.com/v1
	Key        string // bearer key; "" sends none
	Model      string // required
	Dimensions int    // asked for and checked; 0 takes the model's own

	QueryPrefix    string // put before questions, for models that want it ("query: ")
	DocumentPrefix string // put before documents ("passage: ")

	BatchTexts     int           // texts a request, default 96
	BatchBytes     int           // bytes of text a request, default 256 KiB; one text is never split
	Parallel       int           // requests at once for one call, default 4
	Attempts       int           // tries a request, default 5
	AttemptTimeout time.Duration // for one try, default 30 s; a call's whole budget is its context

	Transport http.RoundTripper // default http.DefaultTransport
}

// OpenAI embeds through an OpenAI-compatible endpoint. Nothing that the endpoint says is
// trusted: count, order, dimension and every number are checked. It is safe for concurrent use
// and starts no goroutine that outlives a call. The key appears in no error.
type OpenAI struct {
	o      OpenAIOptions
	name   string
	client *openai.Client
	dims   atomic.Int64 // 0 until known

	now    func() time.Time
	sleep  func(ctx context.Context, d time.Duration) error
	jitter func(below time.Duration) time.Duration // uniform in [0, below)
}

// NewOpenAI checks the options; it does not ask the endpoint anything.
func NewOpenAI(o OpenAIOptions) (*OpenAI, error) {
	if strings.TrimSpace(o.Model) == "" {
		return nil, errors.New("embed: openai: a model is needed")
	}
	if o.Dimensions < 0 {
		return nil, errors.New("embed: openai: dimensions must not be negative")
	}
	o.BaseURL = orString(o.BaseURL, defaultBaseURL)
	if u, err := url.Parse(o.BaseURL); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, errors.New("embed: openai: the base URL must be http(s)://host/…")
	}
	o.Key = strings.TrimSpace(o.Key)
	if strings.ContainsFunc(o.Key, unicode.IsControl) {
		return nil, errors.New("embed: openai: the key holds characters that no header can carry")
	}
	o.BatchTexts = orInt(o.BatchTexts, defaultBatchTexts)
	o.BatchBytes = orInt(o.BatchBytes, defaultBatchBytes)
	o.Parallel = orInt(o.Parallel, defaultParallel)
	o.Attempts = orInt(o.Attempts, defaultAttempts)
	if o.AttemptTimeout <= 0 {
		o.AttemptTimeout = defaultAttemptTimeout
	}
	e := &OpenAI{o: o, name: modelName(o), now: time.Now, sleep: sleep, jitter: jitter}
	e.dims.Store(int64(o.Dimensions))
	config := openai.DefaultConfig(o.Key)
	config.BaseURL = o.BaseURL
	config.HTTPClient = newDoer(o.Transport, o.Key, func() time.Time { return e.now() })
	e.client = openai.NewClientWithConfig(config)
	return e, nil
}

// modelName tells vectors apart that must not mix: model, dimensions, and a short hash of the
// address and the prefixes, since two servers may give one name to two models.
func modelName(o OpenAIOptions) string {
	name := "openai:" + o.Model
	if o.Dimensions > 0 {
		name += fmt.Sprintf(":%d", o.Dimensions)
	}
	return name + ":" + shortHash(strings.TrimRight(o.BaseURL, "/"), o.QueryPrefix, o.DocumentPrefix)
}

// Model names the model, its dimensions when they were chosen, and the endpoint (hashed).
func (e *OpenAI) Model() string { return e.name }

// EmbedQuery returns the unit vector of one question. The context is its time budget.
func (e *OpenAI) EmbedQuery(ctx context.Context, text string) ([]float32, error) {
	vectors, err := e.batch(ctx, []string{prepare(e.o.QueryPrefix, text)})
	if err != nil {
		return nil, fmt.Errorf("embed: query: %w", err)
	}
	return vectors[0], nil
}

// EmbedDocuments returns one unit vector a text, in order; none for none. Texts are cut at
// 24,000 bytes. It fails as a whole: an error of one batch stops the others.
func (e *OpenAI) EmbedDocuments(ctx context.Context, texts []string) ([][]float32, error) {
	vectors := make([][]float32, len(texts))
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(e.o.Parallel)
	for from := 0; from < len(texts) && gctx.Err() == nil; {
		start, batch := from, e.cut(texts[from:])
		from += len(batch)
		group.Go(func() error {
			got, err := e.batch(gctx, batch)
			copy(vectors[start:], got)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, fmt.Errorf("embed: documents: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("embed: documents: %w", err)
	}
	return vectors, nil
}

// cut takes texts for one request, at least one, and makes them ready to send.
func (e *OpenAI) cut(texts []string) []string {
	var batch []string
	size := 0
	for _, t := range texts {
		t = prepare(e.o.DocumentPrefix, t)
		if len(batch) == e.o.BatchTexts || (len(batch) > 0 && size+len(t) > e.o.BatchBytes) {
			break
		}
		batch, size = append(batch, t), size+len(t)
	}
	return batch
}

// prepare puts the prefix, cuts at a rune's border, and replaces blank text, which endpoints
// refuse, by a full stop.
func prepare(prefix, text string) string {
	if len(text) > maxTextBytes {
		n := maxTextBytes
		for n > maxTextBytes-utf8.UTFMax && !utf8.RuneStart(text[n]) {
			n--
		}
		text = text[:n]
	}
	if strings.TrimSpace(text) == "" {
		text = "."
	}
	return prefix + text
}

// batch asks for one batch, again after failures that may pass, as long as attempts and the
// context last.
func (e *OpenAI) batch(ctx context.Context, texts []string) ([][]float32, error) {
	for attempt := 0; ; attempt++ {
		vectors, err := e.ask(ctx, texts)
		if err == nil {
			return vectors, nil
		}
		if ctx.Err() != nil {
			return nil, fmt.Errorf("%w (%v)", ctx.Err(), err)
		}
		if !passing(err) {
			return nil, err
		}
		wait := e.wait(attempt, err)
		if attempt+1 >= e.o.Attempts {
			return nil, fmt.Errorf("given up after %d attempts: %w", attempt+1, err)
		}
		deadline, bounded := ctx.Deadline()
		if wait > longestAsked || (bounded && e.now().Add(wait).After(deadline)) {
			return nil, fmt.Errorf("no time to try again in %v: %w", wait, err)
		}
		if slept := e.sleep(ctx, wait); slept != nil {
			return nil, fmt.Errorf("%w (%v)", slept, err)
		}
	}
}

// wait is how long to wait after attempt (from 0): uniform below a bound that doubles ("full
// jitter"), so that clients which failed together do not come back together; never less than
// what the endpoint asked for.
func (e *OpenAI) wait(attempt int, err error) time.Duration {
	bound := widestWait
	if attempt < 6 {
		bound = min(bound, firstWait<<attempt)
	}
	wait := e.jitter(bound)
	var status *statusError
	if errors.As(err, &status) {
		wait = max(wait, status.retryAfter)
	}
	return wait
}

// ask sends one request and checks the answer.
func (e *OpenAI) ask(ctx context.Context, texts []string) ([][]float32, error) {
	ctx, cancel := context.WithTimeout(ctx, e.o.AttemptTimeout)
	defer cancel()
	answer, err := e.client.CreateEmbeddings(ctx, openai.EmbeddingRequestStrings{
		Input:      texts,
		Model:      openai.EmbeddingModel(e.o.Model),
		Dimensions: e.o.Dimensions,
	})
	if err != nil {
		return nil, err
	}
	return e.check(answer.Data, len(texts))
}

// check puts the vectors in order and to unit length, and refuses a wrong count, an index twice
// or out of range, a dimension other than before, and vectors without a direction.
func (e *OpenAI) check(data []openai.Embedding, want int) ([][]float32, error) {
	if len(data) != want {
		return nil, fmt.Errorf("bad answer: %d vectors for %d texts", len(data), want)
	}
	vectors := make([][]float32, want)
	for _, d := range data {
		if d.Index < 0 || d.Index >= want || vectors[d.Index] != nil {
			return nil, fmt.Errorf("bad answer: index %d is out of range or twice", d.Index)
		}
		if len(d.Embedding) == 0 {
			return nil, errors.New("bad answer: an empty vector")
		}
		if len(d.Embedding) != len(data[0].Embedding) {
			return nil, fmt.Errorf("bad answer: vectors of %d and %d dimensions", len(data[0].Embedding), len(d.Embedding))
		}
		if !unit(d.Embedding) {
			return nil, errors.New("bad answer: a vector is zero or not finite")
		}
		vectors[d.Index] = d.Embedding
	}
	got := int64(len(data[0].Embedding))
	if !e.dims.CompareAndSwap(0, got) && e.dims.Load() != got {
		return nil, fmt.Errorf("bad answer: %d dimensions, not %d as before", got, e.dims.Load())
	}
	return vectors, nil
}

// sleep waits for d or for the context's end, whose error it returns.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

func jitter(below time.Duration) time.Duration { return rand.N(below) }

func orInt(v, otherwise int) int {
	if v > 0 {
		return v
	}
	return otherwise
}

func orString(v, otherwise string) string {
	if v != "" {
		return v
	}
	return otherwise
}
