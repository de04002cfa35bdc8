package kb

import (
	"slices"
	"strings"
)

// ourKeys are the front matter keys that change what this program does, as they are written.
var ourKeys = strings.Fields(`title description slug permalink url aliases tags keywords lang language
	translationKey draft published unlisted date lastmod publishDate expiryDate search audience questions`)

// knownKeys are standard keys of the usual site generators, lower case: no misspelling of ours.
var knownKeys = set(strings.ToLower(strings.Join(ourKeys, " ")) + ` author authors build cascade category categories
	class collection comments cover custom_edit_url data dates displayed_sidebar dir excerpt featured feature figure
	footer format group has_children head header headless hero hide hide_table_of_contents hide_title icon id image images
	index info iscjklanguage label labels last_modified_at last_update last_updated layout lead level link links linktitle
	links local locale manager markup menu menus meta modified name nav nav_exclude nav_order next notes order outputs
	pagination_label pagination_next pagination_prev params parent parse_number_prefixes path pin position prev prod
	product pubdate publish readtime redirect_from redirect_to ref related resources review reviewer robots role section
	series service set sidebar sidebar_class_name sidebar_custom_props sidebar_label sidebar_position site sitemap
	search_exclude social source sources status style subtitle summary tag_line team template text theme toc
	toc_max_heading_level toc_min_heading_level topic translation_key translations type unpublishdate updated user
	version versions videos weight`)

// meantKeys are words that people write for a key of ours.
var meantKeys = map[string]string{
	"tag": "tags", "alias": "aliases", "question": "questions", "faq": "questions", "locale": "lang",
	"expires": "expiryDate", "expiry": "expiryDate", "valid_until": "expiryDate", "validuntil": "expiryDate",
	"expiration": "expiryDate", "expirationdate": "expiryDate", "expires_at": "expiryDate", "expiry_date": "expiryDate",
	"valid_from": "publishDate", "validfrom": "publishDate", "publish_date": "publishDate", "visibility": "audience",
	"access": "audience", "private": "audience", "internal": "audience", "public": "audience", "confidential": "audience",
}

// misspelt returns the key of ours that key (lower case) probably stands for, "" if it is fine.
func misspelt(key string) string {
	if meant := meantKeys[key]; meant != "" {
		return meant
	}
	if knownKeys[key] || strings.ContainsAny(key, ".:-") || len(key) < 3 {
		return ""
	}
	for _, k := range ourKeys {
		limit := 1
		if len(k) >= 7 {
			limit = 2
		}
		if len(k) >= 4 && distance(key, strings.ToLower(k)) <= limit {
			return k
		}
	}
	return ""
}

// restricting are the keys of ours that keep readers from an article: whoever misspells one of them
// shows what should not be shown.
var restricting = [...]string{"audience", "draft", "published", "publishDate", "expiryDate", "unlisted"}

// doubted returns the restricting key of ours that key (lower case) probably stands for, "" if none.
func doubted(key string) string {
	if knownKeys[key] || len(key) < 3 || len(key) > 20 || strings.HasPrefix(key, "ms.") {
		return ""
	}
	if meant := meantKeys[key]; meant != "" {
		return restrictingKey(meant)
	}
	bare := strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r == '.' || r == ' ' {
			return -1
		}
		return r
	}, key)
	if meant := meantKeys[bare]; meant != "" {
		return restrictingKey(meant)
	}
	for _, k := range restricting {
		low := strings.ToLower(k)
		if bare == low || len(bare)-len(low) <= 2 && len(low)-len(bare) <= 2 && misspelt(bare) == k {
			return k
		}
	}
	return ""
}

func restrictingKey(key string) string {
	if slices.Contains(restricting[:], key) {
		return key
	}
	return ""
}

// distance is the number of insertions, deletions, replacements and swaps of neighbours between
// two short ASCII words.
func distance(a, b string) int {
	if d := len(a) - len(b); d > 2 || d < -2 {
		return 3
	}
	prev, row, next := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next[j] = min(next[j-1]+1, row[j]+1, row[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], prev[j-2]+1)
			}
		}
		prev, row, next = row, next, prev
	}
	return row[len(b)]
}
