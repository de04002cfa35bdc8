package measure

import (
	"fmt"
	"html"
	"io"
	"math"
	"slices"
	"strings"
)

// Series is one line of a plot.
type Series struct {
	Name   string
	Points [][2]float64 // x and y, both > 0
}

// Panel is one plot, both axes logarithmic: what is linear has a slope of 45 degrees there.
type Panel struct {
	Title  string
	Series []Series
}

// Size of a panel and its margins, in pixels.
const panelWidth, panelHeight, marginLeft, marginRight, marginTop, marginBottom = 340, 260, 56, 84, 30, 34

// palette and dashes tell the series apart, in print too.
var palette = [...][2]string{{"#1f6feb", ""}, {"#c2410c", "6 3"}, {"#15803d", "2 3"}}

// WriteSVG draws the panels side by side.
func WriteSVG(w io.Writer, panels []Panel) error {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="11">`+"\n", panelWidth*len(panels), panelHeight)
	b.WriteString(`<rect width="100%" height="100%" fill="#fff"/>` + "\n")
	for i, p := range panels {
		fmt.Fprintf(&b, `<g transform="translate(%d 0)">`+"\n", i*panelWidth)
		p.draw(&b)
		b.WriteString("</g>\n")
	}
	b.WriteString("</svg>\n")
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("measure: write the plot: %w", err)
	}
	return nil
}

func (p Panel) draw(b *strings.Builder) {
	fmt.Fprintf(b, `<text x="%d" y="16" font-weight="bold">%s</text>`+"\n", marginLeft, html.EscapeString(p.Title))
	x, y := p.decades(0), p.decades(1)
	place := func(point [2]float64) (float64, float64) {
		const w, h = panelWidth - marginLeft - marginRight, panelHeight - marginTop - marginBottom
		return marginLeft + w*(math.Log10(point[0])-x[0])/(x[1]-x[0]), panelHeight - marginBottom - h*(math.Log10(point[1])-y[0])/(y[1]-y[0])
	}
	for d := x[0]; d <= x[1]; d++ {
		at, _ := place([2]float64{math.Pow(10, d), math.Pow(10, y[0])})
		fmt.Fprintf(b, `<path d="M%.1f %dV%d" stroke="#ddd"/><text x="%.1f" y="%d" text-anchor="middle">%s</text>`+"\n", at, marginTop, panelHeight-marginBottom, at, panelHeight-marginBottom+14, power(d))
	}
	for d := y[0]; d <= y[1]; d++ {
		_, at := place([2]float64{math.Pow(10, x[0]), math.Pow(10, d)})
		fmt.Fprintf(b, `<path d="M%d %.1fH%d" stroke="#ddd"/><text x="%d" y="%.1f" text-anchor="end">%s</text>`+"\n", marginLeft, at, panelWidth-marginRight, marginLeft-6, at+4, power(d))
	}
	for i, s := range p.Series {
		if len(s.Points) == 0 {
			continue
		}
		style := palette[i%len(palette)]
		var path strings.Builder
		for n, point := range s.Points {
			px, py := place(point)
			fmt.Fprintf(&path, "%c%.1f %.1f", "ML"[min(n, 1)], px, py)
			fmt.Fprintf(b, `<circle cx="%.1f" cy="%.1f" r="3" fill="%s"><title>%s chunks: %s</title></circle>`+"\n", px, py, style[0], Figure(point[0]), Figure(point[1]))
		}
		px, py := place(s.Points[len(s.Points)-1])
		fmt.Fprintf(b, `<path d="%s" fill="none" stroke="%s" stroke-width="2" stroke-dasharray="%s"/><text x="%.1f" y="%.1f" fill="%s">%s</text>`+"\n", path.String(), style[0], style[1], px+7, py+4, style[0], html.EscapeString(s.Name))
	}
}

// decades are the powers of ten around the values of one axis (0: x, 1: y).
func (p Panel) decades(axis int) [2]float64 {
	var values []float64
	for _, s := range p.Series {
		for _, point := range s.Points {
			values = append(values, point[axis])
		}
	}
	if len(values) == 0 {
		return [2]float64{0, 1}
	}
	low, high := math.Floor(math.Log10(slices.Min(values))), math.Ceil(math.Log10(slices.Max(values)))
	return [2]float64{low, max(high, low+1)}
}

func power(d float64) string {
	switch {
	case d >= 6:
		return fmt.Sprintf("%.0f M", math.Pow(10, d-6))
	case d >= 3:
		return fmt.Sprintf("%.0f k", math.Pow(10, d-3))
	case d >= 0:
		return fmt.Sprintf("%.0f", math.Pow(10, d))
	}
	return fmt.Sprintf("%.*f", int(-d), math.Pow(10, d))
}
