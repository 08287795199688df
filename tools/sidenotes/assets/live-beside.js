// The code beside an algorithm that runs: values behind the formulas, and lines that do not run are
// dimmed. The check has found out which, in runs of the real class: check/beside. See live.js.
(() => {
  const { value } = globalThis.sidenotesEvaluator;
  const holds = (condition, env) => {
    if (typeof condition === "boolean") return condition;
    try {
      return value(condition, env);
    } catch {
      // It is about what this step does not have.
      return false;
    }
  };

  // What is known when a step has ended, with what the formulas beside the code name besides.
  const extended = (code, program) => {
    const own = new Set([program.given, program.counter].concat(program.carried.map(([name]) => name)));
    const more = (code?.formulas ?? []).filter(({ formula, target }) => formula && !own.has(target));
    return (state) => {
      const env = new Map(state);
      for (const { formula, target, if: condition } of more) {
        if (env.has(target) || !holds(condition ?? true, env)) continue;
        try {
          env.set(target, value(formula, env));
        } catch {
          // As above.
        }
      }
      return env;
    };
  };

  // A new text in an old place: a new place would have all styles of the page looked through.
  const put = (element, text) => {
    const node = element.firstChild ?? element.appendChild(document.createTextNode(""));
    if (node.data !== text) node.data = text;
  };

  // Shows a step: `env` and `made` of it, and what was shown for the step before.
  const beside = (block, code, mark) => {
    if (!code) return () => {};
    const places = [...block.querySelectorAll(".sn-at")].map((cell) => [cell, cell.dataset.at.split(" ").map((n) => code.formulas[n])]);
    const lines = new Map();
    for (const line of block.querySelectorAll(".sn-line")) {
      const number = +line.querySelector(".sn-num").textContent;
      lines.set(number, [...(lines.get(number) ?? []), line]);
    }
    const parts = code.lines.map(([condition, numbers]) => [condition, numbers.flatMap((n) => lines.get(n) ?? [])]);
    const here = block.querySelector(".sn-live-here");
    const number = ({ row, index, formula, if: condition }, env, made) => {
      if (!env || !holds(condition ?? true, env)) return undefined;
      try {
        return formula ? value(formula, env) : made.get(row)?.[index];
      } catch {
        return undefined;
      }
    };
    // Names the step of a value when it is asked for: with each step, all of their styles would be renewed.
    let shown = "";
    block.addEventListener("pointerover", ({ target }) => {
      if (shown && target.matches(".sn-at")) target.title = `In ${shown}`;
    });
    // Of each step once: the values at all places, and which lines do not run.
    const kept = new WeakMap();
    const of = (step) => {
      if (step && !kept.has(step.made)) {
        const found = places.map(([, formulas]) => formulas.map((each) => number(each, step.env, step.made)).filter((x) => x !== undefined));
        kept.set(step.made, { found, idle: parts.map(([condition]) => !holds(condition, step.env)) });
      }
      return step && kept.get(step.made);
    };
    return (now, before, told) => {
      shown = told;
      const { found, idle } = of(now), old = of(before);
      places.forEach(([cell], n) => {
        mark(cell, found[n], old?.found[n]);
        cell.parentNode.toggleAttribute("data-idle", !found[n].length);
      });
      parts.forEach(([, own], n) => own.forEach((line) => line.toggleAttribute("data-idle", idle[n])));
      if (here) put(here, told);
    };
  };

  Object.assign((globalThis.sidenotesParts ??= {}), { extended, beside, put });
})();
