package lang

import (
	"strings"
	"unicode/utf8"
)

// lightSuffixes are the case, number and person endings of inflecting languages that Snowball
// has no stemmer for, in everyday grammar. A light stemmer after J. Savoy ("Light stemming
// approaches for the French, Portuguese, German and Hungarian languages", SAC 2006) cuts the
// longest one once, and keeps at least minLightStem letters.
var lightSuffixes = map[string][]string{
	"pl": lightEndings(`owania owaniu owaniem owanie owany owana owane owanych owanego owaną ować owali owała owało ował
		aniami aniem aniach aniom ania aniu anie eniami eniem eniach eniom enia eniu enie eniem ością ości ość
		iami ami iach ach owie owi iom om iem em ego iego emu iemu ymi imi ych ich ym im ej iej ów iów
		ują ujesz ujemy uje ają asz amy acie ać eć ić yć ął ęła ali ała ało ał iła iło ili ił yła yło yli ył
		esz emy icie imy isz ysz ymy ą ę y i a e o u ie ia ii`),
	"cs": lightEndings(`ování ováním ovány ována ováno ovat oval ovala ovali uje ují ujete ujeme
		ením ení áním ání ostmi ostí ostem osti ost ami emi ách ích ích ech ům ém ého ému ými ovi ové ou em
		ete eme eš íte íme íš ete áte áme áš at et it al ala ali alo il ila ili ilo el ela
		ám ím ý á é í ě y u e o a i ů`),
	"uk": lightEndings(`уванням ування уваннями увати ував ували енням ення енню енні еннями анням ання анню анні аннями
		остями остями істю ості ість ями ами ого ому ього ьому ими іми их іх ої ою ею єю ій ям ам ях ах ів їв ові еві ом ем єм
		ують юють уєте уємо ує ете ємо ить ять ати яти ити іти ала яла али яли ив ила или
		у ю а я о е є и і ї ь й`),
	"el": lightEndings(`ματοσ ματα ματων μενοσ μενη μενο μενοι μενεσ μενα ουσε ησεισ ηση ησησ ησεων
		ουν ουμε ετε ονται εται ουσ εισ εσ ων ου ησ ασ οσ οι αι ει ω α η ο ι ε υ`),
}

// lightEndings splits a list. Accents go, as they do from the words: people leave them out.
func lightEndings(list string) []string { return strings.Fields(foldLatin(list)) }

// minLightStem is how many letters a light stem keeps, one more of a long word.
const minLightStem = 3

// stemLight cuts the longest ending of lang that leaves a stem.
func stemLight(word, lang string) string {
	word = foldLatin(word)
	least := minLightStem
	if utf8.RuneCountInString(word) > 6 {
		least++
	}
	return cutSuffix(word, lightSuffixes[lang], least)
}
