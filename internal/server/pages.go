package server

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"cited/internal/answer"
	"cited/internal/kb"
	"cited/web"
)

// language is one that the interface speaks.
type language struct{ Code, Name string }

// languages of the interface, in the order of the switch; the first is for everybody else.
var languages = []language{
	{"en", "English"}, {"de", "Deutsch"}, {"ar", "العربية"}, {"ko", "한국어"}, {"zh", "中文"}, {"bg", "Български"},
}

// page is what the templates take.
type page struct {
	UI     string            // language of the interface
	T      map[string]string // its words
	Title  string
	Notice string

	Question    string // to fill in again
	MaxQuestion int
	Answer      *answer.Answer
	Articles    []articleLink
	More        bool // there are more articles than Articles has

	Document   *kb.Document
	HTML       template.HTML // sanitised by kb.Render
	HasHeading bool
	Updated    string
}

type articleLink struct{ Title, URL, Lang string }

// maxArticles is how many articles the first page lists: more are nothing that a person reads.
const maxArticles = 200

// pages are the parsed templates and the files that they name.
type pages struct {
	templates map[string]*template.Template
	words     map[string]map[string]string
	assets    map[string]asset
}

type asset struct {
	data        []byte
	hash, media string
}

// loadPages reads the embedded files.
func loadPages() (*pages, error) {
	files := web.Help()
	p := &pages{templates: map[string]*template.Template{}, assets: map[string]asset{}}
	// The media types are spelt out: mime's table differs from machine to machine.
	for name, media := range map[string]string{
		"help.css": "text/css; charset=utf-8", "help.js": "text/javascript; charset=utf-8", "icon.svg": "image/svg+xml",
	} {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("asset %s: %w", name, err)
		}
		sum := sha256.Sum256(data)
		p.assets[name] = asset{data, hex.EncodeToString(sum[:8]), media}
	}
	words, err := fs.ReadFile(files, "strings.json")
	if err != nil {
		return nil, fmt.Errorf("strings: %w", err)
	}
	if err := json.Unmarshal(words, &p.words); err != nil {
		return nil, fmt.Errorf("strings: %w", err)
	}
	funcs := template.FuncMap{"asset": p.assetURL, "dir": direction, "languages": func() []language { return languages }, "blocks": blocks}
	for _, name := range []string{"home.html", "article.html", "error.html"} {
		t, err := template.New(name).Funcs(funcs).Option("missingkey=error").ParseFS(files, "layout.html", name)
		if err != nil {
			return nil, fmt.Errorf("template %s: %w", name, err)
		}
		p.templates[name] = t
	}
	return p, nil
}

// assetURL names a file with the hash of its content, so that browsers may keep it for ever.
func (p *pages) assetURL(name string) (string, error) {
	a, ok := p.assets[name]
	if !ok {
		return "", fmt.Errorf("no asset %q", name)
	}
	return "/assets/" + a.hash + "/" + name, nil
}

// direction is how a language is written.
func direction(lang string) string {
	switch lang {
	case "ar", "he", "fa", "ur", "ps", "sd", "ug", "yi", "dv", "ckb":
		return "rtl"
	}
	return "ltr"
}

// block is a run of an answer's statements that are shown as one: a list, or a lone paragraph.
type block struct {
	List       string // "ol", "ul"; "" for a paragraph
	Statements []answer.Statement
}

// blocks puts statements that follow each other in an article's list into one.
func blocks(statements []answer.Statement) []block {
	lists := map[string]string{kb.Step.String(): "ol", kb.Item.String(): "ul", kb.Row.String(): "ul"}
	var out []block
	for _, s := range statements {
		list := lists[s.Kind]
		if n := len(out) - 1; n >= 0 && list != "" && out[n].List == list {
			out[n].Statements = append(out[n].Statements, s)
		} else {
			out = append(out, block{list, []answer.Statement{s}})
		}
	}
	return out
}

// write fills a template. All of it is made before the first byte is sent, so that a fault in
// one is an error and not half a page.
func (p *pages) write(c echo.Context, status int, name string, data page) error {
	data.T = p.words[data.UI]
	data.MaxQuestion = answer.MaxQuestion
	var buf bytes.Buffer
	if err := p.templates[name].Execute(&buf, data); err != nil {
		return fmt.Errorf("server: page %s: %w", name, err)
	}
	h := c.Response().Header()
	h.Set("Content-Language", data.UI)
	h.Set(echo.HeaderVary, "Accept, Accept-Language")
	return c.Blob(status, "text/html; charset=utf-8", buf.Bytes())
}

// choose picks the language of the interface: what the address asks for, what the page is about,
// what the browser prefers.
func (p *pages) choose(r *http.Request, about string) string {
	// Only the query string: a form's own field comes through about.
	asked := r.URL.Query().Get("lang")
	for _, tag := range append([]string{asked, about}, preferred(r.Header.Get("Accept-Language"))...) {
		if code := primary(tag); p.words[code] != nil {
			return code
		}
	}
	return languages[0].Code
}

// preferred are the tags of an Accept-Language header, the most wanted first.
func preferred(header string) []string {
	type want struct {
		tag string
		q   float64
	}
	var wants []want
	for part := range strings.SplitSeq(header, ",") {
		tag, q, hasQ := strings.Cut(strings.TrimSpace(part), ";q=")
		weight := 1.0
		if hasQ {
			var err error
			if weight, err = strconv.ParseFloat(strings.TrimSpace(q), 64); err != nil {
				continue
			}
		}
		if weight > 0 {
			wants = append(wants, want{strings.TrimSpace(tag), weight})
		}
	}
	slices.SortStableFunc(wants, func(a, b want) int {
		switch {
		case a.q > b.q:
			return -1
		case a.q < b.q:
			return 1
		}
		return 0
	})
	tags := make([]string, 0, len(wants))
	for _, w := range wants {
		tags = append(tags, w.tag)
	}
	return tags
}

// home is GET /.
func (s *Server) home(c echo.Context) error {
	return s.homePage(c, http.StatusOK, page{UI: s.pages.choose(c.Request(), "")})
}

func (s *Server) homePage(c echo.Context, status int, p page) error {
	p.Articles = s.articles(p.UI)
	if len(p.Articles) > maxArticles {
		p.Articles, p.More = p.Articles[:maxArticles], true
	}
	return s.pages.write(c, status, "home.html", p)
}

// toHome is GET /help: the list of articles is on the first page.
func (s *Server) toHome(c echo.Context) error { return c.Redirect(http.StatusFound, "/") }

// articles lists what there is to read in a language, all of it when that language has none.
func (s *Server) articles(lang string) []articleLink {
	corpus, err := s.corpus()
	if err != nil {
		return nil
	}
	var own, all []articleLink
	for _, d := range corpus.Documents {
		if !reader.Covers(d.Audience) || !d.Live(s.Now()) {
			continue
		}
		link := articleLink{Title: d.Title, URL: d.HelpURL(""), Lang: d.Lang}
		all = append(all, link)
		if d.Lang == lang {
			own = append(own, link)
		}
	}
	if len(own) == 0 {
		own = all
	}
	slices.SortStableFunc(own, func(a, b articleLink) int { return strings.Compare(a.Title, b.Title) })
	return own
}

// askPage is POST /: the same as POST /v1/answers, for browsers without JavaScript.
func (s *Server) askPage(c echo.Context) error {
	body, err := s.readBody(c, echo.MIMEApplicationForm)
	if err != nil {
		return err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return &fault{kind: errInvalid, message: "the form is not well-formed", cause: err}
	}
	p := page{UI: s.pages.choose(c.Request(), form.Get("lang")), Question: strings.ToValidUTF8(form.Get("question"), "\ufffd")}
	a, err := s.Asker.Ask(c.Request().Context(), answer.Question{Text: form.Get("question"), Audience: reader})
	words := s.pages.words[p.UI]
	switch {
	case errors.Is(err, answer.ErrEmptyQuestion):
		p.Notice = words["empty"]
	case errors.Is(err, answer.ErrLongQuestion):
		p.Notice = words["too_long"]
		p.Question = cut(p.Question, answer.MaxQuestion)
	case errors.Is(err, answer.ErrQuestionNotUTF8):
		p.Notice = words["failed"]
	case err != nil:
		return fmt.Errorf("server: ask: %w", err)
	default:
		p.Answer = &a
		return s.homePage(c, http.StatusOK, p)
	}
	return s.homePage(c, http.StatusBadRequest, p)
}

// cut returns the first n characters of s.
func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n])
}

// wantsPage reports whether an error should be a page: the caller is a browser that navigates.
func wantsPage(r *http.Request) bool {
	return accepts(r, echo.MIMETextHTML) && (!strings.HasPrefix(r.URL.Path, "/v1/") || strings.HasPrefix(r.URL.Path, "/v1/documents/"))
}

func (s *Server) errorPage(c echo.Context, status int, body errorBody) error {
	p := page{UI: s.pages.choose(c.Request(), "")}
	words := s.pages.words[p.UI]
	switch {
	case status == http.StatusNotFound:
		p.Title, p.Notice = words["not_found"], words["not_found_text"]
	case body.Code == "rate_limited":
		p.Title, p.Notice = words["error"], words["busy"]
	default:
		p.Title, p.Notice = words["error"], words["failed"]
	}
	return s.pages.write(c, status, "error.html", p)
}

// asset is GET /assets/{hash}/{file}.
func (s *Server) asset(c echo.Context) error {
	a, ok := s.pages.assets[c.Param("file")]
	if !ok || a.hash != c.Param("hash") {
		return errNoRoute
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "public, max-age=31536000, immutable")
	return c.Blob(http.StatusOK, a.media, a.data)
}
