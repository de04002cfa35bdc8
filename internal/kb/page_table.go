package kb

import (
	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
)

// table writes a table, one atom a row.
func (p *page) table(n *east.Table) {
	p.blocks++
	header := -1
	for row := n.FirstChild(); row != nil; row = row.NextSibling() {
		from := p.begin()
		start, end, shown := -1, 0, from
		for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
			if cell != row.FirstChild() {
				p.separate(from)
			}
			at := len(p.out)
			p.block = at
			p.inline(cell)
			p.gap, p.skipping = noGap, 0
			p.trimSpace(at)
			if len(p.out) > at {
				shown = len(p.out)
			}
			if l := cell.Lines(); l != nil && l.Len() > 0 {
				if start < 0 {
					start = l.At(0).Start
				}
				end = l.At(l.Len() - 1).Stop
			}
		}
		p.drop(shown)
		if p.add(atom{kind: Row, block: p.blocks, header: header}, from, start, end) && row.Kind() == east.KindTableHeader {
			header = len(p.atoms) - 1
		}
	}
}

// separate writes what stands between the cells of a row that begins at plain offset from.
func (p *page) separate(from int) {
	if len(p.out) == from {
		p.virtual("| ")
	} else {
		p.virtual(" | ")
	}
	p.block = len(p.out)
}

// trimSpace removes spaces at the end, down to plain offset at.
func (p *page) trimSpace(at int) {
	n := len(p.out)
	for n > at && p.out[n-1] == ' ' {
		n--
	}
	if n < len(p.out) {
		p.drop(n)
	}
}

// definitions writes a definition list: a term and its first definition are one atom.
func (p *page) definitions(n ast.Node) {
	p.blocks++
	block := p.blocks
	from, start := -1, -1
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if c.Kind() == east.KindDefinitionTerm {
			if from < 0 {
				from = p.begin()
			} else {
				p.virtual(", ")
			}
			p.inline(c)
			p.gap, p.skipping = noGap, 0
			if l := c.Lines(); start < 0 && l != nil && l.Len() > 0 {
				start = l.At(0).Start
			}
			continue
		}
		p.definition(c, from, start, block)
		from, start = -1, -1
	}
	if from >= 0 {
		p.drop(from)
	}
}

// definition writes one definition after its term, which begins at plain offset from (-1: none).
func (p *page) definition(n ast.Node, from, start, block int) {
	first := n.FirstChild()
	if first == nil || first.Lines() == nil || first.Lines().Len() == 0 ||
		first.Kind() != ast.KindParagraph && first.Kind() != ast.KindTextBlock {
		if from >= 0 {
			p.drop(from)
		}
	} else {
		if from < 0 {
			from = p.begin()
		} else if len(p.out) > from {
			if c := p.out[len(p.out)-1]; c != ':' {
				p.virtual(":")
			}
			p.virtual(" ")
			p.block = len(p.out)
		}
		l := first.Lines()
		if start < 0 {
			start = l.At(0).Start
		}
		p.inline(first)
		p.gap, p.skipping = noGap, 0
		p.add(atom{kind: Item, block: block, header: -1}, from, start, l.At(l.Len()-1).Stop)
		first = first.NextSibling()
	}
	for ; first != nil; first = first.NextSibling() {
		p.walk(first)
	}
}
