package peer

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"
)

// request and response are the least that a search needs, under the names that cited uses.
type request struct {
	Q     string `json:"q"`
	Lang  string `json:"lang"`
	Limit int    `json:"limit"`
}

type response struct {
	Query string `json:"query"`
	Hits  []hit  `json:"hits"`
}

type hit struct {
	ID      string  `json:"id"`
	Title   string  `json:"title"`
	Snippet string  `json:"snippet"`
	Rank    int     `json:"rank"`
	Score   float64 `json:"score"`
}

// snippetBytes is the length of a snippet.
const snippetBytes = 300

// defaultHits is how many hits a search gives that names no limit.
const defaultHits = 10

// Handler serves /v1/search over x: GET with q, lang and limit, POST with the same as JSON.
func Handler(x *Index) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/v1/search", func(w http.ResponseWriter, r *http.Request) {
		q := request{Q: r.URL.Query().Get("q"), Lang: r.URL.Query().Get("lang"), Limit: defaultHits}
		if n, err := strconv.Atoi(r.URL.Query().Get("limit")); err == nil {
			q.Limit = n
		}
		if r.Method == http.MethodPost {
			if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
		}
		found, err := x.Search(r.Context(), q.Q, q.Lang, q.Limit)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		out := response{Query: q.Q, Hits: make([]hit, 0, len(found))}
		for i, m := range found {
			text, err := x.Text(r.Context(), m.ID)
			if err != nil {
				continue // an edit took it since it was found: the stores change one after the other
			}
			title, _, _ := strings.Cut(text, "\n")
			out.Hits = append(out.Hits, hit{ID: m.ID, Title: title, Snippet: cut(text, snippetBytes), Rank: i + 1, Score: m.Score})
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(out) // the caller has gone
	})
	return mux
}

func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
