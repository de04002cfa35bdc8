package main

import "time"

// size is how much is measured.
type size struct {
	name       string
	batches    int   // that count
	hybrid     []int // chunks
	each       int   // queries a batch, ours
	eachPeer   int   // queries a batch, the peer
	paragraphs int
	vectors    int
	load       []int // chunks
	clients    []int
	loadTime   time.Duration
	warmUp     time.Duration // of a server, before its load counts
	state      int           // chunks
	editFiles  int
	edits      int
	editTime   time.Duration // no edit begins later; five are made at least
	quiet      time.Duration // of requests without edits
	million    int
	ingestAll  bool // all knowledge bases, else one
}

// The quick size is for looking after a change; goals are judged at the full one alone.
func sizes() map[string]size {
	return map[string]size{
		"quick": {
			name: "quick", batches: 3, hybrid: []int{2_000, 10_000}, each: 20, eachPeer: 10, paragraphs: 4_000, vectors: 10_000,
			load: []int{5_000}, clients: []int{8}, loadTime: 2 * time.Second, warmUp: time.Second,
			state: 3_000, editFiles: 300, edits: 10, editTime: 20 * time.Second, quiet: 2 * time.Second, million: 30_000,
		},
		"full": {
			name: "full", batches: 7, hybrid: []int{10_000, 100_000, 175_000}, each: 50, eachPeer: 10, paragraphs: 20_000, vectors: 100_000,
			load: []int{10_000, 100_000}, clients: []int{8, 64}, loadTime: 6 * time.Second, warmUp: time.Second,
			state: 100_000, editFiles: 10_000, edits: 100, editTime: 4 * time.Minute, quiet: 8 * time.Second, million: 1_000_000, ingestAll: true,
		},
	}
}
