package testenv

import (
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// probe is a page that shows another in a frame at three widths, and notes what is wrong
// with it: what sticks out or is cut, requests, links that lead nowhere, and text of too little contrast.
const probe = `<!DOCTYPE html><meta charset="utf-8"><body><script>
function luminance(c) {
	const v = c.match(/[\d.]+/g).slice(0, 3).map(x => { x /= 255; return x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4 });
	return 0.2126 * v[0] + 0.7152 * v[1] + 0.0722 * v[2];
}
function ground(e) {
	for (; e; e = e.parentElement) {
		const c = getComputedStyle(e).backgroundColor;
		if (!/^rgba\(.*, 0\)$/.test(c)) return c;
	}
	return "rgb(255, 255, 255)";
}
onload = () => {
	const found = [], frame = document.querySelector("iframe");
	for (const width of [390, 768, 1280]) {
		frame.style.width = width + "px";
		const root = frame.contentDocument.documentElement;
		for (const e of frame.contentDocument.querySelectorAll("svg text")) {
			const r = e.getBoundingClientRect(), s = e.ownerSVGElement.getBoundingClientRect();
			if (r.left < s.left || r.right > s.right || r.top < s.top || r.bottom > s.bottom) found.push(width + " pixels: cuts " + e.textContent);
		}
		for (const e of frame.contentDocument.querySelectorAll("svg text + * + text")) {
			const r = e.getBoundingClientRect(), s = e.previousElementSibling.previousElementSibling.getBoundingClientRect();
			if (r.left < s.right + 3 && s.left < r.right + 3 && r.top < s.bottom - 4 && s.top < r.bottom - 4) found.push(width + " pixels: " + e.textContent + " upon its neighbour");
		}
		if (root.scrollWidth > root.clientWidth) found.push(width + " pixels: " + root.scrollWidth + " wide");
	}
	const page = frame.contentDocument;
	if (!page.querySelector("main, h1")) found.push("nothing is shown");
	if (frame.contentWindow.performance.getEntriesByType("resource").length > 0) found.push("a request");
	for (const a of page.querySelectorAll('a[href^="#"]'))
		if (!page.getElementById(decodeURIComponent(a.getAttribute("href").slice(1)))) found.push("no " + a.getAttribute("href"));
	const pairs = new Set();
	for (const e of page.querySelectorAll("body *")) {
		if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || e.closest("style")) continue;
		const style = getComputedStyle(e), ink = e.closest("svg") ? style.fill : style.color, paper = ground(e), l = [luminance(ink), luminance(paper)].sort((a, b) => b - a);
		if ((l[0] + 0.05) / (l[1] + 0.05) < 4.5) pairs.add(ink + " on " + paper + " in " + e.tagName);
	}
	document.title = "FOUND[" + found.concat([...pairs]).join("; ") + "]";
};
</script><iframe style="height: 900px; border: 0" srcdoc="%s"></iframe>`

// Browse shows a page in Chromium, in both colour schemes, and reports what is wrong with it. It
// skips the test where there is no browser, or no time.
func Browse(t *testing.T, page string) {
	t.Helper()
	if testing.Short() {
		t.Skip("starting a browser takes seconds")
	}
	browser, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("no chromium: apt-get install chromium")
	}
	for scheme, setting := range map[string]string{"dark": "0", "light": "1"} {
		dir := t.TempDir()
		name := filepath.Join(dir, "probe.html")
		if err := os.WriteFile(name, fmt.Appendf(nil, probe, html.EscapeString(page)), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
			"--blink-settings=preferredColorScheme="+setting, "--user-data-dir="+filepath.Join(dir, "profile"),
			"--virtual-time-budget=60000", "--dump-dom", "file://"+name).Output()
		if err != nil {
			t.Fatalf("%s: %v", browser, err)
		}
		m := regexp.MustCompile(`<title>FOUND\[(.*?)\]</title>`).FindSubmatch(out)
		if m == nil {
			t.Fatalf("%s: the browser notes nothing", scheme)
		}
		if len(m[1]) > 0 {
			t.Errorf("%s: %s", scheme, html.UnescapeString(string(m[1])))
		}
	}
}
