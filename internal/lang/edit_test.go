package lang

import "testing"

func TestOneEdit(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"refund", "refnd", true}, {"refund", "refunnd", true}, {"refund", "refumd", true}, {"refund", "erfund", true}, {"refund", "refudn", true},
		{"refund", "rfeudn", false}, {"refund", "refu", false}, {"refund", "return", false},
		{"größe", "grösse", false}, {"größe", "grße", true}, {"größe", "große", true}, {"비밀번호", "비밀벌호", true}, {"a", "", true}, {"", "ab", false},
	} {
		if OneEdit(c.a, c.b) != c.want || OneEdit(c.b, c.a) != c.want {
			t.Errorf("%q, %q: want %v", c.a, c.b, c.want)
		}
	}
}
