// Runs an algorithm. `sidenotes check` has read its formulas, has seen that they are what the code
// does, and has written them down as data: check/algorithm/export.py says how. Of what it computes,
// nothing is known here.
//
//   const state = start(program, values);        // values: numbers, flags and x_{t-1}, by their names
//   const { state: next, made } = step(program, state, gradient);
//
// `made` has the values of each row that has run, by its number. All numbers are doubles. There is no
// error in what is not defined: 1/0 is infinite, and 0/0 is not a number, as in a tensor.
globalThis.sidenotesEvaluator = (() => {
  // ## Powers
  //
  // Browsers round a power in their own ways, and 1 - 0.999^t makes a thousand times more of the last
  // bit. So whole powers are made of products of pairs of doubles, which leave nothing out: Dekker,
  // A Floating-Point Technique for Extending the Available Precision (1971).
  const split = (a) => {
    const wide = 134217729 * a, high = wide - (wide - a);
    return [high, a - high];
  };
  const product = ([a, x], [b, y]) => {
    const [p, q] = split(a), [r, s] = split(b), near = a * b;
    const rest = p * r - near + p * s + q * r + q * s + (a * y + x * b), sum = near + rest;
    return [sum, rest - (sum - near)];
  };
  const whole = (a, n) => {
    let made = [1, 0], square = [a, 0];
    for (;;) {
      if (n % 2) made = product(made, square);
      n = Math.floor(n / 2);
      if (!n) return made[0];
      square = product(square, square);
    }
  };
  const power = (a, b) => {
    const near = Math.pow(a, b), size = Math.abs(near);
    return Number.isInteger(b) && b > 0 && size > 1e-150 && size < 1e150 ? whole(a, b) : near;
  };

  const root = (x, degree) => {
    if (degree === 2) return Math.sqrt(x);
    return degree % 2 ? Math.sign(x) * Math.pow(Math.abs(x), 1 / degree) : Math.pow(x, 1 / degree);
  };
  // It has the sign of the divisor.
  const mod = (a, b) => {
    const rest = a % b;
    return rest && rest < 0 !== b < 0 ? rest + b : rest;
  };

  const functions = {
    __proto__: null,
    "+": (a, b) => a + b,
    "-": (a, b) => a - b,
    "*": (a, b) => a * b,
    "/": (a, b) => a / b,
    "^": power,
    mod,
    negative: (a) => -a,
    root,
    "<": (a, b) => a < b,
    "<=": (a, b) => a <= b,
    ">": (a, b) => a > b,
    ">=": (a, b) => a >= b,
    "=": (a, b) => a === b,
    "!=": (a, b) => a !== b,
    not: (a) => !a,
    clip: (x, low, high) => Math.min(Math.max(x, low), high),
    log: (x, base) => (base === undefined ? Math.log(x) : Math.log(x) / Math.log(base)),
    relu: (x) => Math.max(x, 0),
    sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  };
  for (const name of "abs acos asin atan ceil cos cosh exp floor max min sign sin sinh tan tanh".split(" ")) {
    functions[name] = Math[name];
  }

  // What does not matter need not have a value.
  const chosen = {
    __proto__: null,
    and: (env, a, b) => value(a, env) && value(b, env),
    or: (env, a, b) => value(a, env) || value(b, env),
    cases: (env, ...cases) => {
      const found = cases.find(([condition]) => condition === true || value(condition, env));
      if (!found) throw new Error("none of the cases holds");
      return value(found[1], env);
    },
  };

  const value = (node, env) => {
    if (typeof node === "number") return node;
    if (typeof node === "string") {
      if (!env.has(node)) throw new Error(`nothing gives ${node} a value`);
      return env.get(node);
    }
    const [name, ...parts] = node;
    if (chosen[name]) return chosen[name](env, ...parts);
    return functions[name](...parts.map((part) => value(part, env)));
  };

  // ## Statements

  const execute = (statements, env, made) => {
    for (const { row, if: condition, set, then, other, else: otherwise } of statements) {
      const holds = condition === undefined || value(condition, env);
      if (holds) made.set(row, []);
      if (then) {
        if (!holds && other) made.set(other, []);
        execute(holds ? then : otherwise, env, made);
      } else if (holds) {
        for (const [name, formula] of set) {
          env.set(name, value(formula, env));
          made.get(row).push(env.get(name));
        }
      }
    }
  };

  // The rows above the loop.
  const start = (program, values) => {
    const state = new Map(Object.entries(values)), made = new Map();
    execute(program.before, state, made);
    if (program.counter) state.set(program.counter, 0);
    for (const [name, before] of program.initial) state.set(before, state.get(name));
    return { state, made };
  };

  // One pass of the loop. The state that it is given stays as it is.
  const step = (program, before, given) => {
    const { given: variable, counter, loop, old, carried, body } = program;
    const state = new Map(before), made = new Map([[loop, []]]);
    for (const name of old) state.delete(name);
    if (variable) state.set(variable, given);
    if (counter) state.set(counter, state.get(counter) + 1);
    made.get(loop).push(state.get(variable ?? counter));
    execute(body, state, made);
    for (const [name, next] of carried) {
      if (state.has(name)) state.set(next, state.get(name));
      else state.delete(next);
    }
    return { state, made };
  };

  return { start, step, value, names: [...Object.keys(functions), ...Object.keys(chosen)] };
})();
