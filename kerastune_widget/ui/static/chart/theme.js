// Colours and font, from the front-end's own.

import { drawNow } from "./frame.js";
import { fillLegend } from "./legend.js";

const LATER = [100, 300, 1000, 3000]; // milliseconds

export function readTheme(chart) {
  const style = getComputedStyle(chart.root);
  chart.themed = style.color !== ""; // empty until the front-end attaches our element
  const [r, g, b] = (style.color.match(/[\d.]+/g) ?? [0, 0, 0]).map(Number);
  const dark = 0.3 * r + 0.59 * g + 0.11 * b > 128;
  const ink = (alpha) => `rgba(${r}, ${g}, ${b}, ${alpha})`;
  const palette = chart.spec?.palettes?.[dark ? "dark" : "light"] ?? ["currentcolor"];
  const shades = { ink: ink(0.85), muted: ink(0.6), axis: ink(0.4), grid: ink(0.1), faint: ink(0.055) };
  const ground = style.getPropertyValue("--ktc-ground").trim() || (dark ? "#111" : "#fff");
  chart.theme = { dark, palette, ground, ...shades, font: `11px ${style.fontFamily}` };
}

export function retheme(chart) {
  readTheme(chart);
  fillLegend(chart);
  drawNow(chart);
}

export function watchTheme(chart) {
  const watcher = new MutationObserver(() => follow(chart));
  const attributeFilter = ["data-jp-theme-light", "data-jp-theme-name", "class", "theme"];
  for (const element of [document.body, document.documentElement]) watcher.observe(element, { attributes: true, attributeFilter });
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  const { signal } = chart.ending;
  scheme.addEventListener("change", () => follow(chart), { signal });
  signal.addEventListener("abort", () => (chart.following ?? []).forEach(clearTimeout));
  return watcher;
}

// A theme's style sheet may arrive seconds after its attributes, and nothing tells when: draw anew for a while.
function follow(chart) {
  retheme(chart);
  for (const timer of chart.following ?? []) clearTimeout(timer);
  chart.following = LATER.map((milliseconds) => setTimeout(() => retheme(chart), milliseconds));
}
