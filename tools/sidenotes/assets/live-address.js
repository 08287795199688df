// A setting in the address, as far as it is not the page's own, so that a link restores it. See
// live.js.
(() => {
  const NAMES = /^(live|kind|first|second|typed|step|beside|(second\.)?(number|flag)\..*)$/;
  const at = (input) => (input.type === "checkbox" ? String(+input.checked) : input.value);

  const address = (section, fields, name) => {
    const ours = () => [...fields].filter((input) => input.name && !input.closest("[hidden]"));
    let initial = {};
    // What the page has set. Of a second column, that is what it begins with.
    const note = () => {
      initial = Object.fromEntries(Object.entries(initial).filter(([name]) => !name.startsWith("second.")));
      for (const input of ours()) initial[input.name] ??= at(input);
    };
    const keep = () => {
      const search = new URLSearchParams(), all = new URLSearchParams(location.search);
      for (const [name, value] of all) if (!NAMES.test(name)) search.append(name, value);
      const set = ours().filter((input) => at(input) !== initial[input.name]);
      if (set.length) search.set("live", name);
      for (const input of set) search.set(input.name, at(input));
      const text = String(search);
      try {
        history.replaceState(history.state, "", `${location.pathname}${text && `?${text}`}${set.length ? `#${section.id}` : location.hash}`);
      } catch {
        // A browser may not allow it for a file on the disk, or so often.
      }
    };
    // What the address says, by name; nothing if it is of another panel.
    const kept = () => {
      const search = new URLSearchParams(location.search);
      return search.get("live") === name ? search : new URLSearchParams();
    };
    const fill = (search, wanted) => {
      for (const [name, value] of search) {
        const input = wanted(name) && fields.namedItem(name);
        if (!input) continue;
        if (input.type === "checkbox") input.checked = value === "1";
        else input.value = value;
      }
    };
    let waiting = 0;
    const later = () => {
      clearTimeout(waiting);
      waiting = setTimeout(keep, 300);
    };
    return { note, later, kept, fill };
  };

  Object.assign((globalThis.sidenotesParts ??= {}), { address });
})();
