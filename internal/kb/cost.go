package kb

import "bytes"

// What a Markdown parser needs grows with the square of these. No article comes near them; a file
// that is beyond is not parsed.
const (
	maxMarkers  = 100    // list and quote markers at the beginning of one line
	maxBrackets = 5_000  // opening brackets on one line
	maxRuns     = 40_000 // runs of * _ ~ in one paragraph
	maxWork     = 100_000_000
	maxDepth    = 100 // containers (:::) inside one another
	maxTitle    = 2_000
)

// weight adds up what the lines of a source cost.
type weight struct {
	runs, work int
	at         int    // offset of the line that is too much, -1
	why        string // what there is too much of
}

// weighty are the bytes that weigh counts.
var weighty = [256]bool{'[': true, '*': true, '_': true, '~': true}

// weigh counts what src[i:end], whole lines outside of code blocks, will cost.
func (w *weight) weigh(src []byte, i, end int) {
	for i < end && w.why == "" {
		next := min(nextLine(src, i), end)
		line := src[i:next]
		brackets, runs := 0, 0
		for j, c := range line {
			if !weighty[c] {
				continue
			}
			if c == '[' {
				brackets++
			} else if j == 0 || line[j-1] != c {
				runs++
			}
		}
		w.runs += runs
		if blank(line) {
			w.runs = 0
		}
		w.work += brackets*brackets + runs*runs/2
		switch {
		case brackets > maxBrackets:
			w.at, w.why = i, "too many brackets on one line"
		case w.runs > maxRuns, w.work > maxWork:
			w.at, w.why = i, "too much emphasis, or too many brackets, in one paragraph"
		case len(line) > maxMarkers && markers(line) > maxMarkers:
			w.at, w.why = i, "lists or quotes nested too deeply"
		}
		i = next
	}
}

// markers counts the list and quote markers that a line begins with.
func markers(line []byte) int {
	n := 0
	for i := 0; i < len(line); {
		if line[i] == ' ' || line[i] == '\t' {
			i++
			continue
		}
		stop, _ := linePrefix(line, i, min(len(line), i+1))
		if line[i] != '>' {
			stop, _ = linePrefix(line, i, min(len(line), i+12))
			if stop == i {
				return n
			}
			space := bytes.IndexByte(line[i:stop], ' ')
			if space < 0 {
				return n
			}
			stop = i + space + 1
		}
		n++
		i = stop
	}
	return n
}

// costFault says why a file is not parsed, nil where it is.
func costFault(src []byte, w weight) *Fault {
	if w.why == "" {
		return nil
	}
	return &Fault{Line: lineAt(src, w.at), Message: "skipped: " + w.why + ": parsing it could take minutes; break the text into lines and paragraphs", Fatal: true}
}
