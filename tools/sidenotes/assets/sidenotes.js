// Conveniences. Every page can be read, and its contents opened, without this script.
//
// `c` opens and closes the contents, Escape and a click on an entry close them.
// Rows of one definition scroll sideways together, so that indentation stays what it is, and the
// keyboard reaches those that do scroll.
//
// Buttons copy a file, a definition and the BibTeX entries. A selection that begins in the code
// takes code alone, and one that begins in the notes takes none.
(() => {
  const toggle = () => document.getElementById("sn-contents");
  const typing = (el) => el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName) && el.id !== "sn-contents";

  document.addEventListener("keydown", (event) => {
    const box = toggle();
    if (!box || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "c") box.checked = !box.checked;
    if (event.key === "Escape") box.checked = false;
  });

  document.addEventListener("click", (event) => {
    const box = toggle();
    if (box && event.target.closest(".md-sidebar a[href]")) box.checked = false;
  });

  const reach = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
    }
  });
  const begin = () => {
    reach.disconnect();
    for (const pre of document.querySelectorAll(".sn-code > pre")) reach.observe(pre);
    document.body.append(status);
    for (const carried of document.querySelectorAll(".sn-source")) offer(carried);
  };
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
    let timer = 0;
    const say = (words) => {
      // What stands beside it stays where it is.
      made.style.minWidth ||= `${made.offsetWidth}px`;
      made.dataset.label = words || label;
      status.textContent = words;
    };
    made.addEventListener("click", async () => {
      say((await copy(text())) ? "Copied" : "The browser did not allow it");
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
    if (block.querySelector(".sn-copy")) return;
    const source = JSON.parse(carried.dataset.file);
    const row = block.querySelector(".sn-actions");
    const whole = source.whole ?? source.lines.join("");
    row?.prepend(button("Copy file", "Copy file", () => whole));
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

  begin();
  // With instant navigation, Material puts the next page in the place of this one, and says so.
  window.document$?.subscribe?.(begin);

  let leader = null;
  document.addEventListener("scroll", (event) => {
    const pre = event.target;
    const block = pre.matches?.(".sn-code > pre") && pre.closest(".sn-def");
    if (!block || (leader && leader !== pre)) return;
    leader = pre;
    for (const other of block.querySelectorAll(".sn-code > pre")) {
      if (other !== pre) other.scrollLeft = pre.scrollLeft;
    }
    requestAnimationFrame(() => requestAnimationFrame(() => (leader = null)));
  }, { capture: true, passive: true });
})();
