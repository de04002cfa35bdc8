package corpus

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// renamer gives the ids, numbers and names of one article others, the same ones throughout it,
// so that two copies of a section are two texts, as they are in two shops.
type renamer struct {
	names   map[string]bool
	draw    stream
	renamed map[string]string
}

// write appends text with its words renamed. A word is a run of ASCII letters and digits; one
// that is part of a longer Latin word (Überprüfung) is left alone.
func (n *renamer) write(b *strings.Builder, text string) {
	for i := 0; i < len(text); {
		if !alphanumeric(text[i]) {
			b.WriteByte(text[i])
			i++
			continue
		}
		j := i
		for j < len(text) && alphanumeric(text[j]) {
			j++
		}
		word := text[i:j]
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		after, _ := utf8.DecodeRuneInString(text[j:])
		entity := before == '#' && i >= 2 && text[i-2] == '&' || before == '&' && after == ';'
		if entity || unicode.IsLetter(before) && unicode.Is(unicode.Latin, before) || unicode.Is(unicode.Latin, after) || unicode.Is(unicode.Mn, after) {
			b.WriteString(word)
		} else {
			b.WriteString(n.rename(word))
		}
		i = j
	}
}

// rename returns what stands for word in this article: a number of two digits and more becomes
// another of its length, an id (letters and digits) another of its shape, a name another name.
// Anything else stays.
func (n *renamer) rename(word string) string {
	digits, lower, upper, hump := shape(word)
	number := digits == len(word) && digits >= 2
	id := digits > 0 && digits < len(word) && len(word) >= 4
	name := digits == 0 && lower > 0 && upper > 0 && len(word) >= 4 && (hump || n.names[word])
	if !number && !id && !name {
		return word
	}
	if to, ok := n.renamed[word]; ok {
		return to
	}
	var to string
	if name {
		to = n.name(word)
	} else {
		to = n.code(word)
	}
	n.renamed[word] = to
	return to
}

// code draws another number or id of the same shape.
func (n *renamer) code(word string) string {
	b := []byte(word)
	for i, c := range b {
		switch {
		case c >= '0' && c <= '9' && i == 0:
			b[i] = '1' + byte(n.draw.below(9))
		case c >= '0' && c <= '9':
			b[i] = '0' + byte(n.draw.below(10))
		case c >= 'a' && c <= 'z':
			b[i] = 'a' + byte(n.draw.below(26))
		default:
			b[i] = 'A' + byte(n.draw.below(26))
		}
	}
	return string(b)
}

// again is the chance, of 2³², that a name's rank is in the next higher octave: 2^-0.6. The
// probability of a rank falls with its power of about 1.6, so that the number of different names
// grows with the power of about 0.6 of their occurrences (H. Heaps, 1978), as words of real texts
// do.
const again = 2833607193

// name draws a name that stands for word: a third of the articles keep it, the others share
// invented ones, few often and many rarely.
func (n *renamer) name(word string) string {
	octave := 0
	for octave < 40 && n.draw.next()>>32 < again {
		octave++
	}
	rank := uint64(1)<<octave - 1 + n.draw.next()%(1<<octave)
	if rank == 0 {
		return word
	}
	h := uint64(1469598103934665603)
	for i := range len(word) {
		h = mix(h ^ uint64(word[i]))
	}
	return syllables(mix(h ^ rank))
}

// syllables makes a name of three or four syllables from a hash.
func syllables(h uint64) string {
	const consonants, vowels = "bcdfghjklmnprstvz", "aeiou"
	var b strings.Builder
	for i := range 3 + h%2 {
		h = mix(h + i)
		c := consonants[h%uint64(len(consonants))]
		if i == 0 {
			c -= 'a' - 'A'
		}
		b.WriteByte(c)
		b.WriteByte(vowels[h>>32%uint64(len(vowels))])
	}
	return b.String()
}

// shape counts what a word is made of; hump says that a capital follows a small letter.
func shape(word string) (digits, lower, upper int, hump bool) {
	for i := range len(word) {
		switch c := word[i]; {
		case c <= '9':
			digits++
		case c >= 'a':
			lower++
		default:
			upper++
			hump = hump || i > 0 && word[i-1] >= 'a'
		}
	}
	return digits, lower, upper, hump
}

func alphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
