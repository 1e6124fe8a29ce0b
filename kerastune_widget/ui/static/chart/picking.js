// Picking: the end of an epoch, to go on from there, or a position, where the plot offers that.

import { firstOf, frontOf, hasDrawn, nearest, shownCurves } from "./curves.js";
import { indexAt, roundText } from "./numbers.js";
import { drawable } from "./strokes.js";

const REACH = 40; // pixels above and below a curve

/** Find the curve nearest to the pointer, and on it the nearest end of an epoch; by keyboard, on the run in front. */
export function pickAt(chart, pane) {
  if (chart.hover === null || chart.drag?.moved || chart.hoverPane !== pane) return null;
  const curve = chart.pointerY === null ? frontCurve(chart, pane) : curveNear(chart, pane);
  if (!curve) return null;
  const { epochs, ends } = chart.picks[curve.run];
  const place = nearestEnd(ends, chart.hover);
  const i = nearest(curve, ends[place]);
  if (curve.x[i] < pane.scale.x0 || curve.x[i] > pane.scale.x1) return null;
  return { run: curve.run, epoch: epochs[place], x: curve.x[i], y: frontOf(chart, curve)[i], hue: curve.hue };
}

function pickable(chart, pane) {
  const offered = (curve) => chart.picks[curve.run]?.ends.length && hasDrawn(curve) && curve.mark !== "faint";
  return shownCurves(chart, pane).filter(offered).sort((a, b) => a.raw - b.raw); // the run in front lies on top
}

function frontCurve(chart, pane) {
  return pickable(chart, pane).findLast((curve) => curve.raw);
}

function curveNear(chart, pane) {
  let [found, least] = [null, REACH];
  for (const curve of pickable(chart, pane)) {
    const value = valueAt(frontOf(chart, curve), curve, chart.hover);
    const distance = drawable(value, pane.scale) ? Math.abs(pane.scale.py(value) - chart.pointerY) : Infinity;
    if (distance <= least) [found, least] = [curve, distance];
  }
  return found;
}

/** The height of the line between two of its values. */
function valueAt(values, curve, x) {
  const first = firstOf(curve);
  const after = Math.min(curve.count - 1, indexAt(curve.x, curve.count, x, first));
  if (after <= first) return values[first];
  const share = Math.min(1, (x - curve.x[after - 1]) / (curve.x[after] - curve.x[after - 1] || 1));
  return values[after - 1] + share * (values[after] - values[after - 1]);
}

function nearestEnd(ends, x) {
  const after = Math.min(ends.length - 1, indexAt(ends, ends.length, x));
  return after > 0 && x - ends[after - 1] < ends[after] - x ? after - 1 : after;
}

export function sendPick(chart, pane) {
  if (canPickX(chart)) return chart.model.send({ kind: "pickX", x: chart.hover });
  const found = pickAt(chart, pane);
  if (found) chart.model.send({ kind: "pick", run: found.run, epoch: found.epoch });
}

/** Whether the position under the pointer can be picked. */
export const canPickX = (chart) => Boolean(chart.spec.x_pick) && chart.hover !== null && !chart.drag?.moved;

/** What picking it would do; kernel and page both keep two significant digits. */
export function pickXText(chart) {
  const does = chart.words(chart.spec.x_pick).replace("{x}", roundText(chart.hover));
  return chart.word[chart.pointerY === null ? "pickXByKey" : "pickX"](does);
}

export function pickText(chart, { run, epoch }) {
  return chart.word[chart.pointerY === null ? "pickByKey" : "pick"](chart.several ? run : null, epoch);
}
