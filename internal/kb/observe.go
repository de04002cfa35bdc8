package kb

import "sync/atomic"

// Observer is told how loading goes. Its functions are called by several goroutines at a time;
// those that are nil are not called.
type Observer struct {
	// Step says how many of total files (lines of a BEIR corpus) are done, and the bytes of their
	// documents so far.
	Step func(done, total int, bytes int64)
	// Parsed gets each document that was read anew as soon as it is there: before the corpus has
	// decided whether it takes it.
	Parsed func(*Document)
}

// observation counts for an Observer.
type observation struct {
	Observer
	total int
	done  atomic.Int64
	bytes atomic.Int64
}

// document notes that a file is done; d is nil where it was broken, old what there was before.
func (o *observation) document(d, old *Document) {
	if d != nil {
		o.bytes.Add(int64(len(d.Source)))
		if d != old && o.Parsed != nil {
			o.Parsed(d)
		}
	}
	if n := o.done.Add(1); o.Step != nil {
		o.Step(int(n), o.total, o.bytes.Load())
	}
}
