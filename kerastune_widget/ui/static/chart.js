// The live chart: curves on canvases, fed by whole plots and by deltas. Plain JavaScript, nothing fetched.
//
// The kernel sends {kind: "whole", spec, curves} or {kind: "delta", curves, ...marks}, each with a generation, a
// sequence number and one buffer: for every entry of curves its positions, then its values, float32. The page sends
// {kind: "ready"} when it appears and {kind: "resync"} when it has missed something.

const WORDS = {
  en: {
    empty: "Press Run to see curves",
    smoothing: "Smoothing",
    log: "log",
    logHelp: "Logarithmic axis",
    reset: "Reset zoom",
    epoch: "Epoch",
    help: "Drag to zoom, with Shift in both directions; double-click to reset. Arrow keys read values.",
    toggle: "Show or hide",
    latest: "latest",
  },
  zh: {
    empty: "按“运行”查看曲线",
    smoothing: "平滑",
    log: "对数",
    logHelp: "对数坐标轴",
    reset: "重置缩放",
    epoch: "轮次",
    help: "拖动可缩放，按住 Shift 可同时缩放两个方向；双击重置。方向键读取数值。",
    toggle: "显示或隐藏",
    latest: "最新",
  },
};
const TOP = 18;
const RIGHT = 14;
const ROW = 15;
const CLIP = 5;
const SUMMARY_MS = 5000;
const SNAPSHOT_MS = 3000;
const SNAPSHOT_POINTS = 200;

// ---- numbers -------------------------------------------------------------------------------------------------------

function niceStep(range, count) {
  const rough = range / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = rough / power;
  return power * (factor > 7 ? 10 : factor > 3.2 ? 5 : factor > 1.5 ? 2 : 1);
}

function linearTicks(low, high, count) {
  const step = niceStep(high - low, count);
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) ticks.push(i * step || 0);
  return { ticks, step };
}

function logTicks(low, high, count) {
  const decades = Math.log10(high / low);
  const factors = decades > 2.5 ? [1] : decades > 1.2 ? [1, 3] : [1, 2, 3, 5, 7];
  const stride = Math.max(1, Math.ceil(decades / Math.max(2, count)));
  const ticks = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power += stride)
    for (const factor of factors) {
      const tick = factor * 10 ** power;
      if (tick >= low * 0.999 && tick <= high * 1.001) ticks.push(tick);
    }
  return { ticks, step: 0 };
}

function tickText(value, step) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) return value.toExponential(1).replace(".0e", "e").replace("e+", "e");
  if (size >= 1e4) return `${+(value / 1000).toPrecision(4)}k`;
  if (!step) return String(+value.toPrecision(2));
  return value.toFixed(Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
}

function valueText(value) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e5 || size < 1e-4)) return value.toExponential(3);
  return value.toPrecision(4);
}

const countText = (count) => Math.round(count).toLocaleString("en-US");

const thousandsText = (count) => (count ? `${(count / 1000).toLocaleString("en-US")}k` : "0");

/** The first index whose position is at least x. */
function indexAt(positions, count, x, from = 0) {
  let low = from;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (positions[middle] < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

// ---- curves --------------------------------------------------------------------------------------------------------

function newCurve(part) {
  const numbers = { x: new Float32Array(512), y: new Float32Array(512), front: new Float32Array(512) };
  return restartAverage({ ...part, ...numbers, count: 0 }, 0);
}

function restartAverage(curve, weight) {
  return Object.assign(curve, { weight, done: 0, past: 0, share: 0 });
}

function extend(curve, x, y) {
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

const isAveraged = (chart, curve) => curve.smooth && smoothing(chart) > 0;
const frontOf = (chart, curve) => (isAveraged(chart, curve) ? curve.front : curve.y);
const legendKey = (curve) => `${curve.title.en}|${curve.role}|${curve.hue}`;
const isShown = (chart, curve) => !chart.view.hidden.includes(legendKey(curve));
const smoothing = (chart) => chart.view.smoothing ?? chart.spec?.smoothing ?? 0;

function shownCurves(chart, pane) {
  return [...chart.curves.values()].filter((curve) => curve.axis === pane.axis.id && isShown(chart, curve));
}

// ---- messages ------------------------------------------------------------------------------------------------------

function receive(chart, message, buffers) {
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

function takeWhole(chart, message, numbers) {
  const curves = new Map(message.spec.series.map((part) => [part.id, newCurve(part)]));
  Object.assign(chart, { spec: message.spec, curves, waiting: false });
  Object.assign(chart, { generation: message.generation, sequence: message.sequence });
  takeNumbers(chart, message.curves, numbers);
  if (!hasNumbers(chart)) resetZoom(chart);
  readTheme(chart);
  rebuild(chart);
  changed(chart);
}

function takeDelta(chart, message, numbers) {
  const next = message.generation === chart.generation && message.sequence === chart.sequence + 1;
  const fits = message.curves.every((part) => chart.curves.get(part.id)?.count === part.start);
  if (!next || !fits) {
    chart.waiting = true;
    chart.model.send({ kind: "resync" });
    return;
  }
  chart.sequence = message.sequence;
  for (const name of ["annotations", "spans", "epoch_ends"]) if (message[name]) chart.spec[name] = message[name];
  takeNumbers(chart, message.curves, numbers);
  changed(chart);
}

function takeNumbers(chart, parts, numbers) {
  let start = 0;
  for (const { id, count } of parts) {
    extend(chart.curves.get(id), numbers.subarray(start, start + count), numbers.subarray(start + count, start + 2 * count));
    start += 2 * count;
  }
}

const hasNumbers = (chart) => [...chart.curves.values()].some((curve) => curve.count);

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

/** Leave a thinned copy in the widget's state, for a saved notebook that is opened without a kernel. */
function saveSnapshot(chart) {
  const curves = {};
  for (const curve of chart.curves.values()) {
    const stride = Math.max(1, Math.ceil(curve.count / SNAPSHOT_POINTS));
    const kept = [];
    for (let i = curve.count - 1; i >= 0; i -= stride) kept.unshift(i);
    const y = (i) => (Number.isFinite(curve.y[i]) ? +curve.y[i].toPrecision(4) : null);
    curves[curve.id] = [kept.map((i) => curve.x[i]), kept.map(y)];
  }
  chart.model.set("snapshot", hasNumbers(chart) ? { spec: chart.spec, curves } : {});
}

function openSnapshot(chart) {
  const { spec, curves } = chart.model.get("snapshot") ?? {};
  if (!spec) return;
  const parts = Object.entries(curves).map(([id, [x]]) => ({ id, start: 0, count: x.length }));
  const numbers = Object.values(curves).flatMap(([x, y]) => [...x, ...y.map((value) => value ?? NaN)]);
  takeWhole(chart, { spec, curves: parts, generation: 0, sequence: 0 }, Float32Array.from(numbers));
}

// ---- scales --------------------------------------------------------------------------------------------------------

function rangeX(chart) {
  if (chart.zoom) return chart.zoom;
  let low = Infinity;
  let high = -Infinity;
  for (const curve of chart.curves.values()) {
    if (!curve.count || !isShown(chart, curve)) continue;
    low = Math.min(low, curve.x[0]);
    high = Math.max(high, curve.x[curve.count - 1]);
  }
  if (low > high) return chart.spec?.x_log ? [1, 10] : [0, 1];
  if (!chart.spec.x_log && low > 0 && low < 0.05 * high) low = 0;
  return low < high ? [low, high] : chart.spec.x_log ? [low / 2, low * 2] : [low, low + 1];
}

function visiblePart(curve, x0, x1) {
  const from = Math.max(0, indexAt(curve.x, curve.count, x0) - 1);
  return [from, Math.min(curve.count, indexAt(curve.x, curve.count, x1) + 2)];
}

function rangeY(chart, pane, x0, x1) {
  const floor = isLog(chart, pane) ? 0 : -Infinity;
  let low = Infinity;
  let high = -Infinity;
  for (const curve of shownCurves(chart, pane)) {
    const to = Math.min(curve.count, indexAt(curve.x, curve.count, x1) + 1);
    for (let i = indexAt(curve.x, curve.count, x0); i < to; i++) {
      const value = curve.y[i];
      if (!(value > floor && value < Infinity)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? [low, high] : null;
}

const isLog = (chart, pane) => chart.view.log[pane.axis.id] ?? pane.axis.log;

function scaleOf(chart, pane, width, height) {
  const [x0, x1] = chart.range;
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
  if (scale.log) return [10 ** (Math.floor(Math.log10(low) * 10) / 10), 10 ** (Math.ceil(Math.log10(high) * 10 + 0.1) / 10)];
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

// ---- drawing -------------------------------------------------------------------------------------------------------

function schedule(chart, everything) {
  chart.stale ||= everything;
  chart.frame ??= requestAnimationFrame(function drawFrame() {
    chart.frame = null;
    draw(chart);
  });
}

function draw(chart) {
  if (!chart.spec || !chart.root.clientWidth) return;
  if (chart.stale) drawCurves(chart);
  chart.stale = false;
  for (const pane of chart.panes) if (pane.scale) drawReading(chart, pane);
}

function drawCurves(chart) {
  for (const curve of chart.curves.values()) if (isAveraged(chart, curve)) average(curve, smoothing(chart));
  chart.range = rangeX(chart);
  for (const pane of chart.panes) drawPane(chart, pane);
  const zoomed = chart.zoom || chart.panes.some((pane) => pane.zoom);
  chart.reset.style.visibility = zoomed ? "visible" : "hidden";
}

function fitCanvas(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w) canvas.width = w;
  if (canvas.height !== h) canvas.height = h;
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

function drawPane(chart, pane) {
  const { clientWidth: width, clientHeight: height } = pane.plot;
  if (!width || !height) return;
  const context = fitCanvas(pane.canvas, width, height);
  context.font = chart.theme.font;
  const scale = scaleOf(chart, pane, width, height);
  const labels = scale.ticks.ticks.map((tick) => tickText(tick, scale.ticks.step));
  const widest = Math.max(...labels.map((label) => context.measureText(label).width), 26);
  scale.place(Math.ceil(widest / 6) * 6 + 10);
  pane.scale = scale;
  drawSpans(context, chart, scale);
  drawGrid(context, chart, scale, labels);
  drawRows(context, chart, scale);
  drawMarks(context, chart, scale, pane === chart.panes[0]);
  context.save();
  context.beginPath();
  const spare = chart.zoom ? 0 : CLIP; // room for the last point's dot
  context.rect(scale.left - 1, scale.top - CLIP, scale.right - scale.left + spare + 1, scale.bottom - scale.top + CLIP);
  context.clip();
  for (const curve of shownCurves(chart, pane)) drawCurve(context, chart, scale, curve);
  context.restore();
}

function drawSpans(context, chart, scale) {
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

function drawGrid(context, chart, scale, labels) {
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

function line(context, colour, x0, y0, x1, y1, dash = []) {
  context.strokeStyle = colour;
  context.setLineDash(dash);
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
  context.setLineDash([]);
}

/** Write the positions under the axis and, where known, the epochs under them. */
function drawRows(context, chart, scale) {
  const { ticks, step } = (scale.xLog ? logTicks : linearTicks)(scale.x0, scale.x1, (scale.right - scale.left) / 90);
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

function epochTicks(ends, scale) {
  const first = indexAt(ends, ends.length, scale.x0);
  const last = indexAt(ends, ends.length, scale.x1 * (1 + 1e-9) + 1e-9);
  const room = (scale.right - scale.left) / 44;
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
  const reserved = context.measureText(title).width + 8;
  context.fillText(title, 0, y);
  context.textAlign = "center";
  for (const [x, text] of texts) {
    const half = context.measureText(text).width / 2;
    const pixel = Math.min(scale.px(x), scale.right + RIGHT - half);
    if (pixel - half >= reserved) context.fillText(text, pixel, y);
  }
}

/** Draw the vertical marks; their words stand above the first pane, as far as there is room. */
function drawMarks(context, chart, scale, withWords) {
  let taken = -Infinity;
  context.textBaseline = "middle";
  for (const mark of [...chart.spec.annotations].sort((a, b) => a.x - b.x)) {
    if (mark.x < scale.x0 || mark.x > scale.x1) continue;
    const x = Math.round(scale.px(mark.x)) + 0.5;
    line(context, chart.theme.muted, x, scale.top - 4, x, scale.bottom, [2, 3]);
    const text = chart.words(mark.text);
    const width = context.measureText(text).width;
    const start = Math.max(scale.left, Math.min(x - width / 2, scale.right + RIGHT - width));
    if (!withWords || start < taken + 8) continue;
    context.textAlign = "left";
    context.fillStyle = chart.theme.ink;
    context.fillText(text, start, 7);
    taken = start + width;
  }
}

function drawCurve(context, chart, scale, curve) {
  if (!curve.count) return;
  const part = visiblePart(curve, scale.x0, scale.x1);
  const colour = chart.theme.palette[curve.hue % chart.theme.palette.length];
  context.strokeStyle = context.fillStyle = colour;
  if (isAveraged(chart, curve) || curve.mark === "faint") drawRaw(context, scale, curve, part);
  if (curve.mark === "faint") return;
  context.lineWidth = 1.8;
  context.lineJoin = "round";
  context.setLineDash(curve.role === "validation" ? [6, 3] : []);
  strokeFront(context, scale, curve.x, frontOf(chart, curve), part);
  context.setLineDash([]);
  if (curve.mark === "points" || curve.count === 1) drawPoints(context, scale, curve, part);
}

/** More values than this a pixel column are drawn as the column's range: every value counts, few are drawn. */
const isCrowded = (scale, [from, to]) => to - from > 2.5 * (scale.right - scale.left);

function drawRaw(context, scale, curve, part) {
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

const drawable = (value, scale) => value > scale.floor && value < Infinity; // so NaN is not

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
  if ((scale.right - scale.left) / Math.max(1, to - from) < 9) return;
  for (let i = from; i < to; i++) {
    if (!drawable(curve.y[i], scale)) continue;
    context.beginPath();
    context.arc(scale.px(curve.x[i]), scale.py(curve.y[i]), 2.8, 0, 7);
    context.fill();
  }
}

// ---- reading values ------------------------------------------------------------------------------------------------

function drawReading(chart, pane) {
  const { clientWidth: width, clientHeight: height } = pane.plot;
  const context = fitCanvas(pane.overlay, width, height);
  const { scale } = pane;
  drawSelection(context, chart, pane);
  const x = chart.hover;
  const visible = x !== null && !chart.drag?.moved && x >= scale.x0 && x <= scale.x1 && hasNumbers(chart);
  pane.card.hidden = !visible;
  if (!visible) return;
  const pixel = Math.round(scale.px(x)) + 0.5;
  line(context, chart.theme.axis, pixel, scale.top, pixel, scale.bottom);
  const readings = shownCurves(chart, pane).filter((curve) => curve.count && curve.mark !== "faint");
  for (const curve of readings) drawDot(context, chart, scale, curve, nearest(curve, x));
  fillCard(chart, pane, x, readings);
  placeCard(pane, pixel, width);
}

function nearest(curve, x) {
  const after = Math.min(curve.count - 1, indexAt(curve.x, curve.count, x));
  return after > 0 && x - curve.x[after - 1] < curve.x[after] - x ? after - 1 : after;
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

function fillCard(chart, pane, x, readings) {
  const rows = readings.map((curve) => cardRow(chart, curve, nearest(curve, x)));
  const near = (mark) => Math.abs(pane.scale.px(mark.x) - pane.scale.px(x)) < 6;
  const marks = chart.spec.annotations.filter(near).map((mark) => make("div", "ktc-card-mark", chart.words(mark.text)));
  pane.card.replaceChildren(make("div", "ktc-card-head", whereText(chart, x)), ...rows, ...marks);
}

function whereText(chart, x) {
  const ends = chart.spec.epoch_ends;
  if (!ends.length) return `${chart.words(chart.spec.x_title)} ${chart.spec.x_log ? valueText(x) : countText(x)}`;
  const epoch = Math.min(indexAt(ends, ends.length, x), ends.length) + 1;
  const [step, number] = [countText(x), countText(epoch)];
  return chart.language === "zh" ? `第 ${step} 步 · 第 ${number} 轮` : `Step ${step} · Epoch ${number}`;
}

function cardRow(chart, curve, i) {
  const row = make("div", "ktc-card-row");
  const raw = isAveraged(chart, curve) ? make("span", "ktc-card-raw", valueText(curve.y[i])) : make("span");
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
function summarise(chart) {
  for (const pane of chart.panes) {
    const shown = shownCurves(chart, pane).filter((curve) => curve.count && curve.mark !== "faint");
    const last = Math.max(...shown.map((curve) => curve.x[curve.count - 1]));
    const values = shown.map((curve) => `${chart.words(curve.title)} ${valueText(frontOf(chart, curve)[curve.count - 1])}`);
    const where = shown.length ? `, ${chart.word.latest} ${whereText(chart, last)}: ${values.join(", ")}` : "";
    pane.canvas.setAttribute("aria-label", `${chart.words(pane.axis.title)}${where}. ${chart.word.help}`);
  }
}

// ---- pointer and keys ----------------------------------------------------------------------------------------------

function pointAt(pane, event) {
  const box = pane.plot.getBoundingClientRect();
  const { scale } = pane;
  const x = Math.min(scale.right, Math.max(scale.left, event.clientX - box.left));
  const y = Math.min(scale.bottom, Math.max(scale.top, event.clientY - box.top));
  return { x: scale.toX(x), y: scale.toY(y), left: event.clientX };
}

function listenToPointer(chart, pane) {
  const on = (name, action) =>
    pane.plot.addEventListener(name, (event) => pane.scale && action(event), { signal: chart.ending.signal });
  on("pointerdown", (event) => startDrag(chart, pane, event));
  on("pointermove", (event) => movePointer(chart, pane, event));
  on("pointerup", () => endDrag(chart));
  on("pointercancel", () => cancelDrag(chart));
  on("pointerleave", () => chart.drag || setHover(chart, null));
  on("dblclick", () => resetZoom(chart));
  on("keydown", (event) => pressKey(chart, event));
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
  setHover(chart, point.x);
}

function setHover(chart, x) {
  chart.hover = x;
  schedule(chart, false);
}

function endDrag(chart) {
  const { drag } = chart;
  chart.drag = null;
  if (!drag?.moved) return;
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

function resetZoom(chart) {
  chart.zoom = null;
  for (const pane of chart.panes) pane.zoom = null;
  schedule(chart, true);
}

function pressKey(chart, event) {
  const [low, high] = chart.range;
  const step = (high - low) / 100;
  const middle = chart.hover ?? high;
  const actions = {
    ArrowLeft: () => setHover(chart, Math.max(low, middle - step)),
    ArrowRight: () => setHover(chart, Math.min(high, middle + step)),
    Home: () => setHover(chart, low),
    End: () => setHover(chart, high),
    "+": () => zoomTo(chart, [Math.max(low, middle - 25 * step), Math.min(high, middle + 25 * step)]),
    Escape: () => resetZoom(chart),
  };
  if (!actions[event.key]) return;
  actions[event.key]();
  event.preventDefault();
  event.stopPropagation();
}

// ---- the page's elements -------------------------------------------------------------------------------------------

function make(tag, name = "", text = "") {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text) element.textContent = text;
  return element;
}

/** Bring legend, panes and words in line with the plot; panes that stay keep their zoom and their elements. */
function rebuild(chart) {
  chart.language = chart.model.get("language") === "zh" ? "zh" : "en";
  chart.word = WORDS[chart.language];
  chart.words = (text) => text[chart.language];
  const wanted = (chart.spec?.axes ?? []).map((axis) => axis.id).join();
  if (chart.panes.map((pane) => pane.axis.id).join() !== wanted) renewPanes(chart);
  chart.panes.forEach((pane, i) => labelPane(chart, pane, chart.spec.axes[i]));
  labelTools(chart);
  fillLegend(chart);
  summarise(chart);
  schedule(chart, true);
}

function renewPanes(chart) {
  chart.panes = chart.spec.axes.map((axis) => newPane(chart, axis));
  chart.body.replaceChildren(...chart.panes.map((pane) => pane.box));
}

function newPane(chart, axis) {
  const names = ["box", "head", "plot", "canvas", "overlay", "card"];
  const [box, head, plot, canvas, overlay, card] = names.map((name) =>
    make(name === "canvas" || name === "overlay" ? "canvas" : "div", `ktc-${name}`),
  );
  const pane = { axis, box, plot, canvas, overlay, card, zoom: null, scale: null };
  pane.title = make("span", "ktc-title");
  pane.log = make("button", "ktc-button");
  pane.log.type = "button";
  pane.log.addEventListener("click", () => toggleLog(chart, pane), { signal: chart.ending.signal });
  card.hidden = true;
  plot.tabIndex = 0;
  canvas.setAttribute("role", "img");
  overlay.setAttribute("aria-hidden", "true");
  head.append(pane.title, pane.log);
  plot.append(canvas, overlay, card);
  box.append(head, plot);
  listenToPointer(chart, pane);
  return pane;
}

function toggleLog(chart, pane) {
  keepView(chart, { log: { ...chart.view.log, [pane.axis.id]: !isLog(chart, pane) } });
  pane.zoom = null;
  labelPane(chart, pane, pane.axis);
}

function labelPane(chart, pane, axis) {
  pane.axis = axis;
  pane.title.textContent = chart.words(axis.title);
  pane.log.textContent = chart.word.log;
  pane.log.title = chart.word.logHelp;
  pane.log.setAttribute("aria-label", `${chart.words(axis.title)}: ${chart.word.logHelp}`);
  pane.log.setAttribute("aria-pressed", String(isLog(chart, pane)));
  pane.log.hidden = !axis.loggable;
}

function labelTools(chart) {
  chart.empty.textContent = chart.word.empty;
  chart.reset.textContent = chart.word.reset;
  chart.sliderName.textContent = chart.word.smoothing;
  const weight = smoothing(chart);
  chart.slider.value = String(weightToPlace(weight));
  chart.slider.setAttribute("aria-valuetext", weight.toFixed(3));
  chart.sliderValue.textContent = weight ? (weight < 0.99 ? weight.toFixed(2) : weight.toFixed(3)) : "0";
  const any = chart.spec?.series.some((part) => part.smooth);
  chart.smoother.style.display = any ? "" : "none";
}

/** The slider counts in how much of the past is kept: 0, 0.9, 0.99 and 0.999 stand at equal distances. */
const placeToWeight = (place) => +(1 - 10 ** -place).toFixed(4);
const weightToPlace = (weight) => -Math.log10(1 - weight);

function fillLegend(chart) {
  const entries = new Map();
  for (const curve of chart.curves.values()) if (curve.mark !== "faint") entries.set(legendKey(curve), curve);
  const buttons = [...entries].map(([key, curve]) => legendButton(chart, key, curve));
  const focused = [...chart.legend.children].indexOf(document.activeElement);
  chart.legend.replaceChildren(...buttons);
  if (focused >= 0) buttons[focused]?.focus();
}

function legendButton(chart, key, curve) {
  const button = make("button", "ktc-key");
  const name = chart.words(curve.title);
  button.type = "button";
  button.title = `${chart.word.toggle}: ${name}`;
  button.setAttribute("aria-pressed", String(isShown(chart, curve)));
  button.append(swatch(chart, curve), make("span", "", name));
  button.onclick = () => toggleCurve(chart, key);
  return button;
}

function toggleCurve(chart, key) {
  const { hidden } = chart.view;
  keepView(chart, { hidden: hidden.includes(key) ? hidden.filter((other) => other !== key) : [...hidden, key] });
  fillLegend(chart);
}

function swatch(chart, curve) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const dash = curve.role === "validation" ? ' stroke-dasharray="5 3"' : "";
  const dot = curve.mark === "points" ? '<circle cx="11" cy="5" r="2.8" fill="currentColor"/>' : "";
  svg.setAttribute("viewBox", "0 0 22 10");
  svg.setAttribute("class", "ktc-swatch");
  svg.setAttribute("aria-hidden", "true");
  svg.style.color = chart.theme.palette[curve.hue % chart.theme.palette.length];
  svg.innerHTML = `<path d="M1 5H21" stroke="currentColor" stroke-width="2"${dash}/>${dot}`;
  return svg;
}

/** Remember what a person chose, in the page and in the kernel, so that a reload keeps it. */
function keepView(chart, choice) {
  Object.assign(chart.view, choice);
  chart.model.set("view", { ...chart.view });
  chart.model.save_changes();
  schedule(chart, true);
}

function build(chart) {
  const bar = make("div", "ktc-bar");
  chart.legend = make("div", "ktc-legend");
  chart.body = make("div", "ktc-body");
  chart.empty = make("div", "ktc-empty");
  bar.append(chart.legend, buildTools(chart));
  chart.root.append(bar, chart.body, chart.empty);
  chart.root.setAttribute("data-lm-suppress-shortcuts", "true"); // else JupyterLab takes the arrow keys
}

function buildTools(chart) {
  const { signal } = chart.ending;
  const tools = make("div", "ktc-tools");
  chart.reset = make("button", "ktc-button");
  chart.reset.type = "button";
  chart.reset.style.visibility = "hidden";
  chart.reset.addEventListener("click", () => resetZoom(chart), { signal });
  chart.smoother = make("label", "ktc-smoother");
  chart.sliderName = make("span");
  chart.sliderValue = make("span", "ktc-smoother-value");
  chart.slider = Object.assign(make("input", "ktc-slider"), { type: "range", min: "0", max: "3", step: "0.1" });
  chart.slider.addEventListener("input", () => smoothBy(chart, false), { signal });
  chart.slider.addEventListener("change", () => smoothBy(chart, true), { signal });
  chart.smoother.append(chart.sliderName, chart.slider, chart.sliderValue);
  tools.append(chart.reset, chart.smoother);
  return tools;
}

function smoothBy(chart, settled) {
  chart.view.smoothing = placeToWeight(+chart.slider.value);
  labelTools(chart);
  if (settled) keepView(chart, {});
  schedule(chart, true);
}

// ---- theme ---------------------------------------------------------------------------------------------------------

function readTheme(chart) {
  const style = getComputedStyle(chart.root);
  chart.themed = style.color !== ""; // empty until the front-end attaches our element
  const [r, g, b] = (style.color.match(/[\d.]+/g) ?? [0, 0, 0]).map(Number);
  const dark = 0.3 * r + 0.59 * g + 0.11 * b > 128;
  const ink = (alpha) => `rgba(${r}, ${g}, ${b}, ${alpha})`;
  const palette = chart.spec?.palettes?.[dark ? "dark" : "light"] ?? ["currentcolor"];
  const shades = { ink: ink(0.85), muted: ink(0.6), axis: ink(0.4), grid: ink(0.1), faint: ink(0.055) };
  const ground = style.getPropertyValue("--ktc-ground").trim() || (dark ? "#111" : "#fff");
  chart.theme = { dark, palette, ground, ...shades, font: `11px ${style.fontFamily}` };
}

function retheme(chart) {
  readTheme(chart);
  fillLegend(chart);
  schedule(chart, true);
}

function watchTheme(chart) {
  const watcher = new MutationObserver(() => retheme(chart));
  const options = { attributes: true, attributeFilter: ["data-jp-theme-light", "data-jp-theme-name", "class", "theme"] };
  for (const element of [document.body, document.documentElement]) watcher.observe(element, options);
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  const { signal } = chart.ending;
  scheme.addEventListener("change", () => retheme(chart), { signal });
  // A theme's style sheet may arrive after its attributes: the end of our root's (instant) transition tells.
  chart.root.addEventListener("transitionend", (event) => event.target === chart.root && retheme(chart), { signal });
  return watcher;
}

// ---- life ----------------------------------------------------------------------------------------------------------

function render({ model, el }) {
  const chart = { model, root: make("div", "kerastune-chart ktc-is-empty"), ending: new AbortController() };
  const view = { smoothing: null, log: {}, hidden: [], ...model.get("view") };
  Object.assign(chart, { view, spec: null, curves: new Map(), panes: [], zoom: null, hover: null, drag: null });
  Object.assign(chart, { waiting: true, frame: null, stale: false, timers: {}, range: [0, 1] });
  build(chart);
  el.append(chart.root);
  readTheme(chart);
  rebuild(chart);
  openSnapshot(chart);
  chart.waiting = true;
  const release = connect(chart);
  model.send({ kind: "ready" });
  chart.root.classList.add("ktc-is-live");
  return release;
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
