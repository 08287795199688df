// The panel in which the algorithm of a page runs: see page/live/. A change of what is set makes all
// steps anew, with evaluator.js; the slider only shows another of them. Nothing plays by itself.
//
// Its parts: live-given.js, live-run.js, live-beside.js, live-curves.js, live-steps.js, live-address.js
// and, if it is asked for, live-second.js. `fetched` gets a script, `watch` looks for wide formulas.
globalThis.sidenotesLive = (section, { fetched, watch }) => {
  if (section.live) return;
  section.live = true;
  const { address, algorithm, beside, follower, hand, kinds: kindsOf, knobs, known, picture, player, put, strip, svg, tip, words } = globalThis.sidenotesParts;
  const data = JSON.parse(section.dataset.live);
  const find = (selector) => section.querySelector(selector), block = section.closest(".sidenotes");
  const form = find("form"), fields = form.elements, said = find(".sn-live-said"), count = find(".sn-live-count");
  const field = (name) => fields.namedItem(name), slider = field("step"), kind = field("kind"), other = field("beside");
  const rows = [...section.querySelectorAll("tr[data-row]")].map((row) => ({ row, number: +row.dataset.row, cell: row.cells[1] }));
  const one = algorithm(data, field), { note, later, kept, fill } = address(section, fields, data.name);
  let two = null, given = data.given, shown = data.step - 1, chosen = rows.at(-1);

  // ## What is given
  const kinds = kindsOf(data.given, () => field("typed").value), pair = ["first", "second"];
  const asks = () => Object.entries(JSON.parse(kind.selectedOptions[0].dataset.asks));
  // The fields of the kind that is chosen.
  const choose = () => {
    const asked = asks();
    pair.forEach((name, i) => {
      const label = field(name).parentNode;
      label.hidden = !asked[i];
      if (!asked[i]) return;
      label.firstChild.textContent = asked[i][0];
      field(name).value = asked[i][1];
    });
    field("typed").hidden = !/typed|hand/.test(kind.value);
    if (!field("typed").hidden) field("typed").value ||= given.map((x) => +x.toPrecision(3)).join(" ");
  };
  const compute = () => {
    const list = kinds[kind.value](...asks().map((_, i) => known(field(pair[i]))));
    if (!list.length || list.length > 400 || !list.every(Number.isFinite)) throw new Error("Numbers with spaces between, 400 at most");
    const made = one.run(list), more = two?.run(list);
    one.take(made);
    two?.take(more);
    given = list;
  };

  // ## One step
  const told = () => `step ${shown + 1} of ${given.length}`;
  const mark = (cell, values, old) => {
    put(cell, values.map(words).join(", "));
    const [now, then] = [values.at(-1), old?.at(-1)];
    const moved = now === undefined || !old ? "" : then === undefined ? "new" : now > then ? "up" : now < then ? "down" : "";
    if ((cell.dataset.moved ?? "") !== moved) moved ? (cell.dataset.moved = moved) : delete cell.dataset.moved;
  };
  const code = beside(block, data.code, mark);
  // Attributes, no classes: Material's rules for `:not([class])` have a browser look at the styles of a
  // whole page when a class changes.
  const showRows = () => {
    const now = one.made(shown), before = one.made(shown - 1), also = two?.made(shown), alsoBefore = two?.made(shown - 1);
    for (const { row, number, cell, other, second } of rows) {
      const columns = [[cell, now, before, number], [second, also, alsoBefore, other]].filter(([each, , , n]) => each && n !== undefined);
      let ran = false, switched = false;
      for (const [each, made, earlier, n] of columns) {
        const values = made.get(n), old = earlier?.get(n);
        ran ||= !!values;
        switched ||= !!earlier && !values !== !old;
        mark(each, values ?? [], earlier && (old ?? []));
      }
      row.toggleAttribute("data-idle", !ran);
      row.toggleAttribute("data-switched", switched);
    }
    if (two) put(find(".sn-live-ratio"), compared());
  };
  const showCode = () => code(one.shown(shown), one.shown(shown - 1), told());
  // Nobody reads a number in a sixtieth of a second. While the slider moves, the rows are renewed in
  // one frame, the code beside in the next, and nothing in a third; when it rests, all.
  const turns = [[showRows], [showCode], []];
  let turn = 0;
  const show = (whole = true) => {
    put(count, told());
    if (now_) now_.setAttribute("x1", across()), now_.setAttribute("x2", across());
    renewHand();
    for (const part of whole ? turns.flat() : turns[turn++ % turns.length]) part();
    if (whole) section.dataset.shown = shown + 1;
  };
  const compared = () => {
    const [a, b] = [one.gone(shown), two.gone(shown)];
    return `In this step ${words(a)} and ${words(b)}: the second is ${words(b / a)} times the first`;
  };

  // ## Curves: what is given, and the symbol of the chosen row
  //
  // Above each there is room for its name.
  const WIDTH = 320, ROOM = 15, HIGH = 52, ALL = 2 * (ROOM + HIGH), curves = find(".sn-live-curves");
  let now_ = null;
  const across = () => (given.length > 1 ? (shown / (given.length - 1)) * (WIDTH - 8) + 4 : WIDTH / 2).toFixed(1);
  const label = (symbol, range, top) => {
    const made = Object.assign(document.createElement("p"), { className: "sn-live-label" });
    made.style.top = `${(100 * top) / ALL}%`;
    const drawn = [...section.querySelectorAll(".katex-html [data-symbol]")].find((each) => each.dataset.symbol === symbol);
    const math = Object.assign(document.createElement("span"), { className: "katex" });
    if (drawn) math.append(drawn.cloneNode(true)), made.append(math);
    if (range) made.append(range[0] === range[1] ? ` ${words(range[0])}` : ` ${words(range[0])} … ${words(range[1])}`);
    return made;
  };
  const draw = () => {
    const limit = kind.value === "hand" && Math.abs(Number(field("first").value));
    const upper = strip({ lists: [given], names: ["sn-given"], width: WIDTH, high: HIGH, top: ROOM, limits: limit ? [-limit, limit] : undefined });
    const sides = chosen && [[one, chosen.number], [two, chosen.other]].filter(([side, n]) => side && n !== undefined);
    const lists = sides?.map(([side, n]) => side.course(side.symbols.get(n))) ?? [];
    const names = sides?.map(([side]) => (side === one ? "sn-made" : "sn-other"));
    const lower = lists.length ? strip({ lists, names, width: WIDTH, high: HIGH, top: ALL - HIGH }) : { parts: [] };
    now_ = svg("line", { y1: 0, y2: ALL, class: "sn-now" });
    curves.replaceChildren(picture(WIDTH, ALL, [...upper.parts, ...lower.parts, now_]), label(data.program.given, upper.range, 0));
    if (lists.length) curves.append(label(sides[0][0].symbols.get(sides[0][1]), lower.range, ROOM + HIGH));
    for (const each of rows) {
      each.row.toggleAttribute("data-chosen", each === chosen);
      each === chosen ? (each.row.tabIndex = 0) : each.row.removeAttribute("tabindex");
    }
  };

  // ## The reader
  const renew = () => {
    try {
      compute();
      if (said) said.textContent = "";
    } catch (error) {
      return void (said && (said.textContent = error.message));
    }
    slider.max = given.length;
    shown = Math.min(shown, given.length - 1);
    slider.value = shown + 1;
    draw();
    show();
  };
  let frame = 0, moving = 0;
  const use = data.code && !section.matches(".sn-live-small") ? follower(section) : () => {};
  const go = (to) => {
    shown = to;
    slider.value = to + 1;
    const whole = !moving;
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => show(whole));
    clearTimeout(moving);
    moving = setTimeout(() => ((moving = 0), show()), 100);
    use();
    later();
  };
  const open = (own) => {
    two = own && algorithm(own, (name) => field(`second.${name}`));
    chosen = rows.find(({ row }) => row === chosen?.row) ?? rows.at(-1);
    if (!own) put(find(".sn-live-ratio"), "");
    note();
  };
  const stop = player(section, { go, shown: () => shown, size: () => given.length });
  const renewHand = hand(curves, {
    kind: () => kind.value,
    field,
    given: () => given,
    shown: () => shown,
    upper: [ROOM / ALL, HIGH / ALL],
    typed: (text) => ((field("typed").value = text), renew()),
    go,
  });
  note();
  let shows = null;
  const secondColumn = async () => {
    if (!globalThis.sidenotesParts.second) await fetched("live-second.js");
    return (shows ??= globalThis.sidenotesParts.second({ section, data, rows, open }));
  };
  const ask = async (name) => {
    try {
      const show = await secondColumn();
      await show(name);
      watch();
    } catch (error) {
      other.value = "";
      said.textContent = error.message;
    }
  };
  // A number that was the same in both columns stays so when the first is set.
  let before = {};
  const remember = () => (before = Object.fromEntries([...fields].map(({ name, value }) => [name, value])));
  const follow = ({ name, value }) => {
    const also = name.startsWith("number.") && field(`second.${name}`);
    if (also && also.value === before[name]) also.value = value;
    remember();
  };
  knobs(form);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", async ({ target }) => {
    if (target === slider) return stop(), go(slider.value - 1);
    if (target === kind) choose();
    if (target === other) await ask(other.value);
    follow(target);
    use();
    renew();
    later();
  });
  const table = find("table");
  const choice = (row) => {
    const found = rows.find((each) => each.row === row);
    if (!found || found === chosen || !(one.symbols.has(found.number) || two?.symbols.has(found.other))) return;
    chosen = found;
    draw();
    show();
  };
  for (const kindOfEvent of ["pointerover", "click"]) table?.addEventListener(kindOfEvent, ({ target }) => choice(target.closest("tr")));
  table?.addEventListener("keydown", (event) => {
    const way = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!way || event.target.tagName !== "TR") return;
    event.preventDefault();
    const next = rows[rows.indexOf(chosen) + way];
    if (next) choice(next.row), chosen.row.focus();
  });
  block.querySelector(".sn-live-here")?.addEventListener("click", use);
  tip(block, (symbol) => {
    const lists = [one, ...(two ? [two] : [])].map((side) => side.course(symbol)).filter((list) => list.some(Number.isFinite));
    return lists.length ? lists : null;
  }, () => shown);

  const begin = async () => {
    if (data.second) await secondColumn();
    const search = kept();
    if (search.size) {
      fill(search, (name) => name === "kind");
      if (!kinds[kind.value]) kind.value = data.kind;
      choose();
      fill(search, (name) => name !== "kind");
      shown = Math.max(0, Math.round(Number(search.get("step") ?? data.step)) - 1 || 0);
      if (search.has("beside")) await ask(other.value);
      fill(search, (name) => name.startsWith("second."));
    }
    remember();
    renew();
    find("fieldset").disabled = false;
  };
  begin();
};
