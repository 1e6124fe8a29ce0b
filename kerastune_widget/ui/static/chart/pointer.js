// Pointer and keys: reading values and zooming.

import { countsThings, hasNumbers } from "./curves.js";
import { schedule } from "./frame.js";
import { sendPick } from "./picking.js";
import { readAloud } from "./reading.js";
import { rangeX } from "./scales.js";

function pointAt(pane, event) {
  const box = pane.plot.getBoundingClientRect();
  const { scale } = pane;
  const x = Math.min(scale.right, Math.max(scale.left, event.clientX - box.left));
  const y = Math.min(scale.bottom, Math.max(scale.top, event.clientY - box.top));
  return { x: scale.toX(x), y: scale.toY(y), top: y, left: event.clientX };
}

export function listenToPointer(chart, pane) {
  const on = (name, action) =>
    pane.plot.addEventListener(name, (event) => pane.scale && action(event), { signal: chart.ending.signal });
  on("pointerdown", (event) => startDrag(chart, pane, event));
  on("pointermove", (event) => movePointer(chart, pane, event));
  on("pointerup", () => endDrag(chart));
  on("pointercancel", () => cancelDrag(chart));
  on("pointerleave", () => chart.drag || setHover(chart, null));
  on("click", (event) => click(chart, pane, event));
  on("dblclick", () => resetZoom(chart));
  on("keydown", (event) => pressKey(chart, pane, event));
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
  setHover(chart, countsThings(chart) ? Math.round(point.x) : point.x, pane, point.top);
}

function setHover(chart, x, pane = null, top = null) {
  Object.assign(chart, { hover: x, hoverPane: pane, pointerY: top });
  schedule(chart, false);
}

/** A second click within this time means a double click, which resets the zoom and picks nothing. */
const DOUBLE_MS = 250;

function click(chart, pane, event) {
  clearTimeout(chart.timers.pick);
  if (chart.dragged || event.detail > 1 || event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
  movePointer(chart, pane, event);
  chart.timers.pick = setTimeout(() => sendPick(chart, pane), DOUBLE_MS);
}

function endDrag(chart) {
  const { drag } = chart;
  chart.drag = null;
  chart.dragged = Boolean(drag?.moved);
  if (!chart.dragged) return;
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

function pressKey(chart, pane, event) {
  const [low, high] = rangeX(chart);
  const place = chart.spec.x_log ? Math.log : (x) => x; // a key goes a hundredth of the way that can be seen
  const back = chart.spec.x_log ? Math.exp : (x) => x;
  const middle = chart.hover ?? high;
  const beside = (hundredths) => {
    const x = back(place(middle) + (hundredths * (place(high) - place(low))) / 100);
    return Math.max(low, Math.min(high, x));
  };
  const read = (x) => {
    setHover(chart, x, pane);
    readAloud(chart, pane);
  };
  const actions = {
    ArrowLeft: () => read(beside(-1)),
    ArrowRight: () => read(beside(1)),
    Home: () => read(low),
    End: () => read(high),
    Enter: () => sendPick(chart, pane),
    "+": () => zoomTo(chart, [beside(-25), beside(25)]),
    Escape: () => resetZoom(chart),
  };
  if (!actions[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
  actions[event.key]();
  event.preventDefault();
  event.stopPropagation();
}
