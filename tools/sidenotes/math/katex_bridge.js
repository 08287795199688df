// What katex.py runs inside QuickJS, after katex.min.js: typeset one formula, with the known symbols
// tagged.
//
// A formula is read by KaTeX's own parser. It is given as `\sidenotes <formula>`: the handler of
// that command parses the rest, and so gets hold of the parse tree before it is built. Symbols are
// found by comparing trees, which makes `\hat m_t` and `\hat{m}_t` one thing and leaves \text,
// \tag, the names of environments and delimiters alone without a rule for each.
const PREFIX = "\\sidenotes ";
const {ParseError} = katex;

// The tables in use, and what they were made of; the formula at work.
let tables = "", colours = {}, symbols = new Map(), longest = 0;
let cuts = [], refused = "";

const isNode = value => typeof value?.type === "string";
const group = body => ({type: "ordgroup", mode: "math", body});
const span = (body, attributes) => ({type: "html", mode: "math", attributes, body: [body].flat()});

// ## Which trees are equal
//
// Single braces, colours and positions do not count: `{m}_t`, `\textcolor{new}{m_t}` and `m_t` are
// one symbol.
function peel(node) {
  while (isNode(node) && (node.type === "ordgroup" || node.colour) && node.body.length === 1) {
    node = node.body[0];
  }
  return node;
}
const withoutLoc = (name, value) => (name === "loc" ? undefined : peel(value));
const shape = node => JSON.stringify(node, withoutLoc);

// ## Which parts make a name
//
// These are one name each: `m` inside `\hat m`, `\mathbf m` or `\operatorname{m}` is not the symbol
// $m$.
const NAMES = new Set([
  "mathord", "textord", "atom", "op", "operatorname",
  "accent", "accentUnder", "font", "pmb", "text",
]);
// A subscript belongs to the name: $m$ is not in $m_t$. A superscript is an operation, but for
// these.
const MARKS = new Set(["\\prime", "*", "\\ast", "\\star", "\\dagger"]);
function isMark(sup) {
  const first = peel(sup);
  return MARKS.has((first.type === "ordgroup" ? peel(first.body[0]) : first)?.text);
}

// ## Tagging
//
// In a row of nodes the longest known symbol that starts at a node is tagged as a whole.
function tagRow(row) {
  const out = [];
  const shapes = row.map(node => isNode(node) ? shape(node) : "");
  for (let i = 0; i < row.length;) {
    let n = Math.min(longest, row.length - i);
    while (n > 0 && !symbols.has(shapes.slice(i, i + n).join("\n"))) n--;
    // A symbol that fills a group is tagged within its braces.
    if (n === 1 && row[i].type === "ordgroup") n = 0;
    const key = n > 0 && symbols.get(shapes.slice(i, i + n).join("\n"));
    out.push(n > 0 ? span(row.slice(i, i + n), {"data-symbol": key}) : tagParts(row[i]));
    i += n || 1;
  }
  return out;
}
const tag = node => isNode(node) ? tagRow([node])[0] : node;

function tagParts(node) {
  if (!isNode(node) || NAMES.has(node.type)) return node;
  if (node.type === "supsub") return tagScripts(node);
  // Under a root sign KaTeX makes room for the sign: in the group, which keeps it out of the tag.
  if (node.type === "sqrt" && node.body.type !== "ordgroup") node.body = group([node.body]);
  for (const [name, value] of Object.entries(node)) {
    if (name === "tag" || name === "tags") continue;
    if (isNode(value)) node[name] = tag(value);
    // The rows of a table are lists of cells.
    else if (Array.isArray(value?.[0])) node[name] = value.map(tagRow);
    else if (Array.isArray(value)) node[name] = tagRow(value);
  }
  return node;
}

// $\beta_1^t$: KaTeX sets both scripts in one box, so the symbol $\beta_1$ gets a tag on its base
// and one on its subscript. A tag put around the base here would move the scripts: KaTeX looks at
// what the base is. The whole is tagged first, and `lower` moves that tag down to the base when
// all is laid out.
function tagScripts(node) {
  const name = node.sub ? {...node, sup: undefined} : node.base;
  const key = node.sup && node.base && !isMark(node.sup) && symbols.get(shape(name));
  const sup = tag(node.sup);
  if (key) {
    const sub = node.sub && span(node.sub, {"data-symbol": key});
    return span({...node, sub, sup}, {"data-symbol": key, "data-lower": ""});
  }
  const base = NAMES.has(peel(node.base)?.type) ? node.base : tag(node.base);
  return {...node, base, sub: tag(node.sub), sup};
}

// `\textcolor{new}{m}_t`: the same for a colour on the base alone.
function raiseColours(value) {
  if (Array.isArray(value)) return value.map(raiseColours);
  if (!isNode(value)) return value;
  for (const name of Object.keys(value)) value[name] = raiseColours(value[name]);
  const base = value.base;
  if (value.type !== "supsub" || !base?.colour || base.body.length !== 1) return value;
  const raised = span({...value, base: base.body[0]}, {...base.attributes, "data-lower": ""});
  return {...raised, colour: true};
}

// ## After layout
//
// Tags go down to their bases, what KaTeX put on a tag goes to its place, and the MathML gets the
// author's TeX. None of it moves a glyph.
function settle(node, tex) {
  if (node.type === "annotation") node.children[0].text = tex;
  if (!node.children) return;
  node.children.forEach(child => settle(child, tex));
  node.children = node.children.flatMap(child => {
    if (!child.classes?.includes("enclosing")) return [child];
    const space = release(child);
    return [lower(child), ...space];
  });
}

// KaTeX takes the span of a tag for the symbol itself: it puts the space behind the symbol inside,
// and gives the span the size that `\small` sets. The space is returned, the size goes to the
// symbol.
function release(tagged) {
  const after = tagged.children.findLastIndex(part => !part.classes?.includes("mspace")) + 1;
  const space = after ? tagged.children.splice(after) : [];
  const [symbol, ...more] = tagged.children;
  if (symbol?.classes && more.length === 0) {
    const size = tagged.classes.filter(name => /^(katex-sizing|reset-size\d+|size\d+)$/.test(name));
    symbol.classes.push(...size);
    tagged.classes = tagged.classes.filter(name => !size.includes(name));
  }
  return space;
}

function lower(tagged) {
  if (!("data-lower" in tagged.attributes)) return tagged;
  delete tagged.attributes["data-lower"];
  const atom = tagged.children[0];
  // An operator with its limits above and below has no separate base: its tag stays around the
  // whole.
  if (!atom.children?.[1]?.classes?.includes("msupsub")) return tagged;
  tagged.children = [atom.children[0]];
  atom.children[0] = tagged;
  return atom;
}

// ## Commands
const command = (names, numArgs, argTypes, handler) =>
  katex.__defineFunction({type: "html", names, numArgs, argTypes, allowedInText: true, handler});

command([PREFIX.trim()], 0, [], ({parser}) => {
  const body = tagRow(raiseColours(parser.parseExpression(false)));
  return body.length === 1 ? body[0] : {...group(body), semisimple: true};
});

// Colours are classes, so that the style sheet can choose them for light and dark.
command(["\\textcolor"], 2, ["raw", "original"], ({parser, token}, [name, body]) => {
  const colour = name.string.trim();
  if (!Object.hasOwn(colours, colour)) {
    const known = Object.keys(colours).sort().join(", ") || "none";
    throw new ParseError(`unknown colour '${colour}'; known: ${known}`, token);
  }
  cuts.push([token.loc.start, body.loc.start]);
  const nodes = body.type === "ordgroup" ? body.body : [body];
  return {...span(nodes, {class: colours[colour]}), mode: parser.mode, colour: true};
});
command(["\\color", "\\colorbox", "\\fcolorbox"], 0, [], ({funcName, token}) => {
  throw new ParseError(`${funcName} has no dark form; use \\textcolor with a known name`, token);
});

// The author's TeX without `\textcolor{...}`; the braces of its body stay.
function uncoloured(source) {
  for (const [start, end] of cuts.sort((a, b) => b[0] - a[0])) {
    if (/^\\textcolor\s*\{[^{}]*\}\s*$/.test(source.slice(start, end))) {
      source = source.slice(0, start) + (source[end] === "{" ? "" : " ") + source.slice(end);
    }
  }
  return source.slice(PREFIX.length);
}

// ## Entry
const settings = display => ({
  displayMode: display,
  output: "htmlAndMathml",
  throwOnError: true,
  strict(code, message) {
    if (code === "htmlExtension") return "ignore";
    // KaTeX does not raise this one: it would quietly set a line less.
    if (code === "newLineInDisplayMode") refused = message;
    return "error";
  },
  trust({command}) {
    if (command === "\\htmlData" || command === "\\htmlClass") return true;
    throw new ParseError(`${command} is not allowed`);
  },
});

function load(json) {
  const table = JSON.parse(json);
  [tables, colours, symbols, longest] = ["", table.colours, new Map(), 0];
  for (const [key, tex] of table.symbols) {
    try {
      const row = katex.__parse(tex, settings(true));
      symbols.set(row.map(shape).join("\n"), key);
      longest = Math.max(longest, row.length);
    } catch (error) {
      throw new ParseError(`symbol ${tex}: ${error.rawMessage ?? error.message}`);
    }
  }
  tables = json;
}

// Returns `{html}`, or `{error, start, length}` with the position in `tex`.
function typeset(tex, display, json) {
  try {
    if (json !== tables) load(json);
    [cuts, refused] = [[], ""];
    const tree = katex.__renderToDomTree(PREFIX + tex, settings(display));
    if (refused) throw new ParseError(refused);
    settle(tree, uncoloured(PREFIX + tex));
    return JSON.stringify({html: tree.toMarkup()});
  } catch (error) {
    const {rawMessage, position, length = 0} = error;
    const start = position === undefined ? null : Math.max(0, position - PREFIX.length);
    return JSON.stringify({error: rawMessage ?? String(error), start, length});
  }
}
