// Command fit makes lang's identify.bin from the labelled texts of DATA/train:
//
//	go run ./internal/lang/fit --data DATA/train --out internal/lang/identify.bin
//
// The same data give the same file, byte for byte (on one architecture), in two minutes. It uses no
// other data but the word lists in seeds.go. DATA/train's licences ask that a model made from it
// names its sources.
package main

import (
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"time"
)

// group is one script whose languages are told apart by a fitted model. bits: 2^bits rows of
// weights; perClass: samples drawn per language and epoch.
type group struct {
	langs    []string
	bits     int
	perClass int
}

// groups is in the order of lang's groups: Latin, Cyrillic, Han.
var groups = []group{
	{[]string{"cs", "da", "de", "en", "es", "fi", "fr", "hu", "id", "it", "nl", "no", "pl", "pt", "ro", "sv", "tr", "vi"}, 16, 60000},
	{[]string{"bg", "ru", "uk"}, 17, 60000},
	{[]string{"ja", "zh"}, 15, 40000},
}

const (
	epochs = 5
	seed   = 20240607
)

func main() {
	if err := run(os.Args[1:], os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "fit:", err)
		os.Exit(1)
	}
}

// run fits all groups and writes the file.
func run(args []string, log io.Writer) error {
	flags := flag.NewFlagSet("fit", flag.ContinueOnError)
	data := flags.String("data", "", "folder with groups/, pairs/ and lexicon/")
	out := flags.String("out", "internal/lang/identify.bin", "file to write")
	if err := flags.Parse(args); err != nil {
		return err
	}
	start := time.Now()
	texts, err := load(*data)
	if err != nil {
		return err
	}
	for _, tag := range allLangs() {
		if len(texts.byLang[tag]) == 0 && seeds[tag] == "" {
			return fmt.Errorf("%s: no text in %q", tag, *data)
		}
	}
	fmt.Fprintf(log, "loaded in %v\n", time.Since(start).Round(time.Second))
	bin := []byte("LID1")
	for g := range groups {
		for _, tag := range groups[g].langs {
			fmt.Fprintf(log, "%s %d  ", tag, len(texts.byLang[tag]))
		}
		model := newModel(g)
		first := newSampler(g, texts)
		model.train(first, 2, log)
		dropped := first.clean(model)
		fmt.Fprintf(log, "group %d: left out as mislabelled %v\n", g, dropped)
		model = newModel(g)
		model.train(first, epochs, log)
		bin = model.encode(bin)
	}
	fmt.Fprintf(log, "%d bytes in %v\n", len(bin), time.Since(start).Round(time.Second))
	return os.WriteFile(*out, bin, 0o644)
}

// encode appends a model in the format that lang describes at identBin.
func (m *model) encode(bin []byte) []byte {
	bin = append(bin, byte(len(m.langs)))
	for _, tag := range m.langs {
		bin = append(append(bin, byte(len(tag))), tag...)
	}
	bin = append(bin, byte(groups[m.group].bits))
	// Only differences between a row's weights matter to a softmax, so rows are centred first: that
	// makes the range, and with it the rounding error, smaller.
	widest := float32(0)
	classes := len(m.langs)
	for at := 0; at < len(m.weights); at += classes {
		row := m.weights[at : at+classes]
		mean := float32(0)
		for _, w := range row {
			mean += w / float32(classes)
		}
		for c := range row {
			row[c] -= mean
			widest = max(widest, abs(row[c]))
		}
	}
	// The few widest weights are clipped: they decide anyway, and the rest is rounded less.
	scale := widest * 0.6 / 127
	bin = float(bin, scale)
	for _, b := range m.bias {
		bin = float(bin, b)
	}
	for _, w := range m.weights {
		q := math.RoundToEven(float64(w / scale))
		bin = append(bin, byte(int8(max(-127, min(127, q)))))
	}
	return bin
}

func float(bin []byte, f float32) []byte {
	return binary.LittleEndian.AppendUint32(bin, math.Float32bits(f))
}

func abs(f float32) float32 {
	if f < 0 {
		return -f
	}
	return f
}
