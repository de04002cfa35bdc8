// Package confidence turns signals into a score in [0,1] and holds the thresholds that the
// policy compares it with.
package confidence
