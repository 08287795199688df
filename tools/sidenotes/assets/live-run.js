// One algorithm with its settings, and all steps of it: of a panel, or of its second column. See
// live.js.
(() => {
  const { start, step } = globalThis.sidenotesEvaluator;

  const known = (input) => {
    const number = input.value.trim() === "" ? NaN : Number(input.value);
    input.setAttribute("aria-invalid", !Number.isFinite(number));
    if (!Number.isFinite(number)) throw new Error(`${input.getAttribute("aria-label") ?? input.parentNode.textContent} is not a number`);
    return number;
  };

  // `field` finds what is set, by its name; what has no field is as in the data.
  const algorithm = (data, field) => {
    const { program, numbers, flags, code } = data;
    const extend = globalThis.sidenotesParts.extended(code, program);
    // The symbol that each row assigns, the last if there are several.
    const symbols = new Map([[program.loop, program.given ?? program.counter]]);
    const note = (statements) => {
      for (const { row, set, then, else: otherwise } of statements) {
        if (set) symbols.set(row, set.at(-1)[0]);
        else note([...then, ...otherwise]);
      }
    };
    note([...program.before, ...program.body]);
    // What was before the step that has ended is what the step before has left.
    const before = new Set(program.carried.map(([, next]) => next));
    const [goes] = program.carried.find(([, next]) => next in data.start) ?? [];

    const values = () => {
      const found = { ...data.start };
      for (const { name, symbols: own, value } of numbers) {
        const input = field(`number.${name}`), number = input ? known(input) : value;
        for (const symbol of own) found[symbol] = number;
      }
      for (const [symbol, { name, value }] of Object.entries(flags)) found[symbol] = field(`flag.${name}`)?.checked ?? value;
      return found;
    };

    // All steps, of which none is shown before `take` is called: another column may have an error.
    const run = (given) => {
      const first = start(program, values());
      let state = first.state;
      const steps = given.map((number) => {
        const next = step(program, state, number);
        state = next.state;
        return { state, made: new Map([...first.made, ...next.made]) };
      });
      return { first: first.state, steps };
    };

    let taken = { steps: [] };
    const env = (i) => {
      const own = taken.steps[i];
      return own && (own.env ??= extend(own.state));
    };
    const at = (i, symbol) => {
      if (!before.has(symbol)) return env(i)?.get(symbol);
      return (i ? taken.steps[i - 1]?.state : taken.first)?.get(symbol);
    };
    return {
      data,
      symbols,
      run,
      take: (run) => (taken = run),
      made: (i) => taken.steps[i]?.made,
      shown: (i) => taken.steps[i] && { env: env(i), made: taken.steps[i].made },
      course: (symbol) => taken.steps.map((_, i) => Number(at(i, symbol) ?? NaN)),
      // How far what lives on has gone in a step.
      gone: (i) => {
        const from = (i ? taken.steps[i - 1].state.get(goes) : Object.values(data.start)[0]) ?? NaN;
        return taken.steps[i].state.get(goes) - from;
      },
    };
  };

  Object.assign((globalThis.sidenotesParts ??= {}), { known, algorithm });
})();
