package kb

import (
	"regexp"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	ghtml "github.com/yuin/goldmark/renderer/html"
)

// rawHTML lets goldmark pass HTML on, which sanitise then cleans.
var rawHTML = []ghtml.Option{ghtml.WithUnsafe()}

// sanitise drops from HTML what must not reach a reader.
func sanitise(b []byte) []byte { return policy().SanitizeBytes(b) }

var (
	idPattern    = regexp.MustCompile(`^[^\s"'<>&]+$`)
	classPattern = regexp.MustCompile(`^[\w -]+$`)
)

// policy is what HTML may reach a reader. It is safe for concurrent use.
var policy = sync.OnceValue(func() *bluemonday.Policy {
	p := bluemonday.UGCPolicy()
	p.AllowAttrs("id").Matching(idPattern).Globally()
	p.AllowAttrs("class").Matching(classPattern).OnElements("div", "blockquote", "code", "pre", "span", "p", "table", "a", "section", "sup", "kbd")
	p.AllowAttrs("dir").Matching(bluemonday.Direction).Globally()
	p.AllowAttrs("type").Matching(regexp.MustCompile(`^checkbox$`)).OnElements("input")
	p.AllowAttrs("checked", "disabled").OnElements("input")
	p.AllowAttrs("open").OnElements("details")
	p.AllowElements("kbd", "section", "input", "u")
	p.RequireNoFollowOnLinks(false)
	p.RequireNoFollowOnFullyQualifiedLinks(true)
	return p
})
