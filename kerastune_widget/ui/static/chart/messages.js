// What the kernel sends: whole plots and deltas.

import { extend, hasNumbers, newCurve, runsOf } from "./curves.js";
import { schedule } from "./frame.js";
import { rebuild } from "./panes.js";
import { resetZoom } from "./pointer.js";
import { summarise } from "./reading.js";
import { saveSnapshot } from "./snapshot.js";
import { readTheme } from "./theme.js";

const SUMMARY_MS = 5000;
const SNAPSHOT_MS = 3000;

export function receive(chart, message, buffers) {
  if (message.kind === "whole") takeWhole(chart, message, floats(buffers));
  else if (message.kind === "delta" && !chart.waiting) takeDelta(chart, message, floats(buffers));
}

function floats(buffers) {
  const data = buffers?.[0];
  if (!data) return new Float32Array(0);
  const start = data.byteOffset ?? 0;
  const bytes = (data.buffer ?? data).slice(start, start + data.byteLength);
  return new Float32Array(bytes);
}

export function takeWhole(chart, message, numbers) {
  const curves = new Map(message.spec.series.map((part) => [part.id, newCurve(part)]));
  Object.assign(chart, { waiting: false, picks: message.picks ?? {} });
  Object.assign(chart, { generation: message.generation, sequence: message.sequence });
  takeSpec(chart, message.spec, curves);
  takeNumbers(chart, message.curves, numbers);
  if (!hasNumbers(chart)) resetZoom(chart);
  readTheme(chart);
  rebuild(chart);
  changed(chart);
}

function takeSpec(chart, spec, curves) {
  Object.assign(chart, { spec, curves });
  chart.several = runsOf(chart).length > 1;
}

/** Curves that stay keep their numbers; the others come, go, or start anew. */
function reshape(chart, message) {
  const starts = new Map(message.curves.map((part) => [part.id, part.start]));
  const held = (part) => (starts.get(part.id) ? Object.assign(chart.curves.get(part.id), part) : newCurve(part));
  const { palettes, severities } = chart.spec;
  const spec = { palettes, severities, ...message.spec };
  takeSpec(chart, spec, new Map(spec.series.map((part) => [part.id, held(part)])));
}

function takeDelta(chart, message, numbers) {
  const next = message.generation === chart.generation && message.sequence === chart.sequence + 1;
  const anew = message.spec !== undefined;
  const fits = message.curves.every(
    ({ id, start }) => (anew && start === 0) || chart.curves.get(id)?.count === start,
  );
  if (!next || !fits) {
    chart.waiting = true;
    chart.model.send({ kind: "resync" });
    return;
  }
  chart.sequence = message.sequence;
  if (anew) reshape(chart, message);
  if (message.picks) chart.picks = message.picks;
  for (const name of ["annotations", "spans", "epoch_ends"]) if (message[name]) chart.spec[name] = message[name];
  takeNumbers(chart, message.curves, numbers);
  if (anew) rebuild(chart);
  changed(chart);
}

function takeNumbers(chart, parts, numbers) {
  let start = 0;
  for (const { id, count } of parts) {
    const [middle, end] = [start + count, start + 2 * count];
    extend(chart.curves.get(id), numbers.subarray(start, middle), numbers.subarray(middle, end));
    start = end;
  }
}

function changed(chart) {
  chart.root.classList.toggle("ktc-is-empty", !hasNumbers(chart));
  schedule(chart, true);
  later(chart, "summary", SUMMARY_MS, summarise);
  clearTimeout(chart.timers.snapshot);
  chart.timers.snapshot = null;
  later(chart, "snapshot", SNAPSHOT_MS, saveSnapshot);
}

function later(chart, name, delay, action) {
  chart.timers[name] ??= setTimeout(() => {
    chart.timers[name] = null;
    action(chart);
  }, delay);
}
