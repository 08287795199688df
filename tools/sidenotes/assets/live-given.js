// What an algorithm that runs is given: the kinds of it, numbers that are turned like a knob, and a
// curve that is drawn by hand. See live.js.
(() => {
  // Noise is drawn from the same seed in each browser: mulberry32 by T. Ettinger, and the method of
  // Box and Muller.
  const drawing = (seed) => () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let x = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    x ^= x + Math.imul(x ^ (x >>> 7), 61 | x);
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
  };
  const normal = (draw) => Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());

  // Each kind asks for at most two numbers: page/live/controls.py says which.
  const kinds = (given, typed) => {
    const steps = given.map((_, i) => i);
    const list = () => typed().split(/[\s,;]+/).filter(Boolean).map(Number);
    return {
      drawn: () => given,
      constant: (size) => steps.map(() => size),
      alternating: (size) => steps.map((i) => (i % 2 ? -size : size)),
      noise: (mean, deviation) => {
        const draw = drawing(1);
        return steps.map(() => mean + deviation * normal(draw));
      },
      step: (from, to) => steps.map((i) => (2 * i < steps.length ? from : to)),
      spike: (size, at) => steps.map((i) => (i + 1 === at ? size : 0)),
      growing: (size, by) => steps.map((i) => size * (1 + by / 100) ** i),
      hand: list,
      typed: list,
    };
  };

  // ## Numbers that are turned
  //
  // A tenth of a power of ten at a time; what is near 1 goes nearer to it, and never past it.
  const turned = (x, by, below) => {
    if (below && x >= 0.5 && x < 1) return +(1 - ((1 - x) * 10 ** -by).toPrecision(3)).toPrecision(12);
    return +(x === 0 ? Math.max(0, by) * 1e-3 : x * 10 ** by).toPrecision(4);
  };
  const turn = (input, by) => {
    const x = Number(input.value);
    if (!Number.isFinite(x) || input.value.trim() === "") return;
    input.value = turned(x, by, input.name.includes("number."));
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const knobs = (form) => {
    form.addEventListener("keydown", (event) => {
      const by = { ArrowUp: 0.1, ArrowDown: -0.1 }[event.key];
      if (!by || !event.target.closest("label")?.querySelector(".sn-live-turn")) return;
      turn(event.target, by);
      event.preventDefault();
    });
    form.addEventListener("pointerdown", (event) => {
      const knob = event.target.closest(".sn-live-turn");
      if (!knob || event.button) return;
      const input = knob.parentNode.querySelector("input");
      let from = event.clientX;
      knob.setPointerCapture(event.pointerId);
      event.preventDefault();
      const move = ({ clientX }) => {
        const by = Math.trunc((clientX - from) / 6);
        if (by) turn(input, by / 10), (from += 6 * by);
      };
      knob.addEventListener("pointermove", move);
      knob.addEventListener("lostpointercapture", () => knob.removeEventListener("pointermove", move), { once: true });
    });
  };

  // ## By hand
  //
  // `box` shows the course of what is given in its upper part, from -high to high. What is drawn is
  // typed into the field for numbers, so that it stands in the address and can be read.
  const hand = (box, panel) => {
    let last = null;
    const on = () => panel.kind() === "hand";
    const high = () => Math.abs(Number(panel.field("first").value)) || 1;
    const put = (i, value) => {
      const list = [...panel.given()];
      const [from, start] = last ?? [i, value], way = Math.sign(i - from);
      // A quick stroke passes over steps.
      for (let at = from; ; at += way) {
        list[at] = at === i ? value : start + ((value - start) * (at - from)) / (i - from);
        if (at === i) break;
      }
      last = [i, value];
      panel.typed(list.map((x) => String(+x.toPrecision(3))).join(" "));
      panel.go(i);
    };
    const stroke = (event) => {
      const { left, top, width, height } = box.getBoundingClientRect(), size = panel.given().length;
      const part = Math.min(1, Math.max(0, (event.clientX - left - 4) / (width - 8)));
      const down = Math.min(1, Math.max(0, ((event.clientY - top) / height - panel.upper[0]) / panel.upper[1]));
      put(Math.round(part * (size - 1)), +(high() * (1 - 2 * down)).toPrecision(3));
    };
    box.addEventListener("pointerdown", (event) => {
      if (!on() || event.button) return;
      box.setPointerCapture(event.pointerId);
      last = null;
      stroke(event);
      event.preventDefault();
      box.focus();
    });
    box.addEventListener("pointermove", (event) => on() && box.hasPointerCapture(event.pointerId) && stroke(event));
    box.addEventListener("keydown", (event) => {
      const i = panel.shown(), size = panel.given().length;
      const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key], by = { ArrowUp: 1, ArrowDown: -1, PageUp: 5, PageDown: -5 }[event.key];
      if (!on() || !(way || by)) return;
      event.preventDefault();
      last = null;
      if (way) return panel.go(Math.min(size - 1, Math.max(0, i + way)));
      put(i, Math.min(high(), Math.max(-high(), +(panel.given()[i] + (by * high()) / 20).toPrecision(3))));
    });
    // It is a slider for those who do not see it, while it can be drawn.
    return () => {
      const i = panel.shown();
      if (!on()) return ["role", "tabindex", "aria-valuenow", "aria-label"].forEach((name) => box.removeAttribute(name)), box.setAttribute("aria-hidden", "true");
      box.removeAttribute("aria-hidden");
      const said = { role: "slider", tabindex: 0, "aria-label": `Given in step ${i + 1}: draw, or use the arrow keys`, "aria-valuenow": panel.given()[i], "aria-valuemin": -high(), "aria-valuemax": high() };
      for (const [name, value] of Object.entries(said)) box.setAttribute(name, value);
    };
  };

  Object.assign((globalThis.sidenotesParts ??= {}), { kinds, knobs, hand });
})();
