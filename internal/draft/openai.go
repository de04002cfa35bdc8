package draft

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
	"unicode"

	openai "github.com/sashabaranov/go-openai"
)

const (
	defaultChatURL     = "https://api.openai.com/v1"
	defaultChatTimeout = 20 * time.Second
	maxChatBytes       = 2 << 20 // 800 tokens are some 4 KB; reasoning that is sent along may be long
	maxChatErrorBytes  = 8 << 10
	chatSeed           = 1
)

// OpenAIOptions says where the chat endpoint is. Zero values mean what the comments say.
type OpenAIOptions struct {
	BaseURL   string            // up to and without "/chat/completions"; "" is https://api.openai.com/v1
	Key       string            // bearer key; "" sends none
	Model     string            // required
	Timeout   time.Duration     // for one Generate, all its requests together; default 20 s
	Transport http.RoundTripper // default http.DefaultTransport
}

// OpenAI generates through an OpenAI-compatible chat endpoint, at temperature 0 and with a fixed
// seed. It asks for output that follows the request's schema, and for less where the endpoint
// answers 400 to that: first for any JSON, then for text; it remembers what worked. It does not
// try again after other failures: a customer is waiting, and there is another drafter. The key
// appears in no error. Safe for concurrent use.
type OpenAI struct {
	client  *openai.Client
	model   string
	timeout time.Duration
	lean    bool         // the model takes neither temperature nor max_tokens, as reasoning models do
	format  atomic.Int32 // the first of formats that the endpoint may take
}

// formats are the response formats, the most wanted first; "" asks for none.
var formats = [...]openai.ChatCompletionResponseFormatType{
	openai.ChatCompletionResponseFormatTypeJSONSchema,
	openai.ChatCompletionResponseFormatTypeJSONObject,
	"",
}

// NewOpenAI checks the options; it does not ask the endpoint anything.
func NewOpenAI(o OpenAIOptions) (*OpenAI, error) {
	if strings.TrimSpace(o.Model) == "" {
		return nil, errors.New("draft: openai: a model is needed")
	}
	if o.BaseURL == "" {
		o.BaseURL = defaultChatURL
	}
	if u, err := url.Parse(o.BaseURL); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, errors.New("draft: openai: the base URL must be http(s)://host/…")
	}
	o.Key = strings.TrimSpace(o.Key)
	if strings.ContainsFunc(o.Key, unicode.IsControl) {
		return nil, errors.New("draft: openai: the key holds characters that no header can carry")
	}
	if o.Timeout <= 0 {
		o.Timeout = defaultChatTimeout
	}
	config := openai.DefaultConfig(o.Key)
	config.BaseURL = o.BaseURL
	config.HTTPClient = &chatDoer{client: &http.Client{
		Transport:     o.Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	g := &OpenAI{client: openai.NewClientWithConfig(config), model: o.Model, timeout: o.Timeout}
	// go-openai knows the names of the models that refuse the usual parameters.
	g.lean = openai.NewReasoningValidator().Validate(g.request(Request{MaxTokens: 1}, "")) != nil
	return g, nil
}

// Generate asks for one answer and returns its text, which is never empty. Errors are about the
// endpoint, never about what the text says.
func (g *OpenAI) Generate(ctx context.Context, r Request) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, g.timeout)
	defer cancel()
	var answer openai.ChatCompletionResponse
	for i := g.format.Load(); ; i++ {
		var err error
		answer, err = g.client.CreateChatCompletion(ctx, g.request(r, formats[i]))
		var status *statusError
		if errors.As(err, &status) && status.formatMayBeWhy() && int(i+1) < len(formats) {
			continue
		}
		if err != nil {
			return "", whole(err)
		}
		g.format.Store(i)
		break
	}
	if len(answer.Choices) == 0 {
		return "", errEmpty
	}
	message := answer.Choices[0].Message
	if message.Refusal != "" || answer.Choices[0].FinishReason == openai.FinishReasonContentFilter {
		return "", errDeclined
	}
	if strings.TrimSpace(message.Content) == "" {
		return "", errEmpty
	}
	return message.Content, nil
}

// request is the chat request for r in a response format; none without a schema.
func (g *OpenAI) request(r Request, format openai.ChatCompletionResponseFormatType) openai.ChatCompletionRequest {
	seed := chatSeed
	out := openai.ChatCompletionRequest{
		Model: g.model,
		Messages: []openai.ChatCompletionMessage{
			{Role: openai.ChatMessageRoleSystem, Content: r.System},
			{Role: openai.ChatMessageRoleUser, Content: r.User},
		},
		Seed: &seed,
	}
	if g.lean {
		out.MaxCompletionTokens = r.MaxTokens
	} else {
		//lint:ignore SA1019 OpenAI's old name is the only one that most other servers know
		out.MaxTokens = r.MaxTokens
		out.Temperature = math.SmallestNonzeroFloat32 // go-openai leaves a plain 0 out, and endpoints then take 1
	}
	if len(r.Schema) == 0 || format == "" {
		return out
	}
	out.ResponseFormat = &openai.ChatCompletionResponseFormat{Type: format}
	if format == openai.ChatCompletionResponseFormatTypeJSONSchema {
		out.ResponseFormat.JSONSchema = &openai.ChatCompletionResponseFormatJSONSchema{
			Name: "answer", Schema: r.Schema, Strict: true,
		}
	}
	return out
}

// whole turns the library's complaints about an answer's JSON into ours; other errors stay.
func whole(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.Is(err, errNoAnswer), errors.Is(err, errTooLarge):
	case errors.Is(err, io.EOF):
		return errEmpty
	case errors.As(err, &syntax), errors.As(err, &kind), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: %w", errUnreadable, err)
	}
	return err
}

// statusError is an answer other than 2xx. What the endpoint says with it is not kept: it may
// repeat the key or the prompt.
type statusError struct{ code int }

func (e *statusError) Error() string {
	return fmt.Sprintf("the endpoint answered %d %s", e.code, http.StatusText(e.code))
}

// formatMayBeWhy reports whether the endpoint may have refused the request for its response
// format, which endpoints say with different codes.
func (e *statusError) formatMayBeWhy() bool {
	return e.code == http.StatusBadRequest || e.code == http.StatusUnprocessableEntity
}

// chatDoer is what go-openai sends its requests through: it bounds what is read and keeps the
// endpoint's words and address out of errors. Redirects are not followed: they would carry the
// passages to a host that nobody configured.
type chatDoer struct{ client *http.Client }

// Do returns a 2xx response whose body ends with errTooLarge after 2 MB, or an error.
func (d *chatDoer) Do(req *http.Request) (*http.Response, error) {
	res, err := d.client.Do(req)
	if err != nil {
		var wrapped *url.Error // it prints the address, which may hold a secret
		if errors.As(err, &wrapped) {
			err = wrapped.Err
		}
		return nil, fmt.Errorf("%w: %w", errNoAnswer, err)
	}
	if res.StatusCode < 200 || res.StatusCode > 299 {
		_, _ = io.CopyN(io.Discard, res.Body, maxChatErrorBytes) // so that the connection can be used again
		_ = res.Body.Close()
		return nil, &statusError{code: res.StatusCode}
	}
	res.Body = &boundedBody{ReadCloser: res.Body, left: maxChatBytes}
	return res, nil
}

// boundedBody fails with errTooLarge where more than left bytes come, and names failures of the
// connection.
type boundedBody struct {
	io.ReadCloser
	left int
}

func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLarge
	}
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left)])
	b.left -= n
	if err != nil && err != io.EOF {
		err = fmt.Errorf("%w: %w", errNoAnswer, err)
	}
	return n, err
}
