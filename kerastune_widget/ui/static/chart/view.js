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
export const isShown = (chart, curve) => !chart.view.hidden.includes(legendKey(curve));
export const isLog = (chart, pane) => chart.view.log[pane.axis.id] ?? pane.axis.log;
