// Small pieces of the page.

export function make(tag, name = "", text = "") {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text) element.textContent = text;
  return element;
}

export function swatch(chart, curve) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const dash = curve.role === "validation" ? ' stroke-dasharray="5 3"' : "";
  const dot = curve.mark === "points" ? '<circle cx="11" cy="5" r="2.8" fill="currentColor"/>' : "";
  svg.setAttribute("viewBox", "0 0 22 10");
  svg.setAttribute("class", "ktc-swatch");
  svg.setAttribute("aria-hidden", "true");
  svg.style.color = chart.theme.palette[curve.hue % chart.theme.palette.length];
  svg.innerHTML = `<path d="M1 5H21" stroke="currentColor" stroke-width="2"${dash}/>${dot}`;
  return svg;
}
