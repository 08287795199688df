// A second column: another algorithm, or the same with other settings, on what the first is given.
// See live.js. Another stands on its own page, and is taken from there when it is asked for.
(() => {
  const words = (row) => `${row.querySelector("td").style.getPropertyValue("--depth")} ${row.querySelector(".sn-live-formula").textContent}`;

  // The longest sequence of rows that both have, as pairs of indices (Wagner and Fischer, 1974).
  const common = (a, b) => {
    const size = Array.from({ length: a.length + 1 }, () => Array(b.length + 1).fill(0));
    for (let i = a.length - 1; i >= 0; i--) {
      for (let j = b.length - 1; j >= 0; j--) size[i][j] = a[i] === b[j] ? size[i + 1][j + 1] + 1 : Math.max(size[i + 1][j], size[i][j + 1]);
    }
    const pairs = [];
    for (let i = 0, j = 0; i < a.length && j < b.length; ) {
      if (a[i] === b[j]) pairs.push([i++, j++]);
      else if (size[i + 1][j] >= size[i][j + 1]) i++;
      else j++;
    }
    return pairs;
  };

  const short = (name) => name.slice(name.lastIndexOf(".") + 1);

  // `panel` has the section, its own rows and data, and `open`, which takes the second one.
  const second = ({ section, data, rows, open }) => {
    const find = (selector) => section.querySelector(selector);
    const table = find("table"), fetched = new Map(), own = [...rows];
    let asked = 0;

    const page = async (name) => {
      const link = [...section.querySelectorAll("a[data-name]")].find((each) => each.dataset.name === name);
      if (!link) throw new Error(`No page has ${name}`);
      const answer = await fetch(link.href);
      if (!answer.ok) throw new Error(`The page of ${short(name)} cannot be read`);
      const text = new DOMParser().parseFromString(await answer.text(), "text/html");
      return [...text.querySelectorAll(".sn-live")].find((each) => JSON.parse(each.dataset.live).name === name);
    };
    const load = async (name) => {
      if (!fetched.has(name)) fetched.set(name, await page(name));
      return fetched.get(name);
    };

    const close = () => {
      find(".sn-live-other")?.remove();
      table.tHead?.remove();
      table.classList.remove("sn-two");
      for (const { row } of rows) row.querySelector(".sn-second")?.remove();
      for (const { row, number } of rows) if (number === undefined) row.remove();
      rows.splice(0, rows.length, ...own.map(({ row, number, cell }) => ({ row, number, cell })));
    };

    // The rows of both, those that they share once. Of rows that one alone has, the first two stand
    // together.
    const merge = (others) => {
      const made = [], pairs = common(own.map(({ row }) => words(row)), others.map(words));
      let i = 0, j = 0;
      for (const [a, b] of [...pairs, [own.length, others.length]]) {
        if (i < a) made.push({ ...own[i++] });
        for (; j < b; j++) {
          const row = document.importNode(others[j], true);
          row.className = "sn-only-second";
          row.lastElementChild.textContent = "";
          made.push({ row, cell: row.lastElementChild, other: +row.dataset.row });
        }
        while (i < a) made.push({ ...own[i++] });
        if (a < own.length) made.push({ ...own[i++], other: +others[j++].dataset.row });
      }
      for (const each of made) {
        each.row.querySelector(".sn-second")?.remove();
        each.second = each.row.appendChild(Object.assign(document.createElement("td"), { className: "sn-live-value sn-second" }));
      }
      table.tBodies[0].append(...made.map(({ row }) => row));
      rows.splice(0, rows.length, ...made);
    };
    const head = (name) => {
      const line = table.createTHead().insertRow(), same = name === data.name;
      line.insertCell();
      for (const text of [short(data.name), same ? "set otherwise" : short(name)]) line.append(Object.assign(document.createElement("th"), { textContent: text, scope: "col" }));
    };

    const show = async (name) => {
      const number = ++asked;
      if (!name) return close(), open(null);
      const same = name === data.name, from = same ? section : await load(name);
      if (number !== asked) return;
      close();
      const box = Object.assign(document.createElement("div"), { className: "sn-live-other" });
      for (const part of ["numbers", "flags"]) box.append(document.importNode(from.querySelector(`.sn-live-${part}`), true));
      for (const input of box.querySelectorAll("input")) input.name = `second.${input.name}`;
      find(".sn-live-second-line").after(box);
      merge(same ? own.map(({ row }) => row) : [...from.querySelectorAll("tr[data-row]")]);
      table.classList.add("sn-two");
      head(name);
      open(same ? data : JSON.parse(from.dataset.live));
    };

    // Some begin with two.
    const adopt = () => {
      for (const each of rows) {
        each.cell = each.row.cells[1];
        each.second = each.row.cells[2];
        each.second.classList.add("sn-second");
        each.other = each.number;
        Object.assign(own.find(({ row }) => row === each.row), { cell: each.cell });
      }
      open(data);
    };
    if (data.second) adopt();
    return show;
  };

  Object.assign((globalThis.sidenotesParts ??= {}), { second });
})();
