// When and in what order things are drawn: at most once a frame.

import { shownCurves } from "./curves.js";
import { drawGrid, drawMarks, drawRows, drawSpans } from "./ground.js";
import { tickText } from "./numbers.js";
import { drawReading } from "./reading.js";
import { rangeX, scaleOf } from "./scales.js";
import { drawCurve } from "./strokes.js";
import { smoothing } from "./view.js";

export const CLIP = 5;

export function schedule(chart, everything) {
  chart.stale ||= everything;
  chart.frame ??= requestAnimationFrame(function drawFrame() {
    chart.frame = null;
    draw(chart);
  });
}

/** Draw everything now. A frame that was asked for while the page changes its size or theme may be long in coming. */
export function drawNow(chart) {
  if (chart.frame !== null) cancelAnimationFrame(chart.frame);
  chart.frame = null;
  chart.stale = true;
  draw(chart);
}

function draw(chart) {
  if (!chart.spec || !chart.root.clientWidth) return;
  if (chart.stale) drawCurves(chart);
  chart.stale = false;
  for (const pane of chart.panes) if (pane.scale) drawReading(chart, pane);
}

function drawCurves(chart) {
  chart.range = rangeX(chart);
  for (const pane of chart.panes) drawPane(chart, pane);
  const zoomed = chart.zoom || chart.panes.some((pane) => pane.zoom);
  chart.reset.hidden = !zoomed;
}

export function fitCanvas(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w) canvas.width = w;
  if (canvas.height !== h) canvas.height = h;
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/** The other runs' curves on a canvas of their own, painted anew only when something about them has changed. */
function layerOf(chart, pane, scale, curves) {
  const { clientWidth: width, clientHeight: height } = pane.plot;
  const { x0, x1, y0, y1, left, bottom, log } = scale;
  const each = curves.map(({ id, count, hue, since }) => [id, count, hue, since]);
  const look = [smoothing(chart), chart.theme.dark, chart.theme.ground, chart.generation, window.devicePixelRatio];
  const key = JSON.stringify([x0, x1, y0, y1, left, bottom, log, width, height, look, each]);
  if (pane.layerKey === key) return pane.layer;
  pane.layer ??= document.createElement("canvas");
  pane.layerKey = key;
  const context = fitCanvas(pane.layer, width, height);
  for (const curve of curves) drawCurve(context, chart, scale, curve);
  return pane.layer;
}

function drawPane(chart, pane) {
  const { clientWidth: width, clientHeight: height } = pane.plot;
  if (!width || !height) return;
  const context = fitCanvas(pane.canvas, width, height);
  pane.scale = paintPane(context, chart, pane, width, height);
}

/** Paint a pane on a canvas, or on whatever takes the same calls, and return its scale. */
export function paintPane(context, chart, pane, width, height) {
  context.font = chart.theme.font;
  const scale = scaleOf(chart, pane, width, height);
  const labels = scale.ticks.ticks.map((tick) => tickText(tick, scale.ticks.step));
  const widest = Math.max(...labels.map((label) => context.measureText(label).width), 32);
  scale.place(Math.ceil(widest / 6) * 6 + 10);
  drawSpans(context, chart, scale);
  drawGrid(context, chart, scale, labels);
  drawRows(context, chart, scale);
  drawMarks(context, chart, scale, pane);
  context.save();
  context.beginPath();
  const spare = chart.zoom ? 0 : CLIP; // room for the dots at both ends
  const [wide, high] = [scale.right - scale.left, scale.bottom - scale.top];
  context.rect(scale.left - spare, scale.top - CLIP, wide + 2 * spare, high + 2 * CLIP);
  context.clip();
  const curves = shownCurves(chart, pane);
  const behind = curves.filter((curve) => !curve.raw);
  if (context.canvas !== pane.canvas) for (const curve of behind) drawCurve(context, chart, scale, curve);
  else if (behind.length) context.drawImage(layerOf(chart, pane, scale, behind), 0, 0, width, height);
  for (const curve of curves) if (curve.raw) drawCurve(context, chart, scale, curve);
  context.restore();
  return scale;
}
