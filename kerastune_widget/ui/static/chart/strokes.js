// The curves themselves.

import { firstOf, frontOf, hasDrawn, isAveraged, visiblePart } from "./curves.js";
import { dashOf } from "./elements.js";
import { CLIP } from "./frame.js";
import { indexAt } from "./numbers.js";

export function drawCurve(context, chart, scale, curve) {
  if (!hasDrawn(curve)) return;
  const part = visiblePart(curve, scale.x0, scale.x1);
  const colour = chart.theme.palette[curve.hue % chart.theme.palette.length];
  context.strokeStyle = context.fillStyle = colour;
  if (curve.fill_to != null) fillBetween(context, scale, curve, chart.curves.get(curve.fill_to), part);
  if ((curve.raw && isAveraged(chart, curve)) || curve.mark === "faint") drawRaw(context, scale, curve, part);
  if (curve.mark === "faint") return;
  if (curve.mark === "dots") return drawPoints(context, scale, curve, part);
  context.lineWidth = 1.8;
  context.lineJoin = "round";
  context.setLineDash(dashOf(curve.role));
  strokeFront(context, scale, curve.x, frontOf(chart, curve), part);
  context.setLineDash([]);
  const roomy = (scale.right - scale.left) / Math.max(1, part[1] - part[0]) >= 9;
  if ((curve.mark === "points" && roomy) || curve.count === firstOf(curve) + 1) drawPoints(context, scale, curve, part);
  if (curve.since != null) drawFork(context, chart, scale, curve);
}

/** Fill what lies between a curve and another one: a band, broken where one of them has no value. */
function fillBetween(context, scale, curve, other, [from, to]) {
  if (!other) return;
  const end = Math.min(to, other.count);
  const both = (i) => drawable(curve.y[i], scale) && drawable(other.y[i], scale);
  context.globalAlpha = 0.18;
  for (let i = from; i < end; i++) {
    const start = i;
    while (i < end && both(i)) i++;
    if (i - start < 2) continue;
    context.beginPath();
    for (let j = start; j < i; j++) context.lineTo(scale.px(curve.x[j]), scale.py(curve.y[j]));
    for (let j = i - 1; j >= start; j--) context.lineTo(scale.px(other.x[j]), scale.py(other.y[j]));
    context.fill();
  }
  context.globalAlpha = 1;
}

/** Put a ring where a branch leaves its parent. */
function drawFork(context, chart, scale, curve) {
  const i = firstOf(curve);
  const value = frontOf(chart, curve)[i];
  if (!drawable(value, scale) || curve.x[i] < scale.x0 || curve.x[i] > scale.x1) return;
  context.beginPath();
  context.arc(scale.px(curve.x[i]), scale.py(value), 4, 0, 7);
  const colour = context.fillStyle;
  context.fillStyle = chart.theme.ground;
  context.fill();
  context.fillStyle = colour;
  context.stroke();
}

/** More values than this a pixel column are drawn as the column's range: every value counts, few are drawn. */
const isCrowded = (scale, [from, to]) => to - from > 2.5 * (scale.right - scale.left);

function drawRaw(context, scale, curve, part) {
  if (curve.role === "rate") return drawPlan(context, scale, curve, part);
  if (!isCrowded(scale, part)) {
    context.globalAlpha = 0.32;
    context.lineWidth = 1;
    strokeValues(context, scale, curve.x, curve.y, part);
  } else {
    context.globalAlpha = 0.3;
    let before = null;
    for (const column of columnsOf(scale, curve.x, curve.y, part)) {
      const low = before === null ? column.least : Math.min(column.least, before);
      const high = before === null ? column.greatest : Math.max(column.greatest, before);
      const top = scale.py(high);
      context.fillRect(column.pixel, top, 1, Math.max(1, scale.py(low) - top));
      before = column.last;
    }
  }
  context.globalAlpha = 1;
}

/** What a rate was to do: it can be seen past the line of what it did. */
function drawPlan(context, scale, curve, part) {
  context.globalAlpha = 0.65;
  context.lineWidth = 1.4;
  context.setLineDash([5, 4]);
  strokeValues(context, scale, curve.x, curve.y, part);
  context.setLineDash([]);
  context.globalAlpha = 1;
}

function strokeFront(context, scale, xs, ys, part) {
  if (!isCrowded(scale, part)) return strokeValues(context, scale, xs, ys, part);
  context.lineJoin = "bevel"; // round joins cost most of the time here, and can't be seen
  context.beginPath();
  for (const { pixel, least, greatest, rising, joined } of columnsOf(scale, xs, ys, part)) {
    const [start, end] = rising ? [least, greatest] : [greatest, least];
    if (joined) context.lineTo(pixel, scale.py(start));
    else context.moveTo(pixel, scale.py(start));
    context.lineTo(pixel, scale.py(end));
  }
  context.stroke();
}

function strokeValues(context, scale, xs, ys, [from, to]) {
  context.beginPath();
  let joined = false;
  for (let i = from; i < to; i++) {
    const value = ys[i];
    const fits = drawable(value, scale);
    if (fits && joined) context.lineTo(scale.px(xs[i]), scale.py(value));
    else if (fits) context.moveTo(scale.px(xs[i]), scale.py(value));
    joined = fits;
  }
  context.stroke();
}

export const drawable = (value, scale) => value > scale.floor && value < Infinity; // so NaN is not

/** Gather each pixel column's least, greatest and last value; columns without a value are left out. */
function columnsOf(scale, xs, ys, [from, to]) {
  const columns = [];
  let joined = false;
  for (let pixel = Math.floor(scale.left), start = from; start < to; pixel++) {
    const end = pixel > scale.right + CLIP ? to : Math.min(to, indexAt(xs, to, scale.toX(pixel + 1), start));
    const column = columnOf(scale, ys, start, end);
    if (column) columns.push({ ...column, pixel, joined });
    if (end > start) joined = column !== null;
    start = end;
  }
  return columns;
}

function columnOf({ floor }, ys, start, end) {
  let least = Infinity;
  let greatest = -Infinity;
  let [first, last] = [NaN, NaN];
  for (let i = start; i < end; i++) {
    const value = ys[i];
    if (!(value > floor && value < Infinity)) continue;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
    if (first !== first) first = value;
    last = value;
  }
  return least > greatest ? null : { least, greatest, last, rising: last >= first };
}

function drawPoints(context, scale, curve, [from, to]) {
  for (let i = from; i < to; i++) {
    if (!drawable(curve.y[i], scale)) continue;
    context.beginPath();
    context.arc(scale.px(curve.x[i]), scale.py(curve.y[i]), 2.8, 0, 7);
    context.fill();
  }
}
