// What a reader may not see of the figures on a page: too little contrast, too small, cut off.
() => {
  const channel = (x) => (x / 255 <= 0.04045 ? x / 3294.6 : ((x / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = (colour) => {
    const [r, g, b] = colour.match(/[\d.]+/g).map(Number).map(channel);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const paper = luminance(getComputedStyle(document.body).backgroundColor);
  const contrast = (colour) => {
    const [dark, light] = [luminance(colour), paper].sort((x, y) => x - y);
    return (light + 0.05) / (dark + 0.05);
  };
  const found = [];
  let lines = 0;
  for (const svg of document.querySelectorAll(".sn-drawing")) {
    const box = svg.getBoundingClientRect();
    const scale = box.width / svg.viewBox.baseVal.width;
    const name = svg.querySelector("title").textContent;
    for (const text of svg.querySelectorAll("text")) {
      const style = getComputedStyle(text);
      const { left, right, top, bottom } = text.getBoundingClientRect();
      if (contrast(style.fill) < 4.5) found.push(`${name}: ${text.textContent}: ${style.fill}`);
      if (parseFloat(style.fontSize) * scale < 10) found.push(`${name}: ${text.textContent}: small`);
      if (left < box.left - 1 || right > box.right + 1 || top < box.top - 4 || bottom > box.bottom + 4)
        found.push(`${name}: ${text.textContent}: cut off`);
    }
    for (const line of svg.querySelectorAll("path[class^='sn-l']")) {
      lines += 1;
      const { stroke, strokeDasharray } = getComputedStyle(line);
      if (contrast(stroke) < 3) found.push(`${name}: a line in ${stroke}`);
    }
    const kinds = new Map();
    for (const line of svg.querySelectorAll("path[class^='sn-l']")) {
      const dash = getComputedStyle(line).strokeDasharray;
      const other = kinds.get(dash) || line.getAttribute("class");
      if (other !== line.getAttribute("class")) found.push(`${name}: two lines have one dash`);
      kinds.set(dash, other);
    }
  }
  return { lines, found };
};
