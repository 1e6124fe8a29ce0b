// A thinned copy of the curves in the widget's state, for a saved notebook that is opened without a kernel.

import { hasNumbers } from "./curves.js";
import { takeWhole } from "./messages.js";

const CURVE_POINTS = 200;
const ALL_POINTS = 2400;

/** Leave a thinned copy in the widget's state, for a saved notebook that is opened without a kernel. */
export function saveSnapshot(chart) {
  const curves = {};
  const most = Math.min(CURVE_POINTS, Math.ceil(ALL_POINTS / Math.max(1, chart.curves.size)));
  for (const curve of chart.curves.values()) {
    const stride = Math.max(1, Math.ceil(curve.count / most));
    const kept = [];
    for (let i = curve.count - 1; i >= 0; i -= stride) kept.unshift(i);
    const y = (i) => (Number.isFinite(curve.y[i]) ? +curve.y[i].toPrecision(4) : null);
    curves[curve.id] = [kept.map((i) => curve.x[i]), kept.map(y)];
  }
  chart.model.set("snapshot", hasNumbers(chart) ? { spec: chart.spec, curves } : {});
}

export function openSnapshot(chart) {
  const { spec, curves } = chart.model.get("snapshot") ?? {};
  if (!spec) return;
  const parts = Object.entries(curves).map(([id, [x]]) => ({ id, start: 0, count: x.length }));
  const numbers = Object.values(curves).flatMap(([x, y]) => [...x, ...y.map((value) => value ?? NaN)]);
  takeWhole(chart, { spec, curves: parts, generation: 0, sequence: 0 }, Float32Array.from(numbers));
}
