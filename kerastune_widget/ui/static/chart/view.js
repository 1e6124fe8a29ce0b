// What a person chose in the page.

import { schedule } from "./frame.js";

/** Remember what a person chose, in the page and in the kernel, so that a reload keeps it. */
export function keepView(chart, choice) {
  Object.assign(chart.view, choice);
  chart.model.set("view", { ...chart.view });
  chart.model.save_changes();
  schedule(chart, true);
}

export const smoothing = (chart) => chart.view.smoothing ?? chart.spec?.smoothing ?? 0;
export const legendKey = (curve) => `${curve.title.en}|${curve.role}|${curve.hue}`;
export const runKey = (run) => `run ${run}`;
export const roleKey = (role) => `role ${role}`;

/** One run is switched by the curve, several by run and by role. */
export function isShown(chart, curve) {
  const keys = chart.several ? [runKey(curve.run), roleKey(curve.role)] : [legendKey(curve)];
  return !keys.some((key) => chart.view.hidden.includes(key));
}
export const isLog = (chart, pane) => chart.view.log[pane.axis.id] ?? pane.axis.log;
