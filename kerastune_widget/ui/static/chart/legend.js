// The legend, whose entries switch curves on and off.

import { make, swatch } from "./elements.js";
import { isShown, keepView, legendKey } from "./view.js";

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
