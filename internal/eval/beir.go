package eval

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// BEIRQuery is one line of a BEIR queries.jsonl.
type BEIRQuery struct {
	ID         string   `json:"_id"`
	Text       string   `json:"text"`
	Lang       string   `json:"lang"`       // "" where the set does not say
	Candidates []string `json:"candidates"` // documents that the question is to be ranked among
}

// maxLine bounds one line of an evaluation file.
const maxLine = 64 << 20

// ReadQueries reads a BEIR queries.jsonl. Errors name the path and the line.
func ReadQueries(path string) ([]BEIRQuery, error) {
	var queries []BEIRQuery
	seen := make(map[string]bool)
	err := readLines(path, func(line string) error {
		var q BEIRQuery
		if err := json.Unmarshal([]byte(line), &q); err != nil {
			return fmt.Errorf("not a BEIR query: %w", err)
		}
		if q.ID == "" {
			return fmt.Errorf(`"_id" is missing`)
		}
		if seen[q.ID] {
			return fmt.Errorf("duplicate _id %q", q.ID)
		}
		seen[q.ID] = true
		queries = append(queries, q)
		return nil
	})
	return queries, err
}

// ReadQrels reads BEIR's qrels.tsv: query-id, corpus-id, score, divided by tabs, with a header.
func ReadQrels(path string) (Qrels, error) {
	qrels := make(Qrels)
	first := true
	err := readLines(path, func(line string) error {
		cols := strings.Split(line, "\t")
		header := first
		first = false
		if len(cols) != 3 {
			return fmt.Errorf("want query-id, corpus-id and score divided by tabs")
		}
		score, err := strconv.Atoi(strings.TrimSpace(cols[2]))
		if err != nil {
			if header {
				return nil
			}
			return fmt.Errorf("score %q is not a whole number", cols[2])
		}
		if qrels[cols[0]] == nil {
			qrels[cols[0]] = make(map[string]int)
		}
		qrels[cols[0]][cols[1]] = score
		return nil
	})
	return qrels, err
}

// ReadIDs reads one id a line.
func ReadIDs(path string) (map[string]bool, error) {
	ids := make(map[string]bool)
	err := readLines(path, func(line string) error {
		ids[strings.TrimSpace(line)] = true
		return nil
	})
	return ids, err
}

// ReadWithheld reads query-id and the ids of the documents to leave out for it (divided by
// spaces or commas), divided by a tab, with a header.
func ReadWithheld(path string) (map[string][]string, error) {
	withheld := make(map[string][]string)
	first := true
	err := readLines(path, func(line string) error {
		if first {
			first = false
			if strings.HasPrefix(line, "query-id") {
				return nil
			}
		}
		id, docs, ok := strings.Cut(line, "\t")
		if !ok {
			return fmt.Errorf("want query-id and document ids divided by a tab")
		}
		withheld[id] = strings.FieldsFunc(docs, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' })
		return nil
	})
	return withheld, err
}

// byteOrderMark begins what some editors write.
const byteOrderMark = "\ufeff"

// readLines calls f for each line that is not blank; its errors get the path and line number.
func readLines(path string, f func(line string) error) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("eval: %w", err)
	}
	defer file.Close()
	lines := bufio.NewReaderSize(file, 1<<16)
	for n := 1; ; n++ {
		line, err := lines.ReadString('\n')
		if n == 1 {
			line = strings.TrimPrefix(line, byteOrderMark)
		}
		if len(line) > maxLine {
			return fmt.Errorf("eval: %s:%d: line longer than %d bytes", path, n, maxLine)
		}
		if text := strings.TrimRight(line, "\r\n"); strings.TrimSpace(text) != "" {
			if ferr := f(text); ferr != nil {
				return fmt.Errorf("eval: %s:%d: %w", path, n, ferr)
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("eval: read %s: %w", path, err)
		}
	}
}
