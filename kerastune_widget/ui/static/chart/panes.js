// Panes and their headings.

import { make } from "./elements.js";
import { schedule } from "./frame.js";
import { fillLegend } from "./legend.js";
import { listenToPointer } from "./pointer.js";
import { summarise } from "./reading.js";
import { labelTools } from "./toolbar.js";
import { isLog, keepView } from "./view.js";
import { WORDS } from "./words.js";

/** Bring legend, panes and words in line with the plot; panes that stay keep their zoom and their elements. */
export function rebuild(chart) {
  chart.language = chart.model.get("language") === "zh" ? "zh" : "en";
  chart.word = WORDS[chart.language];
  chart.words = (text) => text[chart.language].replace(/([{}])\1/g, "$1"); // braces are doubled: they could be slots
  const wanted = (chart.spec?.axes ?? []).map((axis) => axis.id).join();
  if (chart.panes.map((pane) => pane.axis.id).join() !== wanted) renewPanes(chart);
  chart.panes.forEach((pane, i) => labelPane(chart, pane, chart.spec.axes[i]));
  labelTools(chart);
  fillLegend(chart);
  summarise(chart);
  schedule(chart, true);
}

function renewPanes(chart) {
  const kept = (axis) => chart.panes.find((pane) => pane.axis.id === axis.id);
  chart.panes = chart.spec.axes.map((axis) => kept(axis) ?? newPane(chart, axis));
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
  plot.setAttribute("role", "img");
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
  pane.box.classList.toggle("ktc-wide", Boolean(axis.wide));
  pane.title.textContent = chart.words(axis.title);
  pane.log.textContent = chart.word.log;
  pane.log.title = chart.word.logHelp;
  pane.log.setAttribute("aria-label", `${chart.words(axis.title)}: ${chart.word.logHelp}`);
  pane.log.setAttribute("aria-pressed", String(isLog(chart, pane)));
  pane.log.hidden = !axis.loggable;
}
