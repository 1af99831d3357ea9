package main

import (
	"bytes"
	"strings"
	"testing"
)

// TestDocument reads test events and writes the document.
func TestDocument(t *testing.T) {
	t.Parallel()
	list, err := readEvents(strings.NewReader(`
{"Action":"run","Test":"TestPower"}
{"Action":"run","Test":"TestPower/a"}
{"Action":"run","Test":"TestPower/b"}
{"Action":"attr","Test":"TestPower/b","Key":"falsehood","Value":"x-1\t"}
{"Action":"attr","Test":"TestPower/b","Key":"kind","Value":"other"}
{"Action":"attr","Test":"TestPower/b","Key":"cases","Value":"7.00 30"}
{"Action":"attr","Test":"TestPower/a","Key":"falsehood","Value":"prop-1\t|half|"}
{"Action":"attr","Test":"TestPower/a","Key":"kind","Value":"identity"}
{"Action":"attr","Test":"TestPower/a","Key":"cases","Value":"1.25 4"}
{"Action":"attr","Test":"TestPower/a","Key":"points","Value":"1.00 1"}
{"Action":"attr","Test":"TestPower/a","Key":"when","Value":"0.50 three tokens"}
{"Action":"pass","Test":"TestPower"}
`))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	write(&b, "2026-01-02, at commit abc", 1000, list)
	for _, want := range []string{
		"from each of 1000 seeds",
		"on 2026-01-02, at commit abc.",
		"\n| identity | 1 | 1.25 | 1.25 | 4 | 1.00 | 1.00 | 1 |\n",
		"\n| asymptotic | 0 |  | |  |  | |  |\n",
		"\n| other | 1 | 7.00 | 7.00 | 30 |  | |  |\n",
		"\n| prop-1 | \\|half\\| | 1.25 | 4 | 1.00 | 1 | three tokens (50 %) |\n| x-1 | *the wording* | 7.00 | 30 |  |  |  |\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the document has no\n%s", want)
		}
	}
	if t.Failed() {
		t.Logf("but is\n%s", b.String())
	}
}

func TestDamagedEvents(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{"Action":"run"`,
		`{"Action":"run","Test":"TestPower/a"}{"Action":"attr","Test":"TestPower/a","Key":"cases","Value":"many"}`,
	} {
		if _, err := readEvents(strings.NewReader(text)); err == nil {
			t.Errorf("%s: no error", text)
		}
	}
}
