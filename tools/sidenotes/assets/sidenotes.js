// Conveniences. Every page can be read, and its contents opened, without this script.
//
// `c` opens and closes the contents, Escape and a click on an entry close them.
// Rows of one definition scroll sideways together, so that indentation stays what it is, and the
// keyboard reaches those that do scroll.
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
  };
  // With instant navigation, Material puts the next page in the place of this one, and says so.
  if (window.document$?.subscribe) window.document$.subscribe(begin);
  else begin();

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
