package api

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

//go:embed testdata/axe-4.14.1.min.js
var axeSource string

// shots keeps a picture of every page at every width in a folder, to be looked at.
var shots = flag.String("shots", "", "folder for the pictures of the browser test")

// browser is the one Chromium of this package's tests.
type browser struct {
	ctx  context.Context
	site *pageSite
}

// tab is one window of one person: cookies of its own.
type tab struct {
	t   *testing.T
	ctx context.Context
	url string
}

// openBrowser starts Chromium; a machine without it fails the test.
func openBrowser(t *testing.T, site *pageSite) *browser {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.ExecPath("chromium"), chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("lang", "vi"),
		chromedp.Flag("force-prefers-reduced-motion", true)) // axe would measure the colours of a fade half-way
	allocated, cancel := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, stop := chromedp.NewContext(allocated)
	t.Cleanup(func() {
		stop()
		cancel()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("chromium does not start (apt-get install chromium): %v", err)
	}
	return &browser{ctx, site}
}

// open is a new window; with a token its person is signed in.
func (b *browser) open(t *testing.T, token string) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	w := &tab{t, ctx, b.site.http.URL}
	w.do(chromedp.EmulateViewport(1280, 900))
	if token != "" {
		w.call(func(ctx context.Context) error {
			_, err := chromedp.Call(ctx, network.SetCookie, network.SetCookieParams{Name: "sovang", Value: token, URL: w.url})
			return err
		})
	}
	return w
}

// stepTime is how long one step may take on a busy machine.
const stepTime = 20 * time.Second

func (w *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	w.call(func(ctx context.Context) error { return chromedp.Do(ctx, steps...) })
}

func (w *tab) call(f func(context.Context) error) {
	w.t.Helper()
	if err := chromedp.Do(w.ctx); err != nil { // the first run makes the tab, and may not have a deadline
		w.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(w.ctx, stepTime)
	defer cancel()
	if err := f(ctx); err != nil {
		w.t.Fatalf("at %s: %v", w.at(), err)
	}
}

func (w *tab) at() string {
	at, _ := chromedp.Run(w.ctx, chromedp.Location()) // for messages only
	return at
}

// go to a path of the site and wait until it is drawn.
func (w *tab) visit(path string) {
	w.t.Helper()
	w.do(chromedp.Navigate(w.url + path))
}

// keys presses keys, one after the other, wherever the cursor is.
func (w *tab) keys(text string, mod ...chromedp.Modifier) {
	w.t.Helper()
	w.do(chromedp.KeyEvent(text, chromedp.KeyModifiers(mod...)))
}

// alt presses Alt with a letter. Browsers find an access key at the letter's char event.
func (w *tab) alt(letter string) {
	w.t.Helper()
	w.call(func(ctx context.Context) error {
		code := strings.ToUpper(letter)
		press := input.DispatchKeyEventParams{Key: letter, Code: "Key" + code, WindowsVirtualKeyCode: int64(code[0]),
			Modifiers: int64(chromedp.ModifierAlt)}
		for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeRawKeyDown, input.DispatchKeyEventTypeChar,
			input.DispatchKeyEventTypeKeyUp} {
			press.Type, press.Text = kind, ""
			if kind == input.DispatchKeyEventTypeChar {
				press.Text, press.UnmodifiedText = letter, letter
			}
			if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, press); err != nil {
				return err
			}
		}
		return nil
	})
}

// arrive waits until the address begins with a path.
func (w *tab) arrive(path string) {
	w.t.Helper()
	for end := time.Now().Add(stepTime); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		at, err := chromedp.Run(w.ctx, chromedp.Location())
		if err == nil && strings.HasPrefix(at, w.url+path) {
			w.until(`document.readyState === "complete"`) // then the scripts have run
			return
		}
	}
	w.picture("not-seen")
	w.t.Fatalf("at %s, not at %s", w.at(), path)
}

// see waits until the page says something.
func (w *tab) see(text string) {
	w.t.Helper()
	quoted, err := json.Marshal(text)
	if err != nil {
		w.t.Fatal(err)
	}
	w.until(`document.body.innerText.includes(` + string(quoted) + `)`)
}

// until waits until an expression is true in the page.
func (w *tab) until(truth string) {
	w.t.Helper()
	for end := time.Now().Add(stepTime); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if ok, err := chromedp.Run(w.ctx, chromedp.Evaluate[bool](truth)); err == nil && ok {
			return
		}
	}
	w.picture("not-seen")
	w.t.Fatalf("at %s: never true: %s", w.at(), truth)
}

// focused waits until an element has the focus.
func (w *tab) focused(id string) {
	w.t.Helper()
	w.until(`document.activeElement.id === "` + id + `"`)
}

func eval[T any](w *tab, script string) T {
	w.t.Helper()
	var got T
	w.call(func(ctx context.Context) (err error) {
		got, err = chromedp.Run(ctx, chromedp.Evaluate[T](script, func(p *runtime.EvaluateParams) {
			yes := true
			p.AwaitPromise = &yes
		}))
		return err
	})
	return got
}

// script turns the page's scripts on or off, from the next page on.
func (w *tab) script(on bool) {
	w.t.Helper()
	w.call(func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
		return err
	})
}

// picture keeps the whole page under a name, when asked to.
func (w *tab) picture(name string) {
	w.t.Helper()
	if *shots == "" {
		return
	}
	png, err := chromedp.Run(w.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*shots, name+".png"), png, 0o644); err != nil {
		w.t.Fatal(err)
	}
}

// violations runs axe-core over the page.
func (w *tab) violations() string {
	w.t.Helper()
	eval[bool](w, axeSource+";true")
	return eval[string](w, `axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations.map(
		v => v.id + ": " + v.nodes.map(n => n.target.join(" ") + " " + n.failureSummary).join("; ")).join("\n"))`)
}

// sideways is by how many pixels the page is wider than its window, and what sticks out.
func (w *tab) sideways() string {
	w.t.Helper()
	return eval[string](w, `(() => {
		const d = document.documentElement, over = d.scrollWidth - d.clientWidth;
		if (over <= 0) return "";
		const wide = [...document.querySelectorAll("main *, header *")].filter(
			e => e.getBoundingClientRect().right > d.clientWidth + 1).slice(0, 4).map(e => e.tagName + "." + e.className);
		return over + " px: " + wide.join(", ");
	})()`)
}

func TestInABrowser(t *testing.T) {
	t.Parallel()
	site := newPageSite(t)
	b := openBrowser(t, site)
	t.Run("with the keyboard alone, from signing in to a void receipt", func(t *testing.T) { walkByKeys(t, b) })
	t.Run("every page is accessible, fits a phone and a zoom of 200 %", func(t *testing.T) { lookAtPages(t, b) })
	t.Run("a PDF is dropped on the page, and proven without a script", func(t *testing.T) { dropPDF(t, b) })
	t.Run("the same work without a script", func(t *testing.T) { walkWithoutScript(t, b) })
}

// walkByKeys is the clerk's and the second person's day: no mouse.
func walkByKeys(t *testing.T, b *browser) {
	t.Parallel()
	w := b.open(t, "")
	w.visit("/")
	w.arrive("/dang-nhap")
	w.focused("login") // a person sees the cursor before typing
	w.keys("canbo" + kb.Tab + testPassword + kb.Enter)
	w.arrive("/quy/HDT/")
	w.see("Năm phiếu gần nhất")
	w.alt("t")
	w.arrive("/quy/HDT/thu")
	w.focused("name")
	w.keys("hoa thanh" + kb.Enter + "1tr5") // faster than the list of people comes
	w.see("Một triệu năm trăm nghìn đồng")
	w.until(`document.querySelector("#name").value === "Nguyễn Thị Hoà"`)
	w.picture("thu-dien")
	w.keys(kb.Enter, chromedp.ModifierCtrl)
	w.arrive("/quy/HDT/bien-lai/PT-")
	w.see("Đã ghi vào sổ")
	sheet := eval[string](w, `location.pathname`)
	if kind := eval[string](w, `fetch(document.querySelector("[data-main]").href).then(r => r.arrayBuffer().then(
		b => r.status + " " + r.headers.get("content-type") + " " + new TextDecoder().decode(b.slice(0, 5))))`); kind != "200 application/pdf %PDF-" {
		t.Errorf("the print link answers %q", kind)
	}
	code := eval[string](w, `document.querySelector("main code").textContent`)

	anybody := b.open(t, "")
	anybody.visit("/b/HDT/" + code)
	anybody.see("HỢP LỆ")
	anybody.see("1.500.000 đ")
	if cookie := eval[string](anybody, `document.cookie`); cookie != "" {
		t.Error("the public page sets a cookie")
	}

	w.visit(sheet + "/huy")
	w.focused("reason")
	w.keys("Ghi nhầm người nộp")
	w.keys(kb.Enter, chromedp.ModifierCtrl)
	w.arrive("/quy/HDT/duyet/")
	w.see("Rút đề nghị")
	intent := eval[string](w, `location.pathname`)

	chief := b.open(t, site(b, "ketoantruong"))
	chief.visit("/")
	chief.see("Xem và quyết định")
	chief.visit(intent)
	chief.see("Ghi nhầm người nộp")
	chief.keys(kb.Enter, chromedp.ModifierCtrl)
	chief.arrive("/quy/HDT/bien-lai/")
	chief.see("Đã huỷ")
	anybody.visit("/b/HDT/" + code)
	anybody.see("ĐÃ HUỶ")

	w.visit("/quy/HDT/")
	w.keys(kb.Tab) // out of the quick field, so that "/" is a key and not a letter
	eval[bool](w, `(document.activeElement.blur(), true)`)
	w.keys("/")
	w.focused("tim")
	w.keys(kb.Escape)
	w.keys("gs")
	w.arrive("/quy/HDT/bien-lai")
	w.alt("n") // no form here: nothing happens
	w.alt("t")
	w.arrive("/quy/HDT/thu")
	w.focused("name")
	w.alt("n")
	w.focused("amount")
	w.keys("50k")
	w.keys(kb.Enter, chromedp.ModifierCtrl)
	w.arrive("/quy/HDT/bien-lai/PT-")
	w.see("Người ủng hộ không nêu tên")
	w.until(`!navigator.pdfViewerEnabled || document.querySelector("iframe")?.contentDocument !== null`)
	w.focused("in")
	w.keys("?")
	w.arrive("/phim")
}

func site(b *browser, login string) string { return b.site.tokens[login] }

// lookAtPages opens every page at three widths.
func lookAtPages(t *testing.T, b *browser) {
	t.Parallel()
	signedIn, nobody := b.open(t, site(b, "ketoan")), b.open(t, "")
	for _, p := range append(b.site.everyPage(), somePage{"dang-nhap", "/dang-nhap"}) {
		t.Run(p.name, func(t *testing.T) {
			w := &tab{t, signedIn.ctx, signedIn.url}
			if p.name == "dang-nhap" {
				w = &tab{t, nobody.ctx, nobody.url}
			}
			w.do(chromedp.EmulateViewport(1280, 900))
			w.visit(p.path)
			if got := w.violations(); got != "" {
				t.Errorf("axe at 1280 px:\n%s", got)
			}
			w.picture(p.name + "-1280")
			w.do(chromedp.EmulateViewport(390, 844))
			if got := w.sideways(); got != "" {
				t.Errorf("at 390 px it scrolls sideways: %s", got)
			}
			if got := w.violations(); got != "" {
				t.Errorf("axe at 390 px:\n%s", got)
			}
			w.picture(p.name + "-390")
			w.do(chromedp.EmulateViewport(640, 450, chromedp.EmulateScale(2)))
			if got := w.sideways(); got != "" {
				t.Errorf("at 1280 px and 200 %% it scrolls sideways: %s", got)
			}
			w.picture(p.name + "-zoom")
		})
	}
}

// walkWithoutScript records a gift for somebody new and has a receipt replaced, with plain forms.
func walkWithoutScript(t *testing.T, b *browser) {
	t.Parallel()
	w := b.open(t, site(b, "canbo"))
	w.script(false)
	w.visit("/quy/HDT/")
	w.do(chromedp.SendKeys(chromedp.CSS("#nhanh"), "Vũ Thị Lành"+kb.Enter))
	w.arrive("/quy/HDT/thu")
	w.see("Người mới: Vũ Thị Lành")
	w.do(chromedp.SendKeys(chromedp.CSS("#address"), "Thôn Đoài, xã Thanh Hải"),
		chromedp.SendKeys(chromedp.CSS("#amount"), "1.500"), chromedp.Click(chromedp.CSS("button.main")))
	w.see("đọc được hai cách")
	w.focused("loi")
	if typed := eval[string](w, `document.querySelector("#amount").value + "|" + document.querySelector("#address").value`); typed != "1.500|Thôn Đoài, xã Thanh Hải" {
		t.Errorf("what was typed became %q", typed)
	}
	w.picture("thu-loi-khong-script")
	w.do(chromedp.SetValue(chromedp.CSS("#amount"), "1.500.000"), chromedp.Click(chromedp.CSS("button.main")))
	w.arrive("/quy/HDT/bien-lai/PT-")
	w.see("Vũ Thị Lành")
	w.do(chromedp.Click(chromedp.CSS(`a[href$="viec=thay"]`)))
	w.see("Tên in trên phiếu mới")
	w.do(chromedp.SetValue(chromedp.CSS("#payer"), "Vũ Thị Lanh"), chromedp.SendKeys(chromedp.CSS("#reason"), "Sai dấu"),
		chromedp.Click(chromedp.CSS("button.main")))
	w.see("đổi thành: Vũ Thị Lanh")
	w.picture("de-nghi")
	intent := eval[string](w, `location.pathname`)

	chief := b.open(t, site(b, "ketoantruong"))
	chief.script(false)
	chief.visit(intent)
	chief.do(chromedp.Click(chromedp.CSS("button.main")))
	chief.arrive("/quy/HDT/bien-lai/PT-")
	chief.see("Đã thay thế")
	chief.do(chromedp.Click(chromedp.CSS(".top a")))
	chief.see("Vũ Thị Lanh")
	chief.see("Thay cho")
}

// dropPDF proves a good sheet and a void one, and is refused with another file.
func dropPDF(t *testing.T, b *browser) {
	t.Parallel()
	clerk := b.site.visitor(t, "ketoan")
	w := b.open(t, "")
	w.script(false)
	dir := t.TempDir()
	for what, says := range map[string]string{"valid": "HỢP LỆ", "void": "ĐÃ HUỶ", "": "CHƯA CHỨNG MINH ĐƯỢC"} {
		file := filepath.Join(dir, "phieu-"+what+".pdf")
		data := []byte("%PDF-1.3\n")
		if what != "" {
			data = []byte(clerk.get("/quy/HDT/bien-lai/" + b.site.sheets[what].Receipt.String() + "/in").body)
		}
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		w.do(chromedp.EmulateViewport(390, 844))
		w.visit("/tra-cuu")
		w.do(chromedp.SetUploadFiles(chromedp.CSS("#tep-phieu"), []string{file}), chromedp.Click(chromedp.CSS(`form[action="/tra-cuu/tep"] button`)))
		w.arrive("/tra-cuu/tep")
		w.see(says)
		w.script(true) // for axe
		if got := w.violations(); got != "" {
			t.Errorf("%s: axe:\n%s", says, got)
		}
		if got := w.sideways(); got != "" {
			t.Errorf("%s: it scrolls sideways: %s", says, got)
		}
		w.picture("tep-" + what)
		w.script(false)
	}
}

func TestNothingOfAPageLiesElsewhere(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"app.css", "app.js"} {
		body, err := staticFiles.ReadFile("static/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(body, []byte("http://")) || bytes.Contains(body, []byte("https://")) {
			t.Errorf("%s names another host", name)
		}
	}
}
