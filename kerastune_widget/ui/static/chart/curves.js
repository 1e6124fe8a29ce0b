// The numbers of each curve and their moving average.

import { indexAt } from "./numbers.js";
import { isShown, smoothing } from "./view.js";

export function newCurve(part) {
  const numbers = { x: new Float32Array(512), y: new Float32Array(512), front: new Float32Array(512) };
  return restartAverage({ raw: true, ...part, run: runOf(part.id), ...numbers, count: 0 }, 0);
}

/** Curves of a run are called "3/loss"; others belong to none. */
const runOf = (id) => (/^\d+\//.test(id) ? parseInt(id, 10) : null);

function restartAverage(curve, weight) {
  return Object.assign(curve, { weight, done: 0, past: 0, share: 0 });
}

export function extend(curve, x, y) {
  const end = curve.count + x.length;
  if (end > curve.x.length)
    for (const name of ["x", "y", "front"]) curve[name] = widened(curve[name], Math.max(end, 2 * curve.x.length));
  curve.x.set(x, curve.count);
  curve.y.set(y, curve.count);
  curve.count = end;
}

function widened(numbers, size) {
  const room = new Float32Array(size);
  room.set(numbers);
  return room;
}

/** Bring the moving average up to date: the same numbers as smoothed() in core/plot.py. Only new values are visited. */
function average(curve, weight) {
  if (weight !== curve.weight) restartAverage(curve, weight);
  let { past, share } = curve;
  for (let i = curve.done; i < curve.count; i++) {
    const value = curve.y[i];
    if (!Number.isFinite(value)) {
      curve.front[i] = NaN;
      continue;
    }
    past = weight * past + (1 - weight) * value;
    share = weight * share + (1 - weight);
    curve.front[i] = past / share;
  }
  Object.assign(curve, { past, share, done: curve.count });
}

/** A branch's curve is drawn from its fork on; what lies before only feeds the moving average. */
export const firstOf = (curve) => (curve.since == null ? 0 : indexAt(curve.x, curve.count, curve.since));
export const hasDrawn = (curve) => curve.count > firstOf(curve);

export const isAveraged = (chart, curve) => curve.smooth && smoothing(chart) > 0;
/** The values of the line in front. */
export function frontOf(chart, curve) {
  if (!isAveraged(chart, curve)) return curve.y;
  average(curve, smoothing(chart));
  return curve.front;
}

/** The values that can be seen: where the pale ones behind the line are left out, the line's own. */
export const seenOf = (chart, curve) => (curve.raw ? curve.y : frontOf(chart, curve));

/** The runs whose curves are here; with several, only the one in front has pale values behind its lines. */
export function runsOf(chart) {
  return [...new Set([...chart.curves.values()].map((curve) => curve.run))].filter((run) => run !== null);
}

export function shownCurves(chart, pane) {
  return [...chart.curves.values()].filter((curve) => curve.axis === pane.axis.id && isShown(chart, curve));
}

/** Whether positions count something, so that neither ticks nor the pointer stop between two of them. */
export function countsThings(chart) {
  if (chart.spec?.x_labels?.length || chart.spec?.x_pick) return false;
  const ends = (curve) => [curve.x[0], curve.x[1], curve.x[curve.count - 1]];
  return [...chart.curves.values()].every((curve) => curve.count < 2 || ends(curve).every(Number.isInteger));
}

export const hasNumbers = (chart) => [...chart.curves.values()].some((curve) => curve.count);

export function nearest(curve, x) {
  const first = firstOf(curve);
  const after = Math.min(curve.count - 1, indexAt(curve.x, curve.count, x, first));
  return after > first && x - curve.x[after - 1] < curve.x[after] - x ? after - 1 : after;
}

export function visiblePart(curve, x0, x1) {
  const from = Math.max(firstOf(curve), indexAt(curve.x, curve.count, x0) - 1);
  return [from, Math.min(curve.count, indexAt(curve.x, curve.count, x1) + 2)];
}
