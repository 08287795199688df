// The texts of the page whose contrast is below WCAG 2's level AA, with the ratio and both colours.
() => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  const seen = new Map();

  // Any CSS colour as red, green, blue and alpha: the browser knows how to read it.
  function rgba(colour) {
    if (!seen.has(colour)) {
      brush.clearRect(0, 0, 1, 1);
      brush.fillStyle = colour;
      brush.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = brush.getImageData(0, 0, 1, 1).data;
      seen.set(colour, [r, g, b, a / 255]);
    }
    return seen.get(colour);
  }
  const over = ([r, g, b, a], below) => [r, g, b].map((x, i) => x * a + below[i] * (1 - a));

  const papers = new Map([[null, { colour: [255, 255, 255], opacity: 1 }]]);

  // The colour behind an element, and how opaque the element is.
  function paperOf(element) {
    if (!papers.has(element)) {
      const below = paperOf(element.parentElement);
      const style = getComputedStyle(element);
      const colour = over(rgba(style.backgroundColor), below.colour);
      papers.set(element, { colour, opacity: style.opacity * below.opacity });
    }
    return papers.get(element);
  }
  function luminance(colour) {
    const [r, g, b] = colour.map((x) => (x / 255 <= 0.04045 ? x / 3294.6 : ((x / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }

  const poor = new Map();
  let texts = 0;
  const walk = document.createTreeWalker(document.querySelector("article"), NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const element = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || element.closest("script, style, .katex-mathml")) continue;
    const style = getComputedStyle(element);
    const { colour: paper, opacity } = paperOf(element);
    if (!element.getClientRects().length || style.visibility === "hidden" || opacity === 0) continue;
    texts += 1;
    const [r, g, b, a] = rgba(style.color);
    const ink = over([r, g, b, a * opacity], paper);
    const [dark, light] = [luminance(ink), luminance(paper)].sort((x, y) => x - y);
    const ratio = (light + 0.05) / (dark + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    if (ratio < (large ? 3 : 4.5)) {
      const what = `${ratio.toFixed(2)} ${style.color} on ${paper.map(Math.round)} <${element.localName} class="${element.className}">`;
      if (!poor.has(what)) poor.set(what, walk.currentNode.data.trim().slice(0, 40));
    }
  }
  return { texts, poor: [...poor].map(([what, text]) => `${what} ${text}`) };
};
