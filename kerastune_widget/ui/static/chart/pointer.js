// Pointer and keys: reading values and zooming.

import { countsThings, hasNumbers } from "./curves.js";
import { schedule } from "./frame.js";
import { rangeX } from "./scales.js";

function pointAt(pane, event) {
  const box = pane.plot.getBoundingClientRect();
  const { scale } = pane;
  const x = Math.min(scale.right, Math.max(scale.left, event.clientX - box.left));
  const y = Math.min(scale.bottom, Math.max(scale.top, event.clientY - box.top));
  return { x: scale.toX(x), y: scale.toY(y), left: event.clientX };
}

export function listenToPointer(chart, pane) {
  const on = (name, action) =>
    pane.plot.addEventListener(name, (event) => pane.scale && action(event), { signal: chart.ending.signal });
  on("pointerdown", (event) => startDrag(chart, pane, event));
  on("pointermove", (event) => movePointer(chart, pane, event));
  on("pointerup", () => endDrag(chart));
  on("pointercancel", () => cancelDrag(chart));
  on("pointerleave", () => chart.drag || setHover(chart, null));
  on("dblclick", () => resetZoom(chart));
  on("keydown", (event) => pressKey(chart, event));
  on("blur", () => setHover(chart, null));
}

function startDrag(chart, pane, event) {
  if (event.button !== 0 || event.pointerType === "touch" || !hasNumbers(chart)) return;
  pane.plot.setPointerCapture(event.pointerId);
  const from = pointAt(pane, event);
  chart.drag = { pane, from, to: from, both: event.shiftKey, moved: false };
}

function movePointer(chart, pane, event) {
  const point = pointAt(pane, event);
  if (chart.drag) {
    chart.drag.to = point;
    chart.drag.both = event.shiftKey;
    chart.drag.moved ||= Math.abs(point.left - chart.drag.from.left) > 4;
  }
  setHover(chart, countsThings(chart) ? Math.round(point.x) : point.x);
}

function setHover(chart, x) {
  chart.hover = x;
  schedule(chart, false);
}

function endDrag(chart) {
  const { drag } = chart;
  chart.drag = null;
  if (!drag?.moved) return;
  const ordered = (name) => [drag.from[name], drag.to[name]].sort((a, b) => a - b);
  zoomTo(chart, ordered("x"));
  const [low, high] = ordered("y");
  if (drag.both && high > low) drag.pane.zoom = [low, high];
}

function cancelDrag(chart) {
  chart.drag = null;
  schedule(chart, false);
}

function zoomTo(chart, [low, high]) {
  if (high > low) chart.zoom = [low, high];
  schedule(chart, true);
}

export function resetZoom(chart) {
  chart.zoom = null;
  for (const pane of chart.panes) pane.zoom = null;
  schedule(chart, true);
}

function pressKey(chart, event) {
  const [low, high] = rangeX(chart);
  const step = (high - low) / 100;
  const middle = chart.hover ?? high;
  const actions = {
    ArrowLeft: () => setHover(chart, Math.max(low, middle - step)),
    ArrowRight: () => setHover(chart, Math.min(high, middle + step)),
    Home: () => setHover(chart, low),
    End: () => setHover(chart, high),
    "+": () => zoomTo(chart, [Math.max(low, middle - 25 * step), Math.min(high, middle + 25 * step)]),
    Escape: () => resetZoom(chart),
  };
  if (!actions[event.key]) return;
  actions[event.key]();
  event.preventDefault();
  event.stopPropagation();
}
