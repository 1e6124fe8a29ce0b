// The legend, whose entries switch curves on and off.

import { isShown, legendKey } from "./curves.js";
import { keepView, make } from "./toolbar.js";

export function fillLegend(chart) {
  const entries = new Map();
  for (const curve of chart.curves.values()) if (curve.mark !== "faint") entries.set(legendKey(curve), curve);
  const buttons = [...entries].map(([key, curve]) => legendButton(chart, key, curve));
  const focused = [...chart.legend.children].indexOf(document.activeElement);
  chart.legend.replaceChildren(...buttons);
  if (focused >= 0) buttons[focused]?.focus();
}

function legendButton(chart, key, curve) {
  const button = make("button", "ktc-key");
  const name = chart.words(curve.title);
  button.type = "button";
  button.title = `${chart.word.toggle}: ${name}`;
  button.setAttribute("aria-pressed", String(isShown(chart, curve)));
  button.append(swatch(chart, curve), make("span", "", name));
  button.onclick = () => toggleCurve(chart, key);
  return button;
}

function toggleCurve(chart, key) {
  const { hidden } = chart.view;
  keepView(chart, { hidden: hidden.includes(key) ? hidden.filter((other) => other !== key) : [...hidden, key] });
  fillLegend(chart);
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
