package server

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"cited/internal/answer"
)

// TestRoutes asks every route once for what it is there for.
func TestRoutes(t *testing.T) {
	f := newFixture(t, nil)
	const html = "Accept: text/html,application/xhtml+xml"
	for _, tc := range []struct {
		method, target, body string
		headers              []string
		status               int
		media                string
		want                 []string
	}{
		{"POST", "/v1/answers", `{"question":"How?","lang":"DE-at","conversation_id":"c1"}`, nil, 200, "application/json", []string{`"text":"How? [1] [2]"`, `"conversation_id":"c1"`}},
		{"POST", "/v1/answers", `{"question":"How?","lang":null,"stream":false}`, nil, 200, "application/json", []string{`"decision":"answered"`}},
		{"GET", "/v1/answers/a1", "", nil, 200, "application/json", []string{`{"id":"a1"}` + "\n"}},
		{"HEAD", "/v1/answers/a1", "", nil, 200, "application/json", nil},
		{"POST", "/v1/answers/a1/feedback", `{"thumbs":0,"tags":["outdated"],"notes":"old"}`, nil, 201, "application/json", []string{`"answer_id":"a1"`}},
		{"POST", "/v1/search", `{"q":" refund ","lang":"en","limit":2}`, nil, 200, "application/json", []string{`"query":"refund","lang":"en"`, `"rank":2`, `"section":"en/returns#refunds"`, `"url":"/help/en/returns#refunds"`, `"snippet":"About refund"`, `"highlights":[{"start":6,"end":12}]`, `"title_highlights":[]`, `"heading_highlights":[]`, `"from":[{"searcher":"lexical","rank":1,"score":2}]`, `"degraded":["vector: publicen"]`, `"headings":[]`}},
		{"GET", "/v1/search?q=refund&limit=1&utm=x", "", nil, 200, "application/json", []string{`"rank":1`, `"query":"refund","lang":"bg"`}},
		{"GET", "/v1/documents/en/returns", "", nil, 200, "application/json", []string{`"id":"en/returns"`, `"url":"/support/returns/"`, `"source_hash":"sha256:12"`, `"updated":"2026-01-02T12:00:00Z"`}},
		{"GET", "/v1/documents/en/returns", "", []string{html}, 200, "text/html", []string{"<article"}},
		{"GET", "/v1/documents/en%2Freturns", "", nil, 200, "application/json", []string{`"id":"en/returns"`}},
		{"GET", "/v1/documents/en/unlisted", "", nil, 200, "application/json", []string{"By link only."}},
		{"GET", "/healthz", "", nil, 200, "application/json", []string{`{"status":"ok"}`}},
		{"GET", "/readyz", "", nil, 200, "application/json", []string{`"corpus":"sha256:01"`}},
		{"GET", "/openapi.json", "", nil, 200, "application/json", []string{`"openapi": "3.1.0"`}},
		{"GET", "/", "", []string{html}, 200, "text/html", []string{"How can we help?", `href="/help/en/returns"`, `href="/help/en/a%20b%3Fc"`}},
		{"POST", "/", "question=How%3F&lang=de", []string{"Content-Type: application/x-www-form-urlencoded", html}, 200, "text/html", []string{"How?", "Antwort"}},
		{"GET", "/help/en/returns", "", []string{html}, 200, "text/html", []string{"Thirty days.", `datetime="2026-01-02"`, `href="/help/de/rueckgabe#wann"`, `href="https://example.com/x.md"`}},
		{"GET", "/help/en/returns/", "", nil, 200, "text/html", []string{"Thirty days."}},
		{"GET", "/help/en/a%20b%3Fc", "", nil, 200, "text/html", []string{"Odd."}},
		{"GET", "/help", "", nil, 302, "", nil},
		{"GET", "/support/returns", "", nil, 302, "", nil},
		{"GET", "/old/returns/", "", nil, 302, "", nil},
		{"GET", "/OLD/Returns", "", nil, 302, "", nil},
	} {
		headers := tc.headers
		if tc.method == "POST" && len(headers) == 0 {
			headers = []string{asJSON}
		}
		w := f.call(tc.method, tc.target, tc.body, headers...)
		if w.Code != tc.status || !strings.HasPrefix(w.Header().Get("Content-Type"), tc.media) {
			t.Errorf("%s %s: %d %s\n%s", tc.method, tc.target, w.Code, w.Header().Get("Content-Type"), w.Body)
		}
		for _, want := range tc.want {
			if !strings.Contains(w.Body.String(), want) {
				t.Errorf("%s %s: no %s in\n%s", tc.method, tc.target, want, w.Body)
			}
		}
		if w.Header().Get("X-Content-Type-Options") != "nosniff" || w.Header().Get("X-Request-Id") == "" ||
			!strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'none'") || w.Header().Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s %s: headers %v", tc.method, tc.target, w.Header())
		}
	}
	if got := f.answers.said; len(got) != 1 || got[0] != "{0 [outdated] old}" {
		t.Errorf("feedback kept: %q", got)
	}
}

// TestAnswerBytes: an answer goes out as the store encodes it.
func TestAnswerBytes(t *testing.T) {
	f := newFixture(t, nil)
	want, err := json.Marshal(echoAnswer(answer.Question{Text: "<&> how?", Audience: reader}))
	if err != nil {
		t.Fatal(err)
	}
	if got := f.post("/v1/answers", `{"question":"<&> how?"}`).Body.String(); got != string(want)+"\n" {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// faults are requests with something wrong, and what the caller must be told.
var faults = []struct {
	name, method, target, body string
	headers                    []string
	status                     int
	code, param, message       string
}{
	{"empty body", "POST", "/v1/answers", "", nil, 400, "invalid_request", "", "the body is empty"},
	{"spaces", "POST", "/v1/answers", " \n", nil, 400, "invalid_request", "", "the body is empty"},
	{"no JSON", "POST", "/v1/answers", "{question", nil, 400, "invalid_request", "", "not valid JSON"},
	{"cut off", "POST", "/v1/answers", `{"question":"x"`, nil, 400, "invalid_request", "", "not valid JSON"},
	{"array", "POST", "/v1/answers", `[{"question":"x"}]`, nil, 400, "invalid_request", "", "must be a JSON object"},
	{"null", "POST", "/v1/answers", `null`, nil, 400, "invalid_request", "", "must be a JSON object"},
	{"trailing", "POST", "/v1/answers", `{"question":"x"} {}`, nil, 400, "invalid_request", "", "more after"},
	{"trailing junk", "POST", "/v1/answers", `{"question":"x"}}`, nil, 400, "invalid_request", "", "more after"},
	{"twice", "POST", "/v1/answers", `{"question":"x","question":"y"}`, nil, 400, "invalid_request", "question", "twice"},
	{"unknown field", "POST", "/v1/answers", `{"question":"x","audience":"internal"}`, nil, 400, "invalid_request", "audience", `unknown field "audience"`},
	{"other case", "POST", "/v1/answers", `{"Question":"x"}`, nil, 400, "invalid_request", "Question", "unknown field"},
	{"long unknown", "POST", "/v1/answers", `{"` + strings.Repeat("k", 500) + `":1}`, nil, 400, "invalid_request", strings.Repeat("k", 40) + "…", "unknown field"},
	{"wrong type", "POST", "/v1/answers", `{"question":5}`, nil, 400, "invalid_request", "question", "must be a string"},
	{"wrong type 2", "POST", "/v1/answers", `{"question":"x","stream":"yes"}`, nil, 400, "invalid_request", "stream", "must be true or false"},
	{"invalid UTF-8", "POST", "/v1/answers", "{\"question\":\"\xff\"}", nil, 400, "invalid_request", "", "not valid UTF-8"},
	{"no question", "POST", "/v1/answers", `{}`, nil, 400, "empty_question", "question", "empty"},
	{"blank question", "POST", "/v1/answers", `{"question":" \u3000 "}`, nil, 400, "empty_question", "question", "empty"},
	{"100,000 characters", "POST", "/v1/answers", `{"question":"` + strings.Repeat("a", 100_000) + `"}`, nil, 400, "question_too_long", "question", "longer than 2000"},
	{"body too large", "POST", "/v1/answers", `{"question":"` + strings.Repeat("a", 200_000) + `"}`, nil, 413, "body_too_large", "", "larger than 200000"},
	{"language", "POST", "/v1/answers", `{"question":"x","lang":"english!"}`, nil, 400, "invalid_request", "lang", "language tag"},
	{"conversation", "POST", "/v1/answers", `{"question":"x","conversation_id":"` + strings.Repeat("c", 129) + `"}`, nil, 400, "invalid_request", "conversation_id", "longer than"},
	{"option", "POST", "/v1/answers", `{"question":"x","option":"o1"}`, nil, 400, "invalid_request", "option", "asked back"},
	{"form as JSON", "POST", "/v1/answers", `question=x`, []string{"Content-Type: application/x-www-form-urlencoded"}, 415, "unsupported_media_type", "", "application/json"},
	{"no type", "POST", "/v1/answers", `{"question":"x"}`, []string{"Content-Type: "}, 415, "unsupported_media_type", "", "application/json"},
	{"charset", "POST", "/v1/answers", `{"question":"x"}`, []string{"Content-Type: application/json; charset=latin1"}, 415, "unsupported_media_type", "", "UTF-8"},
	{"compressed", "POST", "/v1/answers", `{"question":"x"}`, []string{asJSON, "Content-Encoding: gzip"}, 415, "unsupported_media_type", "", "compressed"},
	{"internal error", "POST", "/v1/answers", `{"question":"break early"}`, nil, 500, "internal", "", "our side"},
	{"panic", "POST", "/v1/answers", `{"question":"panic early"}`, nil, 500, "internal", "", "our side"},
	{"unknown answer", "GET", "/v1/answers/nope", "", nil, 404, "answer_not_found", "", "no such answer"},
	{"feedback on nothing", "POST", "/v1/answers/nope/feedback", `{"thumbs":1}`, nil, 404, "answer_not_found", "", "no such answer"},
	{"no thumbs", "POST", "/v1/answers/a1/feedback", `{}`, nil, 400, "invalid_request", "thumbs", "missing"},
	{"three thumbs", "POST", "/v1/answers/a1/feedback", `{"thumbs":3}`, nil, 400, "invalid_request", "thumbs", "must be 1"},
	{"half a thumb", "POST", "/v1/answers/a1/feedback", `{"thumbs":0.5}`, nil, 400, "invalid_request", "thumbs", "whole number"},
	{"unknown tag", "POST", "/v1/answers/a1/feedback", `{"thumbs":0,"tags":["rude"]}`, nil, 400, "invalid_request", "tags", "must be of"},
	{"tags no list", "POST", "/v1/answers/a1/feedback", `{"thumbs":0,"tags":"rude"}`, nil, 400, "invalid_request", "tags", "list of strings"},
	{"empty search", "POST", "/v1/search", `{"q":"  "}`, nil, 400, "invalid_request", "q", "empty"},
	{"no search", "GET", "/v1/search", "", nil, 400, "invalid_request", "q", "empty"},
	{"long search", "GET", "/v1/search?q=" + strings.Repeat("a", 2001), "", nil, 400, "invalid_request", "q", "longer than"},
	{"search UTF-8", "GET", "/v1/search?q=%ff", "", nil, 400, "invalid_request", "q", "UTF-8"},
	{"limit word", "GET", "/v1/search?q=x&limit=many", "", nil, 400, "invalid_request", "limit", "whole number"},
	{"limit 0", "POST", "/v1/search", `{"q":"x","limit":0}`, nil, 400, "invalid_request", "limit", "between 1 and 50"},
	{"limit 51", "GET", "/v1/search?q=x&limit=51", "", nil, 400, "invalid_request", "limit", "between 1 and 50"},
	{"search breaks", "GET", "/v1/search?q=break", "", nil, 500, "internal", "", "our side"},
	{"unknown article", "GET", "/v1/documents/en/nope", "", nil, 404, "not_found", "", "no such article"},
	{"draft", "GET", "/v1/documents/en/draft", "", nil, 404, "not_found", "", "no such article"},
	{"future", "GET", "/v1/documents/en/future", "", nil, 404, "not_found", "", "no such article"},
	{"internal", "GET", "/v1/documents/en/internal/fraud", "", nil, 404, "not_found", "", "no such article"},
	{"internal page", "GET", "/help/en/internal/fraud", "", nil, 404, "not_found", "", "no such article"},
	{"climbing", "GET", "/v1/documents/../../etc/passwd", "", nil, 404, "not_found", "", ""},
	{"no route", "GET", "/v2/answers", "", nil, 404, "not_found", "", "nothing at this address"},
	{"no method", "DELETE", "/v1/answers/a1", "", nil, 405, "method_not_allowed", "", "method"},
	{"get answers", "GET", "/v1/answers", "", nil, 405, "method_not_allowed", "", "method"},
	{"old asset", "GET", "/assets/0000/help.css", "", nil, 404, "not_found", "", ""},
}

// TestFaults sends what is wrong, and wants it named.
func TestFaults(t *testing.T) {
	f := newFixture(t, nil)
	for _, tc := range faults {
		t.Run(tc.name, func(t *testing.T) {
			headers := tc.headers
			if headers == nil && tc.method == "POST" {
				headers = []string{asJSON}
			}
			w := f.call(tc.method, tc.target, tc.body, headers...)
			var got errorResponse
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
				t.Fatalf("%d: %v\n%s", w.Code, err, w.Body)
			}
			e := got.Error
			if w.Code != tc.status || e.Code != tc.code || e.Param != tc.param || !strings.Contains(e.Message, tc.message) || e.RequestID != "req-0001" {
				t.Errorf("%d %+v", w.Code, e)
			}
			if strings.Contains(w.Body.String(), "secret") {
				t.Errorf("internal text in %s", w.Body)
			}
		})
	}
	for _, want := range []string{"the disk of 10.0.0.1 burns", "secret panic", "stack="} {
		if !strings.Contains(f.log.String(), want) {
			t.Errorf("the log lacks %q", want)
		}
	}
}

func TestNotReady(t *testing.T) {
	f := newFixture(t, nil)
	f.library.corpus = nil
	for _, target := range []string{"/readyz", "/v1/search?q=x", "/v1/documents/en/returns", "/help/en/returns"} {
		if w := f.call("GET", target, ""); w.Code != 503 || !strings.Contains(w.Body.String(), "not_ready") {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
	for _, w := range []*httptest.ResponseRecorder{
		f.post("/v1/answers", `{"question":"x"}`), f.post("/v1/answers", `{"question":"x","stream":true}`), f.call("POST", "/", "question=x", form),
	} {
		if w.Code != 503 || !strings.Contains(w.Body.String(), "not_ready") {
			t.Errorf("ask: %d %s", w.Code, w.Body)
		}
	}
	for _, target := range []string{"/healthz", "/", "/v1/answers/a1"} {
		if w := f.call("GET", target, ""); w.Code != 200 {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
}

func TestOtherOrigins(t *testing.T) {
	f := newFixture(t, nil)
	form := "Content-Type: application/x-www-form-urlencoded"
	for _, tc := range []struct {
		headers []string
		status  int
	}{
		{nil, 200},
		{[]string{"Origin: http://example.com"}, 200}, // httptest's Host
		{[]string{"Origin: https://EXAMPLE.com"}, 200},
		{[]string{"Origin: https://evil.test"}, 403},
		{[]string{"Origin: https://example.com:8443"}, 403},
		{[]string{"Origin: null"}, 403},
		{[]string{"Sec-Fetch-Site: same-origin"}, 200},
		{[]string{"Sec-Fetch-Site: none"}, 200},
		{[]string{"Sec-Fetch-Site: same-site"}, 403},
		{[]string{"Sec-Fetch-Site: cross-site"}, 403},
	} {
		for _, w := range []interface{ Result() *http.Response }{
			f.post("/v1/answers", `{"question":"x"}`, tc.headers...),
			f.call("GET", "/v1/search?q=x", "", tc.headers...),
			f.call("GET", "/v1/documents/en/returns", "", tc.headers...),
			f.call("GET", "/v1/answers/a1", "", tc.headers...),
			f.call("POST", "/", "question=x", append([]string{form}, tc.headers...)...),
		} {
			res := w.Result()
			if res.StatusCode != tc.status || res.Header.Get("Access-Control-Allow-Origin") != "" {
				t.Errorf("%v: %d, want %d", tc.headers, res.StatusCode, tc.status)
			}
		}
		if w := f.call("GET", "/help/en/returns", "", tc.headers...); w.Code != 200 {
			t.Errorf("a link from elsewhere to an article: %d", w.Code)
		}
	}
}

// TestLog: the access log has what an operator needs and nothing that a person typed.
func TestLog(t *testing.T) {
	f := newFixture(t, nil)
	f.call("GET", "/v1/search?q=mysecretillness", "")
	f.post("/v1/answers", `{"question":"mysecretillness"}`)
	f.call("POST", "/", "question=mysecretillness", "Content-Type: application/x-www-form-urlencoded")
	f.post("/v1/answers", `{"question":"mysecretillness", "mysecretillness":1}`)
	f.post("/v1/answers", `{"question":"mysecretillness`)
	f.call("GET", "/v1/answers/a1", "", "X-Request-Id: given-by-proxy", "X-Forwarded-For: 203.0.113.9")
	f.call("GET", "/v1/answers/a1", "", "X-Request-Id: bad\tid=\"x\"")
	log := f.log.String()
	for _, never := range []string{"mysecretillness", "q=", "203.0.113.9", "192.0.2.1", "bad"} {
		if strings.Contains(log, never) {
			t.Errorf("%q in the log:\n%s", never, log)
		}
	}
	for _, want := range []string{"method=GET path=/v1/search status=200", "method=POST path=/v1/answers status=400", "request_id=given-by-proxy", "request_id=req-0001"} {
		if !strings.Contains(log, want) {
			t.Errorf("no %q in the log:\n%s", want, log)
		}
	}
}

func TestNewNamesWhatIsMissing(t *testing.T) {
	if _, err := New(Options{Asker: &fakeAsker{}, Searcher: fakeSearcher{}, Highlighter: fakeSearcher{}}); err == nil || !strings.Contains(err.Error(), "Options.Library") {
		t.Errorf("New: %v", err)
	}
}
