package draft

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"text/template"
	"unicode/utf8"

	"cited/internal/retrieve"
)

// Bounds of what a model is sent and of what is taken from it.
const (
	defaultMaxHits   = 8
	defaultMaxChars  = 12_000
	defaultMaxTokens = 800
	minPassageChars  = 200   // a rest shorter than this is not worth a passage of its own
	maxQuestionChars = 2_000 // of the question
	maxStatements    = 12    // of an answer
	maxTextChars     = 1_000 // of one statement; longer ones are not statements
)

// Request is what a Generator is asked.
type Request struct {
	System    string
	User      string
	MaxTokens int             // bound on the answer; > 0
	Schema    json.RawMessage // JSON schema of the answer, for endpoints that enforce one
}

// Generator is a language model: one request, one text. It says nothing that is believed.
type Generator interface {
	Generate(ctx context.Context, r Request) (string, error)
}

// GenerativeOptions bound what is sent. Zero values mean the defaults.
type GenerativeOptions struct {
	MaxHits   int // passages, default 8
	MaxChars  int // characters of all passages together, default 12,000
	MaxTokens int // of the answer, default 800
}

// Generative drafts with a language model. Passages and question are fenced as data; what comes
// back is taken apart into statements, each citing chunks that were sent and no others. It is
// safe for concurrent use when its Generator is.
type Generative struct {
	generator Generator
	o         GenerativeOptions
}

// NewGenerative drafts with g.
func NewGenerative(g Generator, o GenerativeOptions) *Generative {
	if o.MaxHits <= 0 {
		o.MaxHits = defaultMaxHits
	}
	if o.MaxChars <= 0 {
		o.MaxChars = defaultMaxChars
	}
	if o.MaxTokens <= 0 {
		o.MaxTokens = defaultMaxTokens
	}
	return &Generative{generator: g, o: o}
}

// Draft asks the model. No hits, or a model that finds no answer in them, gives an empty draft;
// a model that fails, or whose answer cannot be read or cites nothing that was sent, gives an
// error, which a Fallback turns into another drafter's draft.
func (g *Generative) Draft(ctx context.Context, q Question, hits []retrieve.Hit) (Draft, error) {
	d := Draft{Drafter: "generative"}
	passages := g.passages(hits)
	if len(passages) == 0 {
		return d, nil
	}
	request, err := prompt(q, passages)
	if err != nil {
		return Draft{}, err
	}
	request.MaxTokens = g.o.MaxTokens
	text, err := g.generator.Generate(ctx, request)
	if err != nil {
		return Draft{}, fmt.Errorf("draft: generate: %w", err)
	}
	parsed, err := parse(text, len(passages))
	if err != nil {
		return Draft{}, fmt.Errorf("draft: parse: %w", err)
	}
	cited := false
	for _, p := range parsed {
		s := Statement{Text: p.text, Kind: p.kind}
		for _, n := range p.refs {
			s.Cites = append(s.Cites, Cite{ChunkID: passages[n-1].chunkID})
		}
		cited = cited || len(s.Cites) > 0
		d.Statements = append(d.Statements, s)
	}
	if len(parsed) > 0 && !cited {
		return Draft{}, fmt.Errorf("draft: parse: %w", errUncited)
	}
	return d, nil
}

// passage is one numbered piece of evidence as the model sees it.
type passage struct {
	N       int    // from 1
	Heading string // title and headings, joined by " > "
	Text    string
	chunkID string
}

// passages takes the first hits, as much of them as the bound on characters allows.
func (g *Generative) passages(hits []retrieve.Hit) []passage {
	left := g.o.MaxChars
	var out []passage
	for _, h := range hits[:min(len(hits), g.o.MaxHits)] {
		c := h.Chunk
		text := strings.TrimSpace(strings.ToValidUTF8(c.Plain, "\uFFFD"))
		heading := strings.Join(append([]string{c.Title}, c.Headings...), " > ")
		heading = clip(strings.Join(strings.Fields(strings.ToValidUTF8(heading, "\uFFFD")), " "), 300)
		if text == "" {
			continue
		}
		room := left - utf8.RuneCountInString(heading)
		if room < minPassageChars && utf8.RuneCountInString(text) > room {
			break
		}
		text = clip(text, room)
		left = room - utf8.RuneCountInString(text)
		out = append(out, passage{N: len(out) + 1, Heading: heading, Text: text, chunkID: c.ID})
	}
	return out
}

// clip cuts s to n characters at most.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := range s {
		if n <= 0 {
			return s[:i]
		}
		n--
	}
	return s
}

//go:embed prompt.tmpl
var promptText string

var promptTemplate = template.Must(template.New("prompt").Parse(promptText))

// schema is the answer's shape, for strict structured output: all properties required, none
// besides them.
var schema = json.RawMessage(`{"type":"object","properties":{"statements":{"type":"array","items":{"type":"object",` +
	`"properties":{"text":{"type":"string"},"kind":{"type":"string","enum":["sentence","item","step"]},` +
	`"passages":{"type":"array","items":{"type":"integer"}}},` +
	`"required":["text","kind","passages"],"additionalProperties":false}}},"required":["statements"],"additionalProperties":false}`)

// prompt fills the template. Equal questions and passages give equal prompts.
func prompt(q Question, passages []passage) (Request, error) {
	question := clip(strings.TrimSpace(strings.ToValidUTF8(q.Text, "\uFFFD")), maxQuestionChars)
	data := struct {
		Language, Fence, Question string
		Passages                  []passage
	}{language(q.Lang), fence(question, passages), question, passages}
	var system, user strings.Builder
	if err := promptTemplate.ExecuteTemplate(&system, "system", data); err != nil {
		return Request{}, fmt.Errorf("draft: prompt: %w", err)
	}
	if err := promptTemplate.ExecuteTemplate(&user, "user", data); err != nil {
		return Request{}, fmt.Errorf("draft: prompt: %w", err)
	}
	return Request{System: system.String(), User: user.String(), Schema: schema}, nil
}

// fence returns a mark that occurs in none of the texts: a hash over them all, and over itself
// should it occur after all. Nobody can write a passage that holds the hash of itself.
func fence(question string, passages []passage) string {
	var all strings.Builder
	all.WriteString(question)
	for _, p := range passages {
		all.WriteByte(0)
		all.WriteString(p.Heading)
		all.WriteByte(0)
		all.WriteString(p.Text)
	}
	text := all.String()
	for sum := sha256.Sum256([]byte(text)); ; sum = sha256.Sum256(sum[:]) {
		if mark := "=====" + hex.EncodeToString(sum[:8]) + "====="; !strings.Contains(text, mark) {
			return mark
		}
	}
}

// language is how the prompt names a language.
func language(lang string) string {
	if name := languages[lang]; name != "" {
		return name
	}
	for _, r := range lang {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-' && (r < '0' || r > '9') {
			lang = ""
		}
	}
	if lang == "" || len(lang) > 16 {
		return "the language of the customer's question"
	}
	return "the language with the code " + lang
}

// languages names the languages that models know by name better than by code.
var languages = map[string]string{
	"ar": "Arabic", "bg": "Bulgarian", "bn": "Bengali", "ca": "Catalan", "cs": "Czech", "da": "Danish",
	"de": "German", "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian", "fa": "Persian",
	"fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian",
	"id": "Indonesian", "it": "Italian", "ja": "Japanese", "ko": "Korean", "lt": "Lithuanian", "lv": "Latvian",
	"ms": "Malay", "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian",
	"ru": "Russian", "sk": "Slovak", "sl": "Slovenian", "sr": "Serbian", "sv": "Swedish", "ta": "Tamil",
	"th": "Thai", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese", "zh": "Chinese",
}
