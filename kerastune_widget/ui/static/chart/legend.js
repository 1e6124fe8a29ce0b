// The legend, whose entries switch curves on and off.

import { make, swatch } from "./elements.js";
import { keepView, legendKey, roleKey, runKey } from "./view.js";

export function fillLegend(chart) {
  const entries = legendEntries(chart);
  const each = entries.map(({ key, name, shown, curve }) => [key, name, shown, curve.hue, curve.role, curve.mark]);
  const look = JSON.stringify([chart.language, chart.theme.palette, each]);
  if (chart.legendLook === look) return; // a plot that grows is drawn anew ten times a second
  chart.legendLook = look;
  const buttons = entries.map((entry) => legendButton(chart, entry));
  const focused = [...chart.legend.children].indexOf(document.activeElement);
  chart.legend.replaceChildren(...buttons);
  if (focused >= 0) buttons[focused]?.focus();
}

/** An entry a curve, or with several runs an entry a run and an entry a role. */
export function legendEntries(chart) {
  const entries = new Map();
  const add = (key, name, curve) => entries.has(key) || entries.set(key, { key, name, curve, shown: !chart.view.hidden.includes(key) });
  const curves = [...chart.curves.values()].filter((curve) => curve.mark !== "faint");
  if (!chart.several) for (const curve of curves) add(legendKey(curve), chart.words(curve.title), curve);
  else {
    for (const curve of curves) add(runKey(curve.run), runTitle(chart, curve), { hue: curve.hue, role: "training" });
    for (const { role, title } of curves) add(roleKey(role), ownTitle(chart.words(title)), { hue: null, role });
  }
  return [...entries.values()];
}

const cut = (title) => title.lastIndexOf(" · ");
export const runTitle = (chart, curve) => chart.words(curve.title).slice(0, cut(chart.words(curve.title)));
const ownTitle = (title) => title.slice(cut(title) + 3).replace(/^[a-z]/, (letter) => letter.toUpperCase());

function legendButton(chart, { key, name, curve, shown }) {
  const button = make("button", "ktc-key");
  button.type = "button";
  button.title = `${chart.word.toggle}: ${name}`;
  button.setAttribute("aria-pressed", String(shown));
  button.append(swatch(chart, curve), make("span", "", name));
  button.onclick = () => toggleCurve(chart, key);
  return button;
}

function toggleCurve(chart, key) {
  const { hidden } = chart.view;
  keepView(chart, { hidden: hidden.includes(key) ? hidden.filter((other) => other !== key) : [...hidden, key] });
  fillLegend(chart);
}
