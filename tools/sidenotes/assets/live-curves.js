// Courses of symbols over the steps, of an algorithm that runs: in the panel, and beside the pointer.
// See live.js.
(() => {
  const svg = (tag, attributes) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };
  // As page/live/numbers.py writes them.
  const raised = (text) => text.replace(/./g, (sign) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[sign] ?? "⁻");
  const words = (x) => {
    if (!Number.isFinite(x)) return String(x).replace("Infinity", "∞").replace("NaN", "not a number");
    let text = String(+x.toPrecision(4));
    if (x && !(Math.abs(x) >= 1e-3 && Math.abs(x) < 1e5)) {
      const [mantissa, exponent] = x.toExponential(3).split("e");
      text = `${+mantissa}·10${raised(exponent.replace("+", ""))}`;
    }
    return text.replaceAll("-", "−");
  };

  // Each in its box of `width` by `high`, from the top: `lists` are drawn over each other, in one
  // scale. What is near itself and far from zero is not drawn from zero, and `limits` may be given.
  const strip = ({ lists, names, width, high, top = 0, limits }) => {
    const finite = lists.flat().filter(Number.isFinite);
    const low = Math.min(...finite), most = Math.max(...finite);
    const far = most - low < (Math.max(0, most) - Math.min(0, low)) / 4;
    const [least, greatest] = limits ?? (finite.length ? (far && most > low ? [low, most] : [Math.min(0, low), Math.max(0, most)]) : [0, 1]);
    const down = (x) => (top + high - 3 - ((Math.max(least, Math.min(greatest, x)) - least) / (greatest - least || 1)) * (high - 6)).toFixed(1);
    const parts = lists.map((list, n) => {
      const across = (i) => (list.length > 1 ? (i / (list.length - 1)) * (width - 8) + 4 : width / 2).toFixed(1);
      const path = list.map((x, i) => (Number.isFinite(x) ? `${Number.isFinite(list[i - 1]) ? "L" : "M"}${across(i)} ${down(x)}` : "")).join("");
      return svg("path", { d: path || "M0 0", class: names[n] });
    });
    if (least <= 0 && greatest >= 0) parts.unshift(svg("path", { d: `M0 ${down(0)}H${width}`, class: "sn-zero" }));
    return { parts, range: finite.length ? [low, most] : null };
  };
  const picture = (width, height, parts) => {
    const made = svg("svg", { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none" });
    made.append(...parts);
    return made;
  };

  // ## Beside the pointer
  //
  // `course` gives the values of a symbol, or nothing; `now` is the step that is shown.
  const tip = (block, course, now) => {
    const box = Object.assign(document.createElement("div"), { className: "sn-tip", popover: "manual" });
    box.setAttribute("role", "tooltip");
    // In the block, so that it has the page's own letters.
    block.append(box);
    const hide = () => box.matches(":popover-open") && box.hidePopover();
    const show = (target) => {
      const lists = course(target.dataset.symbol), i = now();
      if (!lists || !Number.isFinite(lists[0][i])) return hide();
      const { parts, range } = strip({ lists, names: ["sn-made", "sn-other"], width: 160, high: 52 });
      const at = (lists[0].length > 1 ? (i / (lists[0].length - 1)) * 152 + 4 : 80).toFixed(1);
      parts.push(svg("line", { x1: at, x2: at, y1: 0, y2: 52, class: "sn-now" }));
      const text = document.createElement("p");
      text.textContent = `${lists.map((list) => words(list[i])).join(" | ")} in step ${i + 1}; ${range[0] === range[1] ? "always the same" : `${words(range[0])} to ${words(range[1])}`}`;
      box.replaceChildren(picture(160, 52, parts), text);
      if (!box.matches(":popover-open")) box.showPopover();
      const { left, bottom, top } = target.getBoundingClientRect(), { offsetWidth: width, offsetHeight: height } = box;
      box.style.left = `${Math.max(6, Math.min(left, document.documentElement.clientWidth - width - 6))}px`;
      box.style.top = `${bottom + 8 + height < innerHeight ? bottom + 8 : top - height - 8}px`;
    };
    // A pointer that only passes by shows nothing.
    let waiting = 0;
    const find = (event) => {
      const target = event.target.closest?.("[data-symbol]");
      clearTimeout(waiting);
      if (!target || !block.contains(target)) return hide();
      waiting = setTimeout(show, event.type === "pointerover" ? 250 : 0, target);
    };
    for (const kind of ["pointerover", "pointerdown", "focusin"]) document.addEventListener(kind, find);
    document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
    addEventListener("scroll", hide, { passive: true });
  };

  Object.assign((globalThis.sidenotesParts ??= {}), { svg, words, strip, picture, tip });
})();
