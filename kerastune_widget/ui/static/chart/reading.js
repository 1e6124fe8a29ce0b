// Values under the pointer, and the latest ones in words.

import { firstOf, frontOf, hasDrawn, hasNumbers, isAveraged, nearest, shownCurves } from "./curves.js";
import { make, swatch } from "./elements.js";
import { fitCanvas } from "./frame.js";
import { line, marksOf } from "./ground.js";
import { countText, indexAt, valueText } from "./numbers.js";
import { canPickX, pickAt, pickText, pickXText } from "./picking.js";
import { TOP } from "./scales.js";
import { drawable } from "./strokes.js";

export function drawReading(chart, pane) {
  const { clientWidth: width, clientHeight: height } = pane.plot;
  const context = fitCanvas(pane.overlay, width, height);
  const { scale } = pane;
  drawSelection(context, chart, pane);
  const x = chart.hover;
  const visible = x !== null && !chart.drag?.moved && x >= scale.x0 && x <= scale.x1 && hasNumbers(chart);
  pane.card.hidden = !visible;
  pane.plot.classList.remove("ktc-can-pick");
  if (!visible) return;
  const pixel = Math.round(scale.px(x)) + 0.5;
  line(context, chart.theme.axis, pixel, scale.top, pixel, scale.bottom);
  const readings = readable(chart, pane).filter((curve) => reaches(curve, x));
  for (const curve of readings) drawDot(context, chart, scale, curve, nearest(curve, x));
  const pick = pickAt(chart, pane);
  if (pick) drawPick(context, chart, scale, pick);
  pane.plot.classList.toggle("ktc-can-pick", pick !== null || canPickX(chart));
  fillCard(chart, pane, x, nearPointer(chart, pane, readings), pick);
  placeCard(pane, pixel, width);
}

const readable = (chart, pane) =>
  shownCurves(chart, pane).filter((curve) => hasDrawn(curve) && curve.mark !== "faint");

/** Whether a curve says something about x: of several runs, some ended before or branched off after it. */
function reaches(curve, x) {
  const slack = curve.count > 1 ? (curve.x[curve.count - 1] - curve.x[0]) / (curve.count - 1) : Infinity;
  return x >= curve.x[firstOf(curve)] - slack && x <= curve.x[curve.count - 1] + slack;
}

const ROWS = 8; // on the card

/** Of more curves than the card holds, those nearest to the pointer, in their usual order. */
function nearPointer(chart, pane, readings) {
  if (readings.length <= ROWS) return readings;
  const y = chart.hoverPane === pane ? chart.pointerY : null;
  const value = (curve) => frontOf(chart, curve)[nearest(curve, chart.hover)];
  const distance = (curve) => (y === null ? -curve.run : Math.abs(pane.scale.py(value(curve)) - y));
  const kept = new Set([...readings].sort((a, b) => distance(a) - distance(b)).slice(0, ROWS));
  return readings.filter((curve) => kept.has(curve));
}

function drawPick(context, chart, scale, { x, y, hue }) {
  if (!drawable(y, scale)) return;
  context.beginPath();
  context.arc(scale.px(x), scale.py(y), 6.5, 0, 7);
  context.lineWidth = 2;
  context.strokeStyle = chart.theme.palette[hue % chart.theme.palette.length];
  context.stroke();
}

function drawDot(context, chart, scale, curve, i) {
  const value = frontOf(chart, curve)[i];
  if (!drawable(value, scale) || curve.x[i] < scale.x0 || curve.x[i] > scale.x1) return;
  context.beginPath();
  context.arc(scale.px(curve.x[i]), scale.py(value), 4, 0, 7);
  context.fillStyle = chart.theme.palette[curve.hue % chart.theme.palette.length];
  context.fill();
  context.lineWidth = 1.5;
  context.strokeStyle = chart.theme.ground;
  context.stroke();
}

function fillCard(chart, pane, x, readings, pick) {
  const rows = readings.map((curve) => cardRow(chart, curve, nearest(curve, x)));
  const marks = marksNear(chart, pane, x).map((text) => make("div", "ktc-card-mark", text));
  const hint = hints(chart, pick).map((text) => make("div", "ktc-card-pick", text));
  pane.card.replaceChildren(make("div", "ktc-card-head", whereText(chart, x)), ...rows, ...marks, ...hint);
}

/** What the marks at x say. */
function marksNear(chart, pane, x) {
  const near = (mark) => Math.abs(pane.scale.px(mark.x) - pane.scale.px(x)) < 6;
  return marksOf(chart, pane).filter(near).map((mark) => chart.words(mark.text));
}

/** What a click or Enter would do here. */
const hints = (chart, pick) => (canPickX(chart) ? [pickXText(chart)] : pick ? [pickText(chart, pick)] : []);

function whereText(chart, x) {
  const { epoch_ends: ends, x_labels: labels } = chart.spec;
  if (labels?.length) return chart.words(labels[Math.min(labels.length - 1, Math.max(0, Math.round(x)))].text);
  if (!ends.length) return `${chart.words(chart.spec.x_title)} ${chart.spec.x_log ? valueText(x) : countText(x)}`;
  const epoch = Math.min(indexAt(ends, ends.length, x), ends.length) + 1;
  const [step, number] = [countText(x), countText(epoch)];
  return chart.language === "zh" ? `第 ${step} 步 · 第 ${number} 轮` : `Step ${step} · Epoch ${number}`;
}

function cardRow(chart, curve, i) {
  const row = make("div", "ktc-card-row");
  const raw = curve.raw && isAveraged(chart, curve) ? make("span", "ktc-card-raw", valueText(curve.y[i])) : make("span");
  const value = make("span", "ktc-card-value", valueText(frontOf(chart, curve)[i]));
  row.append(swatch(chart, curve), make("span", "ktc-card-name", chart.words(curve.title)), value, raw);
  return row;
}

function placeCard(pane, pixel, width) {
  const size = pane.card.offsetWidth;
  const left = pixel + 14 + size > width ? pixel - 14 - size : pixel + 14;
  pane.card.style.transform = `translate(${Math.max(0, left)}px, ${TOP + 6}px)`;
}

function drawSelection(context, chart, pane) {
  const { drag } = chart;
  if (!drag?.moved || (drag.both && drag.pane !== pane)) return;
  const { scale } = pane;
  const [x0, x1] = [drag.from, drag.to].map((point) => scale.px(point.x));
  const [y0, y1] = drag.both ? [drag.from, drag.to].map((point) => scale.py(point.y)) : [scale.top, scale.bottom];
  context.fillStyle = chart.theme.axis;
  context.globalAlpha = 0.25;
  context.fillRect(x0, y0, x1 - x0, y1 - y0);
  context.globalAlpha = 1;
  context.strokeStyle = chart.theme.axis;
  context.strokeRect(x0, y0, x1 - x0, y1 - y0);
}

/** Say in words what the curves show last, for those who can't see them. */
export function summarise(chart) {
  for (const pane of chart.panes) {
    const shown = readable(chart, pane);
    const last = Math.max(...shown.map((curve) => curve.x[curve.count - 1]));
    const value = (curve) => valueText(frontOf(chart, curve)[curve.count - 1]);
    const values = shown.map((curve) => `${chart.words(curve.title)} ${value(curve)}`);
    const where = shown.length ? `, ${chart.word.latest} ${whereText(chart, last)}: ${values.join(", ")}` : "";
    pane.plot.setAttribute("aria-label", `${chart.words(pane.axis.title)}${where}. ${chart.word[chart.spec.x_pick ? "helpX" : "help"]}`);
  }
}

/** Say what the keyboard has brought under the cursor; a pointer's owner can see it. */
export function readAloud(chart, pane) {
  const text = (curve) => {
    const i = nearest(curve, chart.hover);
    return `${chart.words(curve.title)} ${valueText(frontOf(chart, curve)[i])}`;
  };
  const values = readable(chart, pane).filter((curve) => reaches(curve, chart.hover)).map(text);
  const pick = pickAt(chart, pane);
  const marks = pane.scale ? marksNear(chart, pane, chart.hover) : [];
  const parts = [whereText(chart, chart.hover), ...values, ...marks, ...hints(chart, pick)];
  chart.spoken.textContent = parts.join(", ");
}
