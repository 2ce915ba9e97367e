// Keys and small conveniences. Every task works without this file. Nothing here acts while an input method is
// composing, changes what is being typed, or sends anything but what a button would.
"use strict";
(() => {
  const typing = (el) => el && (el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName));
  const visible = (el) => el && el.getClientRects().length > 0;
  const first = (selector, root) => [...(root || document).querySelectorAll(selector)].find(visible);
  let waitsForLetter = 0;

  // Ctrl+Enter: the main action of the form the cursor is in, else of the page.
  const mainAction = (from) => first("[data-main]", from.closest && from.closest("form")) || first("[data-main]");

  // Enter in the name: the first person of the list, and on to the amount. The list may still be on its way, or
  // belong to what was typed before: then the pick waits for the right one.
  let pickIsDue = false;
  const pickFirst = (form) => {
    const list = form.querySelector("#matches [data-for]");
    const name = form.elements.name;
    pickIsDue = !list || list.dataset.for !== name.value.trim();
    if (pickIsDue) return;
    const radio = list.querySelector("input:checked") || list.querySelector("input");
    radio.checked = true;
    if (radio.dataset.name) name.value = list.dataset.for = radio.dataset.name;
  };
  document.addEventListener("htmx:afterSwap", (e) => {
    if (e.target.id === "matches" && pickIsDue) pickFirst(e.target.closest("form"));
  });
  document.addEventListener("input", (e) => { if (e.target.id === "name") pickIsDue = false; });
  const next = (form) => {
    const to = first("#amount", form) || first(".goods input", form);
    if (to) to.focus();
  };

  // Alt+N is the browser's own access key of "no name given"; the cursor then goes on to the amount. Arrow keys
  // among the choices click as well, and stay where they are.
  let altN = 0;
  document.addEventListener("click", (e) => {
    if (e.target.id === "giver-anonymous" && Date.now() - altN < 500) next(e.target.form);
  });

  document.addEventListener("keydown", (e) => {
    if (e.isComposing || e.keyCode === 229) return;
    const el = e.target;
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) {
      const main = mainAction(el);
      if (main) { e.preventDefault(); main.click(); }
      return;
    }
    if (e.altKey && e.code === "KeyN") { altN = Date.now(); return; }
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === "Enter" && el.id === "name" && el.form && el.form.matches("[data-gift]")) {
      e.preventDefault();
      if (el.value.trim()) pickFirst(el.form);
      next(el.form);
      return;
    }
    if (e.key === "Escape" && typing(el)) { el.blur(); return; }
    if (typing(el)) return;
    if (Date.now() - waitsForLetter < 1500) {
      waitsForLetter = 0;
      const link = first(`[data-go="${CSS.escape(e.key.toLowerCase())}"]`);
      if (link) { e.preventDefault(); link.click(); }
      return;
    }
    if (e.key === "/") { const box = first("[data-search]"); if (box) { e.preventDefault(); box.focus(); } }
    else if (e.key === "g") waitsForLetter = Date.now();
    else if (e.key === "?") location.href = "/phim";
  });

  // Enter in these two fields sends nothing: a sum is booked by the main button, or by Ctrl+Enter.
  document.addEventListener("keypress", (e) => {
    const quiet = e.target.id === "name" || e.target.id === "amount";
    if (e.key === "Enter" && !e.ctrlKey && quiet && e.target.closest("[data-gift]")) e.preventDefault();
  });

  // Just recorded: open the print box over this page. The link stays for browsers that show no PDF in a frame.
  const print = document.querySelector("[data-print]");
  if (print && navigator.pdfViewerEnabled) {
    const frame = document.createElement("iframe");
    frame.className = "quiet-frame";
    frame.title = "Phiếu để in";
    frame.tabIndex = -1;
    frame.addEventListener("load", () => {
      try { frame.contentWindow.print(); } catch { /* no print box: the link is there */ }
      print.focus();
    });
    frame.src = print.href;
    document.body.append(frame);
    // The note is shown once: going back or loading again prints nothing.
    history.replaceState(null, "", location.pathname);
  }
})();
