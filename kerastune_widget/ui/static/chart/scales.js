// From numbers to pixels and back.

import { firstOf, hasDrawn, seenOf, shownCurves } from "./curves.js";
import { indexAt, linearTicks, logTicks, niceStep } from "./numbers.js";
import { isLog, isShown } from "./view.js";

export const TOP = 18;
export const RIGHT = 14;
export const ROW = 15;

/** Where a rate is still to go: the pane of rates spans that too, so that the others need not. */
const isAhead = (curve) => curve.mark === "faint" && curve.role === "rate";

/** The ends of the horizontal axis; a low pane over the full width has its own while nobody zooms. */
export function rangeX(chart, pane = null) {
  if (chart.zoom) return chart.zoom;
  if (chart.spec?.x_labels?.length) return [-0.5, chart.spec.x_labels.length - 0.5];
  if (chart.spec?.x_range) return chart.spec.x_range;
  let low = Infinity;
  let high = -Infinity;
  for (const curve of chart.curves.values()) {
    if (!hasDrawn(curve) || !isShown(chart, curve) || (isAhead(curve) && !pane?.axis.wide)) continue;
    low = Math.min(low, curve.x[firstOf(curve)]);
    high = Math.max(high, curve.x[curve.count - 1]);
  }
  if (low > high) return chart.spec?.x_log ? [1, 10] : [0, 1];
  const fromStart = low > 0 && (low < 0.05 * high || (low <= 1 && chart.spec.series.some((part) => part.smooth)));
  if (!chart.spec.x_log && fromStart) low = 0;
  return low < high ? [low, high] : chart.spec.x_log ? [low / 2, low * 2] : [low, low + 1];
}

function rangeY(chart, pane, x0, x1) {
  const floor = isLog(chart, pane) ? 0 : -Infinity;
  let low = Infinity;
  let high = -Infinity;
  for (const curve of shownCurves(chart, pane)) {
    const values = seenOf(chart, curve);
    const to = Math.min(curve.count, indexAt(curve.x, curve.count, x1) + 1);
    for (let i = indexAt(curve.x, curve.count, x0, firstOf(curve)); i < to; i++) {
      const value = values[i];
      if (!(value > floor && value < Infinity)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? [low, high] : null;
}

export function scaleOf(chart, pane, width, height) {
  const [x0, x1] = pane.axis.wide ? rangeX(chart, pane) : chart.range;
  const rows = chart.spec.epoch_ends.length ? 2 : 1;
  const scale = { x0, x1, top: TOP, right: width - RIGHT, bottom: height - rows * ROW - 5, xLog: chart.spec.x_log };
  const found = pane.zoom ?? rangeY(chart, pane, x0, x1);
  scale.log = isLog(chart, pane) && found !== null;
  scale.floor = scale.log ? 0 : -Infinity;
  [scale.y0, scale.y1] = settledY(found ?? [0, 1], scale, pane.zoom !== null);
  const ticks = scale.log ? logTicks : linearTicks;
  scale.ticks = ticks(scale.y0, scale.y1, (scale.bottom - scale.top) / 45);
  return finishScale(scale);
}

/** Round the range outwards, so that a growing curve does not make the axis tremble. */
function settledY([low, high], scale, exact) {
  if (exact) return [low, high];
  const tenth = (round, value) => 10 ** (round(Math.log10(value) * 10) / 10);
  if (scale.log) return [tenth(Math.floor, low * 0.99), tenth(Math.ceil, high * 1.01)];
  if (low === high) [low, high] = [low - (Math.abs(low) * 0.1 || 0.5), high + (Math.abs(high) * 0.1 || 0.5)];
  const half = niceStep(high - low, (scale.bottom - scale.top) / 45) / 2;
  return [Math.floor(low / half + 1e-9) * half, Math.ceil(high / half - 1e-9) * half];
}

function finishScale(scale) {
  const forward = { true: Math.log10, false: (value) => value };
  const [fx, fy] = [forward[scale.xLog], forward[scale.log]];
  const [a, b, c, d] = [fx(scale.x0), fx(scale.x1), fy(scale.y0), fy(scale.y1)];
  scale.place = (left) => {
    scale.left = left;
    const [kx, ky] = [(scale.right - left) / (b - a), (scale.bottom - scale.top) / (d - c)];
    scale.px = (x) => left + (fx(x) - a) * kx;
    scale.py = (y) => scale.bottom - (fy(y) - c) * ky;
    scale.toX = (pixel) => inverse(scale.xLog, a + (pixel - left) / kx);
    scale.toY = (pixel) => inverse(scale.log, c + (scale.bottom - pixel) / ky);
  };
  return scale;
}

const inverse = (log, value) => (log ? 10 ** value : value);
