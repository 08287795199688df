// Optimizers on surfaces: tools/experiments/surfaces puts the data on the page. The algorithms are
// those that `sidenotes check` has compared with the code, and the surfaces the formulas that are
// printed; evaluator.js computes both. Nothing plays by itself.
(() => {
  const SIDE = 600, CELLS = 48, LEVELS = 18;
  const NUMBERS = /^(step|x|y|.*\.lr)$/;
  const { start: begin, step: pass, value } = globalThis.sidenotesEvaluator;

  // Where an optimizer goes: each coordinate is a parameter of its own.
  const course = ({ program, numbers, parameter, flags }, { trees }, own, from, steps) => {
    const values = {};
    for (const [name, { symbols, value: at }] of Object.entries(numbers)) {
      for (const symbol of symbols) values[symbol] = name === "lr" ? own.rate : at;
    }
    for (const [symbol, flag] of Object.entries(flags)) values[symbol] = own.flags[flag.name] ?? flag.value;
    let states = from.map((at) => begin(program, { ...values, [parameter]: at }).state);
    const found = [from];
    for (let n = 0; n < steps; n++) {
      const [x, y] = found[n], here = new Map([["x", x], ["y", y]]);
      states = states.map((state, i) => pass(program, state, value(trees[i + 1], here)).state);
      found.push(states.map((state) => state.get(parameter)));
    }
    return found;
  };

  // The lines of equal height, as picture.py draws them.
  const levels = ({ box: [left, right, low, high], trees }) => {
    const size = SIDE / CELLS, each = [...Array(CELLS + 1).keys()], parts = [];
    const grid = each.map((j) => each.map((i) => {
      const x = left + ((right - left) * i) / CELLS, y = high - ((high - low) * j) / CELLS;
      return value(trees[0], new Map([["x", x], ["y", y]]));
    }));
    const every = grid.flat().sort((a, b) => a - b);
    for (let n = 1; n < LEVELS; n++) {
      const height = every[Math.floor((n / LEVELS) ** 1.5 * every.length)];
      for (let j = 0; j < CELLS; j++) for (let i = 0; i < CELLS; i++) {
        const corners = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]], found = [];
        corners.forEach(([a, b], k) => {
          const [c, d] = corners[(k + 1) % 4], one = grid[b][a] - height, other = grid[d][c] - height;
          if (one < 0 === other < 0) return;
          const part = one / (one - other);
          found.push(`${(size * (a + part * (c - a))).toFixed(1)} ${(size * (b + part * (d - b))).toFixed(1)}`);
        });
        for (let k = 0; k + 1 < found.length; k += 2) parts.push(`M${found[k]}L${found[k + 1]}`);
      }
    }
    return parts.join("");
  };

  const words = (x) => {
    if (!Number.isFinite(x)) return "–";
    const text = x && !(Math.abs(x) >= 1e-3 && Math.abs(x) < 1e5) ? x.toExponential(1) : String(+x.toPrecision(3));
    return text.replaceAll("-", "−").replace("e+", "e");
  };

  const run = (section) => {
    const { surfaces, panels } = JSON.parse(section.dataset.surfaces);
    const form = section.querySelector("form"), field = (name) => form.elements.namedItem(name);
    const slider = field("step"), play = form.querySelector(".sf-play"), said = form.querySelector(".sf-said");
    const told = form.querySelector("output"), steps = +slider.max, svg = section.querySelector("svg");
    const make = (tag, kind, attributes = {}) => {
      const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
      for (const [name, text] of Object.entries({ class: kind, ...attributes })) element.setAttribute(name, text);
      svg.append(element);
      return element;
    };
    svg.replaceChildren();
    svg.removeAttribute("aria-hidden");
    const ground = make("path", "sf-levels"), lowest = make("g", "");
    const lines = panels.map((_, i) => [make("path", `sf-path sn-l${i + 1}`), make("circle", `sn-l${i + 1}`, { r: 5 })]);
    const handle = make("g", "sf-handle", { tabindex: 0, role: "slider", "aria-label": "Where all begin; the arrow keys move it" });
    for (const [kind, r] of [["sf-grip", 26], ["sf-start", 8]]) handle.append(make("circle", kind, { r }));
    let surface = surfaces[0], courses = [];

    const across = (x) => (SIDE * (x - surface.box[0])) / (surface.box[1] - surface.box[0]);
    const down = (y) => (SIDE * (surface.box[3] - y)) / (surface.box[3] - surface.box[2]);
    const put = (circle, [x, y]) => {
      circle.setAttribute("cx", across(x).toFixed(1));
      circle.setAttribute("cy", down(y).toFixed(1));
    };

    // ## What is set
    const known = (name) => {
      const input = field(name), number = input.value.trim() === "" ? NaN : Number(input.value);
      input.setAttribute("aria-invalid", !Number.isFinite(number));
      if (!Number.isFinite(number)) throw new Error(`${input.getAttribute("aria-label") ?? input.parentNode.textContent.trim()} is not a number`);
      return number;
    };
    const choose = (name) => {
      surface = surfaces.find((each) => each.name === name) ?? surfaces[0];
      field("surface").value = surface.name;
      ["x", "y"].forEach((axis, i) => (field(axis).value = surface.start[i]));
      for (const panel of panels) field(`${panel.name}.lr`).value = surface.rate;
      for (const line of section.querySelectorAll(".sf-formula")) line.hidden = line.dataset.surface !== surface.name;
      ground.setAttribute("d", levels(surface));
      lowest.replaceChildren(...surface.lowest.map((at) => {
        const circle = make("circle", "sf-lowest", { r: 4 });
        put(circle, at);
        return circle;
      }));
    };
    const at = (input) => (input.type === "checkbox" ? String(+input.checked) : input.value);
    const all = () => [...form.elements].filter((input) => input.name);
    const first = Object.fromEntries(all().map((input) => [input.name, at(input)]));
    // Where a surface begins is its own.
    const usual = (name) => {
      if (name === "x" || name === "y") return String(surface.start["xy".indexOf(name)]);
      return name.endsWith(".lr") ? String(surface.rate) : first[name];
    };
    let waiting = 0;
    const keep = () => {
      const search = new URLSearchParams(location.search);
      for (const input of all()) {
        if (at(input) === usual(input.name)) search.delete(input.name);
        else search.set(input.name, at(input));
      }
      const text = String(search);
      try {
        history.replaceState(history.state, "", `${location.pathname}${text && `?${text}`}${location.hash}`);
      } catch {
        // A browser may not allow it for a file on the disk, or so often.
      }
    };
    const restore = () => {
      const search = new URLSearchParams(location.search);
      choose(search.get("surface"));
      for (const [name, text] of search) {
        const input = field(name);
        if (!input || name === "surface") continue;
        if (input.type === "checkbox") input.checked = text === "1";
        else if (NUMBERS.test(name) && Number.isFinite(Number(text))) input.value = text;
      }
    };

    // ## What is seen
    const compute = () => {
      try {
        const from = ["x", "y"].map(known);
        courses = panels.map((panel) => {
          const flags = {};
          for (const flag of Object.values(panel.flags)) {
            const box = field(`${panel.name}.${flag.name}`);
            if (box) flags[flag.name] = box.checked;
          }
          return course(panel, surface, { rate: known(`${panel.name}.lr`), flags }, from, steps);
        });
        said.textContent = "";
      } catch (error) {
        return void (said.textContent = error.message);
      }
      const from = courses[0][0];
      for (const circle of handle.children) put(circle, from);
      handle.setAttribute("aria-valuenow", from[0]);
      handle.setAttribute("aria-valuetext", `x ${words(from[0])}, y ${words(from[1])}`);
      show();
    };
    const show = () => {
      const now = +slider.value;
      told.value = `step ${now} of ${steps}`;
      panels.forEach(({ name }, i) => {
        const points = courses[i].slice(0, now + 1).filter((point) => point.every(Number.isFinite));
        const [x, y] = courses[i][now], on = field(`${name}.shown`).checked;
        // What is far away is drawn nearer, where nobody sees it.
        const near = (z) => Math.min(Math.max(z, -9 * SIDE), 9 * SIDE).toFixed(1);
        lines[i][0].setAttribute("d", `M${points.map((p) => `${near(across(p[0]))} ${near(down(p[1]))}`).join("L")}`);
        put(lines[i][1], points.at(-1));
        for (const line of lines[i]) line.toggleAttribute("hidden", !on);
        form.querySelector(`[data-name="${name}"] .sf-value`).textContent = words(value(surface.trees[0], new Map([["x", x], ["y", y]])));
      });
    };

    // ## The reader
    let frame = 0, playing = 0;
    const soon = () => (frame ||= requestAnimationFrame(() => ((frame = 0), compute())));
    const later = () => (clearTimeout(waiting), (waiting = setTimeout(keep, 300)));
    const move = (x, y) => {
      const [left, right, low, high] = surface.box;
      const inside = (z, least, most) => +Math.min(Math.max(z, least), most).toPrecision(4);
      field("x").value = inside(x, left, right);
      field("y").value = inside(y, low, high);
      soon();
      later();
    };
    const point = (event) => {
      const { left, top, width, height } = svg.getBoundingClientRect(), [a, b, c, d] = surface.box;
      move(a + ((b - a) * (event.clientX - left)) / width, d - ((d - c) * (event.clientY - top)) / height);
    };
    let held = false;
    svg.addEventListener("pointerdown", (event) => {
      // A finger beside the handle may want to scroll: then only a tap counts.
      held = event.button === 0 && (event.pointerType === "mouse" || handle.contains(event.target));
      if (held) svg.setPointerCapture(event.pointerId), point(event);
    });
    svg.addEventListener("pointermove", (event) => held && point(event));
    for (const end of ["pointerup", "pointercancel"]) svg.addEventListener(end, () => (held = false));
    svg.addEventListener("click", point);
    // Of a part of a picture, browsers take no word on what a finger does there.
    handle.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
    handle.addEventListener("keydown", (event) => {
      const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key] ?? [0, 0];
      if (!dx && !dy) return;
      event.preventDefault();
      const [left, right, low, high] = surface.box, part = event.shiftKey ? 0.1 : 0.02;
      move(+field("x").value + dx * part * (right - left), +field("y").value + dy * part * (high - low));
    });
    const stop = () => {
      playing = 0;
      play.classList.remove("sf-plays");
      play.ariaLabel = "Play";
      later();
    };
    const tick = (time, last) => {
      if (!playing) return;
      const due = Math.floor((time - last) / 33);
      slider.value = +slider.value + due;
      if (due) show();
      if (+slider.value >= steps) return stop();
      playing = requestAnimationFrame((next) => tick(next, due ? time : last));
    };
    play.addEventListener("click", () => {
      if (playing) return stop();
      if (+slider.value >= steps) slider.value = 0;
      play.classList.add("sf-plays");
      play.ariaLabel = "Pause";
      const now = performance.now();
      playing = requestAnimationFrame((time) => tick(time, now));
      show();
    });
    form.querySelector(".sf-again").addEventListener("click", () => {
      form.reset();
      choose(surface.name);
      compute();
      later();
    });
    form.addEventListener("input", ({ target }) => {
      if (target === slider && playing) stop();
      if (target.name === "surface") choose(target.value);
      target === slider ? show() : soon();
      later();
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    restore();
    form.querySelector("fieldset").disabled = false;
    compute();
    // For tests: what is drawn, in numbers.
    section.courses = () => Object.fromEntries(panels.map(({ name }, i) => [name, courses[i]]));
  };
  document.querySelectorAll(".sf").forEach(run);
})();
