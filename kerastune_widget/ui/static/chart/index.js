// The live chart: curves on canvases, fed by whole plots and by deltas. Plain JavaScript, nothing fetched.
//
// The kernel sends {kind: "whole", spec, curves} or {kind: "delta", curves, ...marks}, each with a generation, a
// sequence number and one buffer: for every entry of curves its positions, then its values, float32. The page sends
// {kind: "ready"} when it appears, {kind: "resync"} when it has missed something, {kind: "pick", run, epoch} when a
// person picks the end of an epoch, and {kind: "pickX", x} when a position of a plot that offers that. A delta with a
// spec says which curves there are from now on: those that start at 0 come anew, the others keep their numbers.

import { make } from "./elements.js";
import { schedule } from "./frame.js";
import { receive } from "./messages.js";
import { rebuild } from "./panes.js";
import { openSnapshot } from "./snapshot.js";
import { readTheme, retheme, watchTheme } from "./theme.js";
import { buildTools } from "./toolbar.js";

const KNOCK_MS = 1500;

function render({ model, el }) {
  const chart = { model, root: make("div", "kerastune-chart ktc-is-empty"), ending: new AbortController() };
  const view = { smoothing: null, log: {}, hidden: [], ...model.get("view") };
  Object.assign(chart, { view, spec: null, curves: new Map(), panes: [], zoom: null, hover: null, drag: null });
  Object.assign(chart, { several: false, picks: {}, hoverPane: null, pointerY: null, dragged: false });
  Object.assign(chart, { waiting: true, frame: null, stale: false, timers: {}, range: [0, 1] });
  build(chart);
  el.append(chart.root);
  readTheme(chart);
  rebuild(chart);
  openSnapshot(chart);
  chart.waiting = true;
  const release = connect(chart);
  knock(chart);
  chart.root.classList.add("ktc-is-live");
  return release;
}

/** Say "ready" until the kernel answers: one that is busy while a page is reloaded may miss it. */
function knock(chart, times = 20) {
  chart.model.send({ kind: "ready" });
  const again = () => chart.waiting && knock(chart, times - 1);
  if (times > 1) chart.timers.knock = setTimeout(again, KNOCK_MS);
}

function build(chart) {
  const bar = make("div", "ktc-bar");
  chart.legend = make("div", "ktc-legend");
  chart.body = make("div", "ktc-body");
  chart.empty = make("div", "ktc-empty");
  bar.append(chart.legend, buildTools(chart));
  chart.spoken = make("div", "ktc-spoken");
  chart.spoken.setAttribute("aria-live", "polite");
  chart.root.append(bar, chart.body, chart.empty, chart.spoken);
  chart.root.setAttribute("data-lm-suppress-shortcuts", "true"); // else JupyterLab takes the arrow keys
}

function connect(chart) {
  const { model } = chart;
  const onMessage = (message, buffers) => receive(chart, message, buffers);
  const onLanguage = () => rebuild(chart);
  model.on("msg:custom", onMessage);
  model.on("change:language", onLanguage);
  const sizes = new ResizeObserver(() => (chart.themed ? schedule(chart, true) : retheme(chart)));
  sizes.observe(chart.root);
  window.addEventListener("resize", () => schedule(chart, true), { signal: chart.ending.signal });
  const themes = watchTheme(chart);
  return () => {
    model.off("msg:custom", onMessage);
    model.off("change:language", onLanguage);
    chart.ending.abort();
    for (const watcher of [sizes, themes]) watcher.disconnect();
    for (const timer of Object.values(chart.timers)) clearTimeout(timer);
    if (chart.frame !== null) cancelAnimationFrame(chart.frame);
  };
}

export default { render };
