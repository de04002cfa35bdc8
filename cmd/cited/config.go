package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"cited/internal/confidence"
	"cited/internal/kb"
	"cited/internal/lang"
	"cited/internal/retrieve"
	"cited/internal/simd"
)

// Config is what flags and the environment choose. Secrets come from the environment alone.
type Config struct {
	KB       string // --kb: a folder of Markdown, or a BEIR corpus.jsonl
	Data     string // --data: the state folder
	Audience string // --audience
	Lang     string // --lang: a hint
	Mode     string // --mode
	Analyzer string // --analyzer
	Vectors  string // --vectors
	Fusion   string // --fusion
	Limit    int    // --limit
	JSON     bool   // --json
	Batch    string // --batch
	Run      string // --run

	Embedder    string                // --embedder: builtin, openai, or the file of a table
	EmbedURL    string                // --embed-url
	EmbedModel  string                // --embed-model
	EmbedDims   int                   // --embed-dims
	EmbedBudget time.Duration         // --embed-budget
	ChatURL     string                // --chat-url
	ChatModel   string                // --chat-model; "" for extractive answers
	ChatBudget  time.Duration         // --chat-budget
	embedKey    string                // $CITED_EMBED_KEY, else $OPENAI_API_KEY
	chatKey     string                // $CITED_CHAT_KEY, else $OPENAI_API_KEY
	simd        string                // $CITED_SIMD: instructions of a scan; "" for the fastest
	Addr        string                // --addr
	RateLimit   float64               // --rate: requests a second and address
	MaxBody     int64                 // --max-body: bytes
	MaxTime     time.Duration         // --max-time: of one request
	Thresholds  confidence.Thresholds // --answer-above, --abstain-below
}

// flagSet returns a set with --kb and --data, which go with every command that needs them.
func (c *Config) flagSet(name, args, about string, errOut io.Writer) *flag.FlagSet {
	set := flag.NewFlagSet(name, flag.ContinueOnError)
	set.SetOutput(errOut)
	set.Usage = func() {
		fmt.Fprintf(errOut, "Usage: cited %s %s\n\n%s\n\nFlags:\n", name, args, about)
		set.PrintDefaults()
	}
	set.StringVar(&c.KB, "kb", env("CITED_KB", "kb"), "`folder` of Markdown, or a BEIR corpus.jsonl")
	set.StringVar(&c.Data, "data", env("CITED_DATA_DIR", ".cited"), "state `folder`: answers, vectors")
	c.embedKey = firstEnv("CITED_EMBED_KEY", "OPENAI_API_KEY")
	c.chatKey = firstEnv("CITED_CHAT_KEY", "OPENAI_API_KEY")
	return set
}

func (c *Config) retrievalFlags(set *flag.FlagSet) {
	set.StringVar(&c.Mode, "mode", "hybrid", "searchers: hybrid, lexical or vector")
	set.StringVar(&c.Analyzer, "analyzer", "stems", "words of the lexical index: words, stems or grams")
	set.StringVar(&c.Fusion, "fusion", "convex", "how words and vectors become one ranking: `convex` (of scaled scores) or rrf (reciprocal ranks)")
	set.StringVar(&c.Vectors, "vectors", env("CITED_VECTORS", "auto"), "`index` of the vectors: chromem, scan (large knowledge bases; its instructions are the fastest there are, or $CITED_SIMD: avx512, avx2, neon, portable), or auto, which goes by size")
	c.simd = os.Getenv("CITED_SIMD")
	set.StringVar(&c.Embedder, "embedder", env("CITED_EMBEDDER", "builtin"), "builtin, openai for an OpenAI-compatible endpoint, or the `file` of a table that «cited train» made")
	set.StringVar(&c.EmbedURL, "embed-url", env("CITED_EMBED_URL", "https://api.openai.com/v1"), "base `URL` of the embedding endpoint; its key is $CITED_EMBED_KEY or $OPENAI_API_KEY")
	set.StringVar(&c.EmbedModel, "embed-model", env("CITED_EMBED_MODEL", "text-embedding-3-small"), "embedding `model`")
	set.IntVar(&c.EmbedDims, "embed-dims", 0, "`dimensions` to ask the embedding endpoint for; 0 leaves them to the model")
	set.DurationVar(&c.EmbedBudget, "embed-budget", 500*time.Millisecond, "`time` that a question's embedding may take before words answer alone; 0 for no bound")
}

func (c *Config) answerFlags(set *flag.FlagSet) {
	set.StringVar(&c.Lang, "lang", "", "`language` of the question (de, ko, …); the text decides when it is not given")
	set.StringVar(&c.ChatURL, "chat-url", env("CITED_CHAT_URL", "https://api.openai.com/v1"), "base `URL` of the chat endpoint; its key is $CITED_CHAT_KEY or $OPENAI_API_KEY")
	set.StringVar(&c.ChatModel, "chat-model", env("CITED_CHAT_MODEL", ""), "chat `model` that drafts answers; none: sentences of the articles")
	set.DurationVar(&c.ChatBudget, "chat-budget", 20*time.Second, "`time` that the chat endpoint may take; 0 for no bound")
	set.Float64Var(&c.Thresholds.Upper, "answer-above", confidence.Default().Upper, "`confidence` from which on an answer goes out by itself")
	set.Float64Var(&c.Thresholds.Lower, "abstain-below", confidence.Default().Lower, "`confidence` below which the articles count as silent")
}

func (c *Config) audienceFlag(set *flag.FlagSet) {
	set.StringVar(&c.Audience, "audience", string(kb.Public), "who asks: public or internal")
}

// parse reads args into the set's flags, validates, and returns the arguments. Flags may stand
// before, between and after them; what follows «--» is no flag.
func (c *Config) parse(set *flag.FlagSet, args []string) ([]string, error) {
	var rest []string
	for {
		if err := set.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, usageError{err.Error()}
		}
		left := set.Args()
		ended := len(args) > len(left) && args[len(args)-len(left)-1] == "--"
		if len(left) == 0 || ended {
			rest = append(rest, left...)
			break
		}
		rest, args = append(rest, left[0]), left[1:]
	}
	if err := c.Validate(); err != nil {
		return nil, usageError{err.Error()}
	}
	return rest, nil
}

// Validate returns all faults at once, each with its flag.
func (c *Config) Validate() error {
	var faults []string
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	if c.KB == "" {
		fault("--kb: name a folder of Markdown or a corpus.jsonl")
	}
	if c.Audience != "" && c.Audience != string(kb.Public) && c.Audience != string(kb.Internal) {
		fault("--audience: %q is neither public nor internal", c.Audience)
	}
	if c.Lang != "" && lang.Base(c.Lang) == "" {
		fault("--lang: %q is not a language tag such as de or zh-Hans", c.Lang)
	}
	if c.Mode != "" {
		if _, err := retrieve.ParseMode(c.Mode); err != nil {
			fault("--mode: %q is none of hybrid, lexical, vector", c.Mode)
		}
	}
	if c.Analyzer != "" {
		if _, err := lang.ParseAnalysis(c.Analyzer); err != nil {
			fault("--analyzer: %q is none of words, stems, grams", c.Analyzer)
		}
	}
	if _, err := retrieve.ParseFusion(c.Fusion); err != nil {
		fault("--fusion: %q is none of convex, rrf", c.Fusion)
	}
	if c.Vectors != "" {
		if _, err := retrieve.ParseStore(c.Vectors); err != nil {
			fault("--vectors: %q is none of auto, chromem, scan", c.Vectors)
		}
	}
	if _, err := simd.New(c.simd); err != nil {
		fault("$CITED_SIMD: %v", err)
	}
	if c.Embedder != "" && c.Embedder != "builtin" && c.Embedder != "openai" {
		if info, err := os.Stat(c.Embedder); err != nil || info.IsDir() {
			fault("--embedder: %q is neither builtin, nor openai, nor a file", c.Embedder)
		}
	}
	for name, n := range map[string]float64{"--limit": float64(c.Limit), "--rate": c.RateLimit, "--max-body": float64(c.MaxBody),
		"--max-time": float64(c.MaxTime), "--embed-budget": float64(c.EmbedBudget), "--chat-budget": float64(c.ChatBudget), "--embed-dims": float64(c.EmbedDims)} {
		if !(n >= 0) {
			fault("%s: must be a number and not negative", name)
		}
	}
	for name, p := range map[string]float64{"--answer-above": c.Thresholds.Upper, "--abstain-below": c.Thresholds.Lower} {
		if !(p >= 0 && p <= 1) {
			fault("%s: must lie between 0 and 1", name)
		}
	}
	if c.Thresholds.Lower > c.Thresholds.Upper {
		fault("--abstain-below: must not be above --answer-above")
	}
	if len(faults) == 0 {
		return nil
	}
	slices.Sort(faults)
	return errors.New(strings.Join(faults, "\n       "))
}

func env(name, otherwise string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return otherwise
}

func firstEnv(names ...string) string {
	for _, name := range names {
		if v := os.Getenv(name); v != "" {
			return v
		}
	}
	return ""
}
