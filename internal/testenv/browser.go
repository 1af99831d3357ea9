package testenv

import (
	"bytes"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// probe is a page that shows others in frames, at three widths and in both colour schemes, and
// notes what is wrong with them: what sticks out or is cut, requests, links that lead nowhere, and
// text of too little contrast.
const probe = `<!DOCTYPE html><meta charset="utf-8"><body><script>
function luminance(c) {
	const v = c.match(/[\d.]+/g).slice(0, 3).map(x => { x /= 255; return x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4 });
	return 0.2126 * v[0] + 0.7152 * v[1] + 0.0722 * v[2];
}
function ground(e, known) {
	if (!e) return "rgb(255, 255, 255)";
	if (!known.has(e)) {
		const c = getComputedStyle(e).backgroundColor;
		known.set(e, /^rgba\(.*, 0\)$/.test(c) ? ground(e.parentElement, known) : c);
	}
	return known.get(e);
}
function layout(frame, page) {
	const found = [], root = page.documentElement;
	for (const width of [390, 768, 1280]) {
		frame.style.width = width + "px";
		for (const e of page.querySelectorAll("svg text")) {
			const r = e.getBoundingClientRect(), s = e.ownerSVGElement.getBoundingClientRect();
			if (r.left < s.left || r.right > s.right || r.top < s.top || r.bottom > s.bottom) found.push(width + " pixels: cuts " + e.textContent);
		}
		for (const e of page.querySelectorAll("svg text + * + text")) {
			const r = e.getBoundingClientRect(), s = e.previousElementSibling.previousElementSibling.getBoundingClientRect();
			if (r.left < s.right + 3 && s.left < r.right + 3 && r.top < s.bottom - 4 && s.top < r.bottom - 4) found.push(width + " pixels: " + e.textContent + " upon its neighbour");
		}
		if (root.scrollWidth > root.clientWidth) found.push(width + " pixels: " + root.scrollWidth + " wide");
	}
	return found;
}
function contrast(page, scheme) {
	const found = new Set(), known = new Map();
	if (page.defaultView.matchMedia("(prefers-color-scheme: dark)").matches !== (scheme === "dark")) found.add("the page is not shown");
	for (const e of page.querySelectorAll("body *")) {
		if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || e.closest("style")) continue;
		const style = getComputedStyle(e), ink = e.closest("svg") ? style.fill : style.color, paper = ground(e, known), l = [luminance(ink), luminance(paper)].sort((a, b) => b - a);
		if ((l[0] + 0.05) / (l[1] + 0.05) < 4.5) found.add(ink + " on " + paper + " in " + e.tagName);
	}
	return [...found].map(f => scheme + ": " + f);
}
async function look(frame) {
	const page = frame.contentDocument, found = layout(frame, page);
	if (!page.querySelector("main, h1")) found.push("nothing is shown");
	if (frame.contentWindow.performance.getEntriesByType("resource").length > 0) found.push("a request");
	for (const a of page.querySelectorAll('a[href^="#"]'))
		if (!page.getElementById(decodeURIComponent(a.getAttribute("href").slice(1)))) found.push("no " + a.getAttribute("href"));
	for (const scheme of ["light", "dark"]) {
		frame.style.colorScheme = scheme;
		await new Promise(requestAnimationFrame);
		found.push(...contrast(page, scheme));
	}
	return found.map(f => page.title + ": " + f);
}
onload = async () => {
	const found = [];
	for (const frame of document.querySelectorAll("iframe")) found.push(...await look(frame));
	document.title = "FOUND[" + found.join("; ") + "]";
};
</script>`

// frame shows a page.
const frame = `<iframe style="height: 900px; border: 0" srcdoc="%s"></iframe>`

// Browse shows pages in Chromium, in both colour schemes, and reports what is wrong with them and
// what the browser has to say. It skips the test where there is no browser, or no time.
func Browse(t *testing.T, pages ...string) {
	t.Helper()
	if testing.Short() {
		t.Skip("starting a browser takes seconds")
	}
	browser, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("no chromium: apt-get install chromium")
	}
	dir := t.TempDir()
	name := filepath.Join(dir, "probe.html")
	text := []byte(probe)
	for _, page := range pages {
		text = fmt.Appendf(text, frame, html.EscapeString(page))
	}
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
		"--enable-logging=stderr", "--user-data-dir="+filepath.Join(dir, "profile"), "--virtual-time-budget=60000", "--dump-dom", "file://"+name)
	var log bytes.Buffer
	cmd.Stderr = &log
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", browser, err)
	}
	for _, m := range regexp.MustCompile(`(?m):CONSOLE:\d+\] (.*)$`).FindAllSubmatch(log.Bytes(), -1) {
		t.Errorf("the console says %s", m[1])
	}
	m := regexp.MustCompile(`<title>FOUND\[(.*?)\]</title>`).FindSubmatch(out)
	if m == nil {
		t.Fatal("the browser notes nothing")
	}
	if len(m[1]) > 0 {
		t.Error(html.UnescapeString(string(m[1])))
	}
}
