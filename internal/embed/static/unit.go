package static

// Key names a unit: a word, a character n-gram, a prefix or an ending. It is the upper half of a
// 64-bit hash; training and reading both know units by their keys alone, so that two units of one
// key (seven pairs of 240,000) share a row in both.
type Key uint32

// The kinds of units are kept apart by where their hashes start.
const (
	wordSeed   = 0xcbf29ce484222325
	gramSeed   = 0x84222325cbf29ce4
	prefixSeed = 0x9e3779b97f4a7c15
	endingSeed = 0xd1b54a32d192ed03
	prime      = 0x9e3779b97f4a7c15
)

func step(h uint64, r rune) uint64 {
	h = (h ^ uint64(r)) * prime
	return h ^ h>>29
}

func hash(seed uint64, runes []rune) uint64 {
	for _, r := range runes {
		seed = step(seed, r)
	}
	return seed
}

// key mixes a hash so that its upper half depends on every rune.
func key(h uint64) Key {
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	return Key(h >> 32)
}

// WordKey is the key of a word, or of an n-gram of Han or kana.
func WordKey(runes []rune) Key { return key(hash(wordSeed, runes)) }

// GramKeys appends the keys of the character n-grams of a word, «<» and «>» standing for its
// borders: of 3 to 5 characters, of 2 to 3 where it is Hangul. The whole word is none.
func GramKeys(keys []Key, runes []rune) []Key {
	low, high := 3, 5
	if len(runes) > 0 && runes[0] >= 0xac00 && runes[0] <= 0xd7a3 {
		low, high = 2, 3
	}
	n := len(runes) + 2
	for from := range n {
		h := uint64(gramSeed)
		for length := 1; length <= high && from+length <= n; length++ {
			switch at := from + length - 1; at {
			case 0:
				h = step(h, '<')
			case n - 1:
				h = step(h, '>')
			default:
				h = step(h, runes[at-1])
			}
			if length >= low && length < n {
				keys = append(keys, key(h))
			}
		}
	}
	return keys
}
