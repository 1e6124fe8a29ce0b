// What lies behind the curves: highlighted stretches, grid, axes and marks.

import { countsThings } from "./curves.js";
import { countText, indexAt, linearTicks, logTicks, niceStep, thousandsText, tickText } from "./numbers.js";
import { RIGHT, ROW } from "./scales.js";

export function drawSpans(context, chart, scale) {
  for (const span of chart.spec.spans) {
    const [start, end] = [span.start, span.end].map((x) => Math.min(scale.right, Math.max(scale.left, scale.px(x))));
    if (end <= start) continue;
    context.fillStyle = chart.spec.severities[span.severity];
    context.globalAlpha = chart.theme.dark ? 0.15 : 0.13;
    context.fillRect(start, scale.top, end - start, scale.bottom - scale.top);
    context.globalAlpha = 0.9;
    context.fillRect(start, scale.top - 2, end - start, 2);
  }
  context.globalAlpha = 1;
}

export function drawGrid(context, chart, scale, labels) {
  context.lineWidth = 1;
  context.textAlign = "right";
  context.textBaseline = "middle";
  scale.ticks.ticks.forEach((tick, i) => {
    const y = Math.round(scale.py(tick)) + 0.5;
    line(context, chart.theme.grid, scale.left, y, scale.right, y);
    context.fillStyle = chart.theme.muted;
    context.fillText(labels[i], scale.left - 7, y);
  });
  line(context, chart.theme.axis, scale.left, scale.bottom + 0.5, scale.right, scale.bottom + 0.5);
}

export function line(context, colour, x0, y0, x1, y1, dash = []) {
  context.strokeStyle = colour;
  context.setLineDash(dash);
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
  context.setLineDash([]);
}

/** Write the positions under the axis and, where known, the epochs under them. */
export function drawRows(context, chart, scale) {
  if (chart.spec.x_labels?.length) return drawLabels(context, chart, scale);
  const room = (scale.right - scale.left) / 90;
  const count = countsThings(chart) ? Math.min(room, scale.x1 - scale.x0) : room;
  const { ticks, step } = (scale.xLog ? logTicks : linearTicks)(scale.x0, scale.x1, count);
  const whole = !scale.xLog && step >= 1;
  const text = !whole ? tickText : scale.x1 < 1e4 ? countText : thousandsText;
  const texts = ticks.map((tick) => [tick, text(tick, step)]);
  drawRow(context, chart, scale, 0, chart.words(chart.spec.x_title), texts);
  if (!chart.spec.epoch_ends.length) return;
  const epochs = epochTicks(chart.spec.epoch_ends, scale);
  for (const [x] of epochs) {
    const pixel = Math.round(scale.px(x)) + 0.5;
    line(context, chart.theme.faint, pixel, scale.top, pixel, scale.bottom);
  }
  drawRow(context, chart, scale, 1, chart.word.epoch, epochs);
}

/** Write words under the axis in place of numbers. */
function drawLabels(context, chart, scale) {
  const texts = chart.spec.x_labels.map((label) => [label.x, chart.words(label.text)]);
  drawRow(context, chart, scale, 0, "", texts);
}

function epochTicks(ends, scale) {
  const first = indexAt(ends, ends.length, scale.x0);
  const last = indexAt(ends, ends.length, scale.x1 * (1 + 1e-9) + 1e-9);
  const covered = last > first ? scale.px(ends[last - 1]) - scale.left : 0; // a plan goes on beyond the epochs so far
  const room = Math.max(1, covered / 44);
  const stride = Math.max(1, niceStep(Math.max(1, last - first), room));
  const ticks = [];
  for (let i = first; i < last; i++) if ((i + 1) % stride === 0) ticks.push([ends[i], String(i + 1)]);
  return ticks;
}

function drawRow(context, chart, scale, row, title, texts) {
  const y = scale.bottom + 5 + (row + 0.5) * ROW;
  context.textBaseline = "middle";
  context.fillStyle = chart.theme.muted;
  context.textAlign = "left";
  const reserved = context.measureText(title).width + 4;
  context.fillText(title, 0, y);
  context.textAlign = "center";
  let end = reserved; // of what is written so far: words that would touch it are left out
  for (const [x, text] of texts) {
    const half = context.measureText(text).width / 2;
    const pixel = Math.min(scale.px(x), scale.right + RIGHT - half);
    if (pixel - half < end) continue;
    context.fillText(text, pixel, y);
    end = pixel + half + 4;
  }
}

const MARK_ROW = 14;

/** The marks that a pane has: those of all panes, and its own. */
export const marksOf = (chart, pane) => chart.spec.annotations.filter(({ axis }) => !axis || axis === pane.axis.id);

/**
 * Draw the vertical marks; their words stand above the first pane, or above the one they belong to, as far as there is
 * room. Those of a suggestion go down into the pane where there is none.
 */
export function drawMarks(context, chart, scale, pane) {
  const taken = [];
  const isFree = (start, end, row) => taken.every((is) => is.row !== row || start >= is.end + 8 || end <= is.start - 8);
  context.textBaseline = "middle";
  const marks = marksOf(chart, pane).filter(({ x }) => x >= scale.x0 && x <= scale.x1).sort(byWeight);
  const pixel = (mark) => Math.round(scale.px(mark.x)) + 0.5;
  for (const mark of marks) {
    const x = pixel(mark);
    const pale = mark.kind === "fork" || mark.kind === "wait";
    line(context, pale ? chart.theme.grid : chart.theme.muted, x, scale.top - 4, x, scale.bottom, pale ? [1, 3] : [2, 3]);
  }
  for (const mark of marks) { // after all lines, so that none runs through the words
    const x = pixel(mark);
    const text = chart.words(mark.short ?? mark.text);
    const width = context.measureText(text).width;
    const start = Math.max(scale.left, Math.min(x - width / 2, scale.right + RIGHT - width));
    const rows = mark.kind === "suggestion" ? [0, 1, 2, 3, 4] : [0];
    const row = rows.find((candidate) => isFree(start, start + width, candidate));
    const withWords = mark.kind !== "wait" && (mark.axis ? true : pane === chart.panes[0]);
    if (!withWords || row === undefined) continue;
    if (row) clearBehind(context, chart, start, 7 + row * MARK_ROW, width);
    context.textAlign = "left";
    context.fillStyle = chart.theme.ink;
    context.fillText(text, start, 7 + row * MARK_ROW);
    taken.push({ row, start, end: start + width });
  }
}

function clearBehind(context, chart, start, y, width) {
  context.globalAlpha = 0.8;
  context.fillStyle = chart.theme.ground;
  context.fillRect(start - 2, y - 6, width + 4, 12);
  context.globalAlpha = 1;
}

/** Forks are marked last: they get what room is left. */
const byWeight = (a, b) => (a.kind === "fork") - (b.kind === "fork") || a.x - b.x;
