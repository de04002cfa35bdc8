//go:build !unix

package index

import "testing"

// reportProcessor does work; there is no processor time to report.
func reportProcessor(b *testing.B, work func()) { work() }
