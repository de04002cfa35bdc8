package verify

import "testing"

// TestFacts: what says the same in other digits, words, units and orders, and what does not.
func TestFacts(t *testing.T) {
	for _, tt := range []struct {
		code, statement, source string
		equal                   bool
	}{
		{"en", "1,000 points", "1.000 points", true},
		{"de", "1.000 Punkte", "1 000 Punkte", true},
		{"de", "4,95 €", "€ 4.95", true},
		{"de", "EUR 4,95", "4 Euro 95", true},
		{"de", "90 Cent", "0,90 €", true},
		{"de", "4,95 €", "4,59 €", false},
		{"en", "€40", "$40", false},
		{"en", "14 days", "fourteen days", true},
		{"en", "14 days", "14 weeks", false},
		{"en", "2 weeks", "14 days", true},
		{"en", "90 minutes", "1 hour 30 minutes", true},
		{"en", "5 business days", "5 working days", true},
		{"en", "5 days", "5 working days", false},
		{"en", "a dozen pictures", "12 pictures", true},
		{"en", "two hundred and fifty users", "250 users", true},
		{"en", "2 pm", "14:00", true},
		{"en", "noon", "12 pm", true},
		{"en", "January 31, 2026", "31 January 2026", true},
		{"en", "31/01/2026", "January 31", false},
		{"en", "January 31", "January 13", false},
		{"en", "the 15th", "the 15th of the month", true},
		{"en", "50 GB", "50 TB", false},
		{"en", "1 GB", "1000 MB", true},
		{"en", "half of the fee", "50% of the fee", true},
		{"en", "on Monday", "on Tuesday", false},
		{"en", "120 requests a minute", "120 requests per hour", false},
		{"de", "halb sechs Uhr", "5:30 Uhr", true},
		{"de", "22.15 Uhr", "22:15 Uhr", true},
		{"de", "15.11.", "15. November", true},
		{"de", "1.9.2026", "1. September 2026", true},
		{"de", "anderthalb Stunden", "90 Minuten", true},
		{"de", "zwei Wochen", "14 Tage", true},
		{"de", "fünfundzwanzig Euro", "25 €", true},
		{"de", "zweijährige Garantie", "2 Jahre Garantie", true},
		{"ar", "يومين", "2 يوم", true},
		{"ar", "٣٠ يومًا", "30 يوم", true},
		{"ar", "خمسة أيام عمل", "5 أيام عمل", true},
		{"ar", "خمسة وعشرون ريالًا", "25 ريالًا", true},
		{"ar", "الثامنة مساءً", "20:00", true},
		{"ar", "30/09/2026", "30 سبتمبر 2026", true},
		{"ar", "50%", "٥٠٪", true},
		{"ar", "7 كغ", "7 كيلوغرامات", true},
		{"ar", "7 كغ", "7 غرامات", false},
		{"bg", "99 лева", "99 лв.", true},
		{"bg", "двадесет и пет дни", "25 дни", true},
		{"bg", "30.09.2026 г.", "30 септември 2026 г.", true},
		{"bg", "20 ч.", "20:00 ч.", true},
		{"bg", "35 €", "35 евро", true},
		{"bg", "35 кг", "35 грама", false},
		{"ko", "3천5백 원", "3,500원", true},
		{"ko", "60만 원", "600,000원", true},
		{"ko", "2만 4천 원", "24,000원", true},
		{"ko", "만 원", "10,000원", true},
		{"ko", "만 오천 원", "15,000원", true},
		{"ko", "삼천원", "3,000원", true},
		{"ko", "두 분", "2명", true},
		{"ko", "1년 반", "18개월", true},
		{"ko", "월~금요일", "월요일부터 금요일", true},
		{"zh", "周一至五", "星期一到星期五", true},
		{"zh", "一个半小时", "90分钟", true},
		{"bg", "1-ви март", "1 март", true},
		{"ko", "이틀", "2일", true},
		{"ko", "다섯 번", "5회", true},
		{"ko", "오후 2시", "14시", true},
		{"ko", "오후 5~9시", "오후 5시부터 9시", true},
		{"ko", "낮 12시", "정오", true},
		{"ko", "7일", "7주", false},
		{"ko", "영업일 기준 5일", "5영업일", true},
		{"ko", "2026년 4월 1일", "2026년 2월 1일", false},
		{"ko", "3분의 1", "3분의 1", true},
		{"zh", "三十天", "30天", true},
		{"zh", "五千元", "5000元", true},
		{"zh", "1万元", "10000元", true},
		{"zh", "晚上八点", "20:00", true},
		{"zh", "下午2点", "14点", true},
		{"zh", "上午10点半", "10:30", true},
		{"zh", "半小时", "30分钟", true},
		{"zh", "两天", "2天", true},
		{"zh", "周一", "星期一", true},
		{"zh", "周一", "周四", false},
		{"zh", "九五折", "95折", true},
		{"zh", "百分之三十", "30%", true},
		{"zh", "5个工作日", "5天", false},
		{"es", "14 días", "catorce días", true},
		{"fr", "le 1er mars 2026", "01/03/2026", true},
		{"it", "30 giorni", "trenta giorni", true},
		{"nl", "2 weken", "14 dagen", true},
		{"pl", "30 dni", "trzydzieści dni", true},
		{"pt", "31 de janeiro", "31/01/2026", true},
		{"ru", "пять рабочих дней", "5 рабочих дней", true},
		{"tr", "%50", "50%", true},
		{"tr", "iki hafta", "14 gün", true},
	} {
		v := New(NoSimilarity{}, EqualWeights{})
		s, e := v.read(tt.statement, tt.code), v.read(tt.source, tt.code)
		if len(s.facts) == 0 {
			t.Errorf("%s: no fact in %q", tt.code, tt.statement)
			continue
		}
		reason := ""
		for i := range s.facts {
			if equals, _ := s.candidates(e, &s.facts[i]); len(equals) == 0 && !s.facts[i].lax(s) {
				reason = s.facts[i].text
			}
		}
		if (reason == "") != tt.equal {
			t.Errorf("%s: %q by %q: missing %q, want equal %v\n  %+v\n  %+v", tt.code, tt.statement, tt.source, reason, tt.equal, s.facts, e.facts)
		}
	}
}
