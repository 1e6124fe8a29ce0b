// Small pieces of the page.

export function make(tag, name = "", text = "") {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text) element.textContent = text;
  return element;
}

const DASHES = { validation: [6, 3], other: [9, 3, 2, 3] };

/** A role is told by its dash as well, so that colour is never the only cue; a rate has a pane of its own. */
export const dashOf = (role) => DASHES[role] ?? [];

export function swatch(chart, curve) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const dash = ` stroke-dasharray="${dashOf(curve.role).join(" ")}"`;
  const line = curve.mark === "dots" ? "" : `<path d="M1 5H21" stroke="currentColor" stroke-width="2"${dash}/>`;
  const dot = curve.mark === "points" || curve.mark === "dots" ? '<circle cx="11" cy="5" r="2.8" fill="currentColor"/>' : "";
  svg.setAttribute("viewBox", "0 0 22 10");
  svg.setAttribute("class", "ktc-swatch");
  svg.setAttribute("aria-hidden", "true");
  if (curve.hue !== null) svg.style.color = chart.theme.palette[curve.hue % chart.theme.palette.length];
  svg.innerHTML = line + dot;
  return svg;
}
