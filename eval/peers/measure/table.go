package measure

import (
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf8"
)

// Goal is what a figure must reach. A zero is no demand.
type Goal struct {
	Limit  float64 // at most, or at least where More is set
	More   bool    // the figure is a rate: more is better
	Factor float64 // so many times better than the peer
	Words  string  // the goal as people wrote it; made from the others when ""
}

// Row is one line of the table.
type Row struct {
	What  string
	Unit  string
	Goal  Goal
	Ours  float64 // NaN: not measured
	Peer  float64 // NaN: not measured
	Note  string
	Judge bool // there is a goal for this size of the work
}

// Factor is how many times better ours is than the peer; NaN without a peer.
func (r Row) Factor() float64 {
	if r.Goal.More {
		return r.Ours / r.Peer
	}
	return r.Peer / r.Ours
}

// Met reports whether the goal is reached; a demand that was not measured is not.
func (r Row) Met() bool {
	limit := r.Goal.Limit == 0 || r.Goal.More && r.Ours >= r.Goal.Limit || !r.Goal.More && r.Ours <= r.Goal.Limit
	return limit && (r.Goal.Factor == 0 || r.Factor() >= r.Goal.Factor)
}

// asked is the goal in words.
func (r Row) asked() string {
	if r.Goal.Words != "" || !r.Judge {
		return r.Goal.Words
	}
	var parts []string
	sign := "≤"
	if r.Goal.More {
		sign = "≥"
	}
	if r.Goal.Limit != 0 {
		parts = append(parts, sign+" "+Figure(r.Goal.Limit)+" "+r.Unit)
	}
	if r.Goal.Factor != 0 {
		parts = append(parts, "≥ "+Figure(r.Goal.Factor)+" ×")
	}
	return strings.Join(parts, ", ")
}

func (r Row) met() string {
	switch {
	case !r.Judge:
		return ""
	case r.Met():
		return "yes"
	}
	return "no"
}

// cells are the columns of a row.
func (r Row) cells() []string {
	figure := func(v float64, unit string) string {
		if math.IsNaN(v) {
			return "–"
		}
		return strings.TrimSpace(Figure(v) + " " + unit)
	}
	return []string{r.What, r.asked(), figure(r.Ours, r.Unit), figure(r.Peer, r.Unit), figure(r.Factor(), "×"), r.met(), r.Note}
}

// Figure is v with three digits that matter.
func Figure(v float64) string {
	switch a := math.Abs(v); {
	case math.IsNaN(v):
		return "–"
	case a >= 100:
		return fmt.Sprintf("%.0f", v)
	case a >= 10:
		return fmt.Sprintf("%.1f", v)
	case a >= 1 || v == 0:
		return fmt.Sprintf("%.2f", v)
	case a >= .1:
		return fmt.Sprintf("%.3f", v)
	}
	return fmt.Sprintf("%.4f", v)
}

// WriteRows writes the table in Markdown's form, its columns aligned.
func WriteRows(w io.Writer, rows []Row) error {
	table := [][]string{{"what", "asked", "ours", "peer", "ratio", "met", "note"}}
	for _, r := range rows {
		table = append(table, r.cells())
	}
	return WriteTable(w, table)
}

// WriteTable writes rows of cells as a Markdown table; the first row is the header.
func WriteTable(w io.Writer, rows [][]string) error {
	if len(rows) == 0 {
		return nil
	}
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, c := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(c))
		}
	}
	var b strings.Builder
	for n, row := range rows {
		for i, c := range row {
			b.WriteString("| " + c + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c)+1))
		}
		b.WriteString("|\n")
		if n == 0 {
			for _, width := range widths {
				b.WriteString("|" + strings.Repeat("-", width+2))
			}
			b.WriteString("|\n")
		}
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("measure: write the table: %w", err)
	}
	return nil
}
