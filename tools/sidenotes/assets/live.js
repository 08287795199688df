// The panel in which the algorithm of a page runs: see page/live/. A change of what is set makes all
// steps anew, with evaluator.js; the slider only shows another of them. Nothing plays by itself.
//
// The setting stands in the address, as far as it is not the page's own, so that a link restores it.
globalThis.sidenotesLive = (section) => {
  if (section.live) return;
  section.live = true;
  const { name: title, program, numbers, flags, start, given, step: first } = JSON.parse(section.dataset.live);
  const find = (words) => section.querySelector(words);
  const form = find("form"), fields = form.elements, said = find(".sn-live-said"), count = find("output"), play = find(".sn-live-play");
  const rows = [...section.querySelectorAll("tr")].map((row) => ({ row, number: +row.dataset.row, cell: row.lastElementChild }));
  const field = (name) => fields.namedItem(name);
  const slider = field("step"), kind = field("kind");

  // ## What is given
  //
  // Each kind has at most two numbers: what they are, and what they are at first. Noise is drawn from
  // the same seed in each browser: mulberry32 by T. Ettinger, and the method of Box and Muller.
  const drawing = (seed) => () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let x = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    x ^= x + Math.imul(x ^ (x >>> 7), 61 | x);
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
  };
  const normal = (draw) => Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
  const steps = given.map((_, i) => i);
  const kinds = {
    drawn: [{}, () => given],
    constant: [{ size: 1 }, (size) => steps.map(() => size)],
    alternating: [{ size: 1 }, (size) => steps.map((i) => (i % 2 ? -size : size))],
    noise: [{ mean: 0.5, deviation: 1 }, (mean, deviation) => {
      const draw = drawing(1);
      return steps.map(() => mean + deviation * normal(draw));
    }],
    step: [{ from: -1, to: 1 }, (from, to) => steps.map((i) => (2 * i < steps.length ? from : to))],
    spike: [{ size: 1, "at step": 20 }, (size, at) => steps.map((i) => (i + 1 === at ? size : 0))],
    growing: [{ first: 0.1, "by %": 11 }, (size, by) => steps.map((i) => size * (1 + by / 100) ** i)],
    typed: [{}, () => field("typed").value.split(/[\s,;]+/).filter(Boolean).map(Number)],
  };
  const pair = ["first", "second"];
  // The fields of the kind that is chosen.
  const choose = () => {
    const asked = Object.entries(kinds[kind.value][0]);
    pair.forEach((name, i) => {
      const label = field(name).parentNode;
      label.hidden = !asked[i];
      if (!asked[i]) return;
      label.firstChild.textContent = asked[i][0];
      field(name).value = asked[i][1];
    });
    field("typed").hidden = kind.value !== "typed";
  };

  // ## All steps
  let made = [], states = [], gradients = [], shown = first - 1, chosen = rows.at(-1);
  // The symbol whose course a row shows: the last that it assigns.
  const courses = new Map([[program.loop, program.given ?? program.counter]]);
  const note = (statements) => {
    for (const { row, set, then, else: otherwise } of statements) {
      if (set) courses.set(row, set.at(-1)[0]);
      else note([...then, ...otherwise]);
    }
  };
  note([...program.before, ...program.body]);
  const known = (input) => {
    const number = input.value.trim() === "" ? NaN : Number(input.value);
    input.setAttribute("aria-invalid", !Number.isFinite(number));
    if (!Number.isFinite(number)) throw new Error(`${input.getAttribute("aria-label") ?? input.parentNode.textContent} is not a number`);
    return number;
  };
  const compute = () => {
    const values = { ...start };
    for (const { name, symbols } of numbers) {
      const number = known(field(`number.${name}`));
      for (const symbol of symbols) values[symbol] = number;
    }
    for (const [symbol, { name }] of Object.entries(flags)) values[symbol] = field(`flag.${name}`).checked;
    const [asked, make] = kinds[kind.value];
    const list = make(...Object.keys(asked).map((_, i) => known(field(pair[i]))));
    if (!list.length || list.length > 400 || !list.every(Number.isFinite)) throw new Error("Numbers with spaces between, 400 at most");
    let { state, made: above } = sidenotesEvaluator.start(program, values);
    states = [];
    made = list.map((number) => {
      const next = sidenotesEvaluator.step(program, state, number);
      states.push((state = next.state));
      return new Map([...above, ...next.made]);
    });
    gradients = list;
  };

  // ## One step
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
  const show = () => {
    const now = made[shown], before = made[shown - 1];
    count.value = `step ${shown + 1} of ${made.length}`;
    for (const { row, number, cell } of rows) {
      const values = now.get(number), old = before?.get(number);
      const text = values ? values.map(words).join(", ") : "";
      if (cell.textContent !== text) cell.textContent = text;
      row.classList.toggle("sn-idle", !values);
      row.classList.toggle("sn-switched", !!before && !values !== !old);
      row.classList.toggle("sn-changed", !!before && String(values) !== String(old));
    }
    if (mark) mark.setAttribute("x1", across(shown)), mark.setAttribute("x2", across(shown));
  };

  // ## Curves: what is given, and the symbol of the chosen row
  const WIDTH = 320, HIGH = 44;
  const curves = find(".sn-live-curves");
  let mark;
  const across = (i) => (made.length > 1 ? (i / (made.length - 1)) * (WIDTH - 8) + 4 : WIDTH / 2).toFixed(1);
  const svg = (tag, attributes) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };
  const course = (list, top, name) => {
    const finite = list.filter(Number.isFinite), low = Math.min(0, ...finite), high = Math.max(0, ...finite);
    // A row that makes numbers near each other is not drawn from zero.
    const near = name === "sn-made" && finite.length && Math.max(...finite) - Math.min(...finite) < (high - low) / 4;
    const [least, most] = near ? [Math.min(...finite), Math.max(...finite)] : [low, high];
    const down = (x) => (top + HIGH - 3 - ((x - least) / (most - least || 1)) * (HIGH - 6)).toFixed(1);
    const path = list.map((x, i) => Number.isFinite(x) ? `${Number.isFinite(list[i - 1]) ? "L" : "M"}${across(i)} ${down(x)}` : "").join("");
    const parts = [svg("path", { d: path || "M0 0", class: name })];
    if (least <= 0 && most >= 0) parts.unshift(svg("path", { d: `M0 ${down(0)}H${WIDTH}`, class: "sn-zero" }));
    return parts;
  };
  const draw = () => {
    const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${2 * HIGH + 8}`, preserveAspectRatio: "none" });
    mark = svg("line", { y1: 0, y2: 2 * HIGH + 8, class: "sn-now" });
    const own = states.map((state) => state.get(courses.get(chosen.number)) ?? NaN);
    picture.append(...course(gradients, 0, "sn-given"), ...course(own, HIGH + 8, "sn-made"), mark);
    curves.replaceChildren(picture);
    for (const each of rows) each.row.classList.toggle("sn-chosen", each === chosen);
  };

  // ## The address
  const ours = () => [...fields].filter((input) => input.name && !input.closest("[hidden]"));
  const at = (input) => (input.type === "checkbox" ? String(+input.checked) : input.value);
  const initial = Object.fromEntries(ours().map((input) => [input.name, at(input)]));
  let waiting = 0;
  const keep = () => {
    const search = new URLSearchParams(), all = new URLSearchParams(location.search);
    for (const [name, value] of all) if (!/^(live|kind|first|second|typed|step|number\..*|flag\..*)$/.test(name)) search.append(name, value);
    const set = ours().filter((input) => at(input) !== initial[input.name]);
    if (set.length) search.set("live", title);
    for (const input of set) search.set(input.name, at(input));
    const text = String(search);
    try {
      history.replaceState(history.state, "", `${location.pathname}${text && `?${text}`}${set.length ? `#${section.id}` : location.hash}`);
    } catch {
      // A browser may not allow it for a file on the disk, or so often.
    }
  };
  const restore = () => {
    const search = new URLSearchParams(location.search);
    if (search.get("live") !== title) return;
    const put = (names) => {
      for (const name of names) {
        const input = field(name), value = search.get(name);
        if (!input || value === null) continue;
        if (input.type === "checkbox") input.checked = value === "1";
        else input.value = value;
      }
    };
    put(["kind"]);
    if (!kinds[kind.value]) kind.value = "drawn";
    choose();
    put([...search.keys()].filter((name) => name !== "kind"));
    shown = Math.max(0, Math.round(Number(search.get("step") ?? first)) - 1 || 0);
  };

  // ## The reader
  const renew = () => {
    try {
      compute();
      said.textContent = "";
    } catch (error) {
      return void (said.textContent = error.message);
    }
    slider.max = made.length;
    shown = Math.min(shown, made.length - 1);
    slider.value = shown + 1;
    draw();
    show();
  };
  let frame = 0, playing = 0;
  const go = (to) => {
    shown = to;
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(show);
  };
  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(keep, 300);
  };
  const stop = () => {
    clearInterval(playing);
    playing = 0;
    play.setAttribute("aria-label", "Play");
    play.classList.remove("sn-plays");
  };
  play.addEventListener("click", () => {
    if (playing) return stop();
    if (shown + 1 >= made.length) shown = -1;
    play.setAttribute("aria-label", "Pause");
    play.classList.add("sn-plays");
    playing = setInterval(() => {
      if (!section.isConnected || document.hidden || shown + 1 >= made.length) return stop();
      slider.value = shown + 2;
      go(shown + 1);
      later();
    }, 450);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", ({ target }) => {
    if (target === slider) {
      stop();
      go(slider.value - 1);
    } else {
      if (target === kind) {
        if (kind.value === "typed") field("typed").value ||= gradients.map((x) => +x.toPrecision(4)).join(" ");
        choose();
      }
      renew();
    }
    later();
  });
  for (const kindOfEvent of ["pointerover", "click"]) {
    section.querySelector("table").addEventListener(kindOfEvent, ({ target }) => {
      const found = rows.find(({ row }) => row === target.closest("tr"));
      if (!found || found === chosen || !courses.has(found.number)) return;
      chosen = found;
      draw();
      show();
    });
  }

  find("fieldset").disabled = false;
  restore(), renew();
};
