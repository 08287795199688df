// Conveniences. Every page can be read, and what it folds or lists opens, without this script.
//
// A symbol that is pointed at, tapped, or reached with the keyboard lights up everywhere; one does
// so once, to show that they can. `c` opens and closes the contents.
//
// A formula that is wider than its place fades at the edge, and the keyboard reaches it.
//
// Buttons copy a file, a definition and the BibTeX entries. A selection that begins in the code
// takes code alone, and one that begins in the notes takes none.
(() => {
  const content = () => document.querySelector("article") ?? document.body;
  let begun;
  const begin = () => {
    begun = content();
    lit = [];
    watch();
    document.fonts.ready.then(watch);
    for (const carried of document.querySelectorAll(".sn-source")) offer(carried);
    for (const link of document.querySelectorAll("a.sn-takes")) takes(link);
    for (const panel of document.querySelectorAll(".sn-live")) near.observe(panel);
    unfold();
    show();
  };

  // ## Symbols

  let lit = [], waiting = 0;
  const light = (symbol) => {
    if (symbol === lit.symbol) return;
    for (const element of lit) element.classList.remove("sn-lit");
    lit = symbol ? [...document.querySelectorAll(`[data-symbol="${CSS.escape(symbol)}"]`)] : [];
    lit.symbol = symbol;
    for (const element of lit) element.classList.add("sn-lit");
  };
  for (const kind of ["pointerover", "pointerdown", "focusin"]) {
    document.addEventListener(kind, (event) => {
      clearTimeout(waiting);
      light(event.target.closest?.("[data-symbol]")?.dataset.symbol);
    });
  }

  // Once in a visit, in the rows that a page begins with, and not where motion is unwelcome.
  const show = () => {
    const symbol = document.querySelector(".sn-first .sn-code [data-symbol]")?.dataset.symbol;
    if (!symbol || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    try {
      if (sessionStorage.getItem("sn-lit")) return;
      sessionStorage.setItem("sn-lit", "1");
    } catch {
      // Where nothing can be stored, each page does.
    }
    waiting = setTimeout(() => {
      light(symbol);
      waiting = setTimeout(light, 1600);
    }, 700);
  };

  // ## What opens

  const typing = (el) => el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "c" || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    document.getElementById("sn-contents")?.togglePopover();
  });
  document.addEventListener("click", (event) => {
    event.target.closest("#sn-contents a[href]")?.closest("[popover]").hidePopover();
  });

  // A link to a line leads into what is folded.
  const unfold = () => {
    let name = "";
    try {
      name = decodeURIComponent(location.hash.slice(1));
    } catch {
      return;
    }
    const target = name && document.getElementById(name);
    if (!target) return;
    for (let at = target; (at = at.parentElement?.closest("details")); ) at.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", unfold);
  addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll(".sn-body details")) details.open = true;
  });

  // ## Wide formulas

  // Two pixels are no loss.
  const fade = (box) => box.classList.toggle("sn-cut", box.scrollLeft + box.clientWidth < box.scrollWidth - 2);
  const reach = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (target.scrollWidth > target.clientWidth + 2) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
      fade(target);
    }
  });
  // A face that comes late makes a formula wider, and not its place.
  const watch = () => (reach.disconnect(), document.querySelectorAll(".sn-display").forEach((box) => reach.observe(box)));
  document.addEventListener("scroll", ({ target }) => {
    if (target.matches?.(".sn-display")) fade(target);
  }, { capture: true, passive: true });

  // ## Copying

  const status = Object.assign(document.createElement("div"), { className: "sn-status", role: "status" });

  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // There is no such object where the page came neither from this machine nor through https.
      let given = false;
      const give = (event) => {
        event.clipboardData.setData("text/plain", text);
        event.preventDefault();
        event.stopImmediatePropagation();
        given = true;
      };
      document.addEventListener("copy", give, true);
      const done = document.execCommand("copy");
      document.removeEventListener("copy", give, true);
      return done && given;
    }
  };

  // What it says stands in attributes: as text it would be a part of the code.
  const button = (label, name, text) => {
    const made = Object.assign(document.createElement("button"), { type: "button", className: "sn-copy" });
    made.dataset.label = label;
    made.setAttribute("aria-label", name);
    return activate(made, text);
  };

  const activate = (made, text) => {
    const label = made.dataset.label;
    let timer = 0;
    const say = (words) => {
      // What stands beside it stays where it is.
      made.style.minWidth ||= `${made.offsetWidth}px`;
      made.dataset.label = words || label;
      // Heard only if it is on the page a little before.
      setTimeout(() => (status.textContent = words), 100);
    };
    made.addEventListener("click", async () => {
      // Not sooner: a child of the body makes the browser compute the style of the whole page.
      if (!status.isConnected) document.body.append(status);
      say((await copy(await text())) ? "Copied" : "The browser did not allow it");
      clearTimeout(timer);
      timer = setTimeout(say, 2500, "");
    });
    return made;
  };

  // The lines of a definition, less the indentation of its first. Lines within a string keep theirs.
  const definition = ({ first, lines, strings }, from, to) => {
    const margin = lines[from - first].search(/[^ \t]/);
    const line = (text, i) => strings.includes(from + i) ? text : text.slice(Math.min(margin, text.search(/[^ \t]|$/)));
    return lines.slice(from - first, to - first + 1).map(line).join("");
  };

  const offer = (carried) => {
    const block = carried.closest(".sidenotes");
    if (block.querySelector(".sn-copy:enabled")) return;
    const source = JSON.parse(carried.dataset.file);
    const row = block.querySelector(".sn-actions");
    const whole = source.whole ?? source.lines.join("");
    const copier = row?.querySelector(".sn-whole");
    if (copier) activate(copier, () => whole).disabled = false;
    const download = row?.querySelector("a[download]");
    // From the disk a browser opens a file, whatever the link says; but it saves what is on the page.
    if (download && location.protocol === "file:" && source.utf8) download.href = URL.createObjectURL(new Blob([whole]));
    const cited = row?.querySelector(".sn-cite > pre");
    cited?.after(button("Copy", "Copy BibTeX", () => cited.textContent));
    for (const [anchor, name, from, to] of source.definitions) {
      const number = document.getElementById(anchor)?.firstChild;
      number?.after(button("Copy", `Copy ${name}`, () => definition(source, from, to)));
    }
  };

  // Beside a link to a file, a button that copies it. From the disk, no script can read a file.
  const takes = (link) => {
    if (location.protocol === "file:" || link.nextElementSibling?.matches(".sn-copy")) return;
    link.after(button("Copy file", `Copy ${link.getAttribute("download")}`, async () => (await fetch(link.href)).text()));
  };

  // ## Selecting

  const within = (node, columns) => (node?.closest ? node : node?.parentElement)?.closest(columns);
  const startIn = (node) => {
    const code = within(node, ".sn-code");
    document.documentElement.classList.toggle("sn-from-code", !!code);
    document.documentElement.classList.toggle("sn-from-notes", !code && !!within(node, ".sidenotes"));
  };
  let pressed = false;
  document.addEventListener("pointerdown", (event) => {
    pressed = event.button === 0;
    // With Shift the selection that is there grows.
    if (pressed && !event.shiftKey) startIn(event.target);
  });
  for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => (pressed = false));
  // A press beside a text begins in that text.
  document.addEventListener("selectionchange", () => pressed && startIn(getSelection().anchorNode));
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "a") startIn(null);
  }, true);

  // Rows and their margins would add lines of their own. Of several lines the first is taken with its
  // indentation, even if the pointer began within it.
  const code = (range) => {
    let text = "", box = null, indentation = null;
    for (const line of document.querySelectorAll(".sn-line")) {
      if (!range.intersectsNode(line)) continue;
      const part = document.createRange();
      part.selectNodeContents(line);
      part.setStartAfter(line.querySelector(".sn-num"));
      const whole = part.cloneRange();
      if (part.compareBoundaryPoints(Range.START_TO_START, range) < 0) part.setStart(range.startContainer, range.startOffset);
      if (part.compareBoundaryPoints(Range.END_TO_END, range) > 0) part.setEnd(range.endContainer, range.endOffset);
      if (part.collapsed) continue;
      const own = line.closest(".sn-code");
      if (text && own !== box) text += "\n".repeat(own.dataset.blank ?? 0);
      box = own;
      indentation ??= `${whole}`.slice(0, -1 * `${part}`.length);
      text += part;
    }
    return /\n./s.test(text) && !indentation.trim() ? indentation + text : text;
  };
  document.addEventListener("copy", (event) => {
    const selection = getSelection();
    if (selection.isCollapsed || !within(selection.anchorNode, ".sn-code")) return;
    const ranges = Array.from({ length: selection.rangeCount }, (_, i) => selection.getRangeAt(i));
    event.clipboardData.setData("text/plain", ranges.map(code).join(""));
    event.preventDefault();
  });

  // ## Algorithms that run: what they need is fetched when the reader comes near, or follows a link
  const home = document.currentScript?.src;
  const fetched = (name) => new Promise((onload, onerror) => {
    document.head.append(Object.assign(document.createElement("script"), { src: new URL(name, home), async: false, onload, onerror }));
  });
  const PARTS = ["evaluator.js", ..."given beside run curves steps address".split(" ").map((part) => `live-${part}.js`), "live.js"];
  let scripts;
  const near = new IntersectionObserver(async (entries) => {
    for (const { target } of entries.filter((entry) => entry.isIntersecting)) {
      near.unobserve(target);
      await (scripts ??= Promise.all(PARTS.map(fetched)));
      sidenotesLive(target, { fetched, watch });
    }
  }, { rootMargin: "200px" });

  begin();
  // With instant navigation, Material puts the next page in the place of this one, and says so; mostly of the first, too.
  window.document$?.subscribe?.(() => begun === content() || begin());
})();
