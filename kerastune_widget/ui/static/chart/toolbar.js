// The bar above the panes.

import { make } from "./elements.js";
import { schedule } from "./frame.js";
import { savePicture } from "./picture.js";
import { resetZoom } from "./pointer.js";
import { keepView, smoothing } from "./view.js";

export function buildTools(chart) {
  const { signal } = chart.ending;
  const tools = make("div", "ktc-tools");
  chart.reset = make("button", "ktc-button");
  chart.reset.type = "button";
  chart.reset.hidden = true;
  chart.reset.addEventListener("click", () => resetZoom(chart), { signal });
  chart.smoother = make("label", "ktc-smoother");
  chart.sliderName = make("span");
  chart.sliderValue = make("span", "ktc-smoother-value");
  chart.slider = Object.assign(make("input", "ktc-slider"), { type: "range", min: "0", max: "3", step: "0.1" });
  chart.slider.addEventListener("input", () => smoothBy(chart, false), { signal });
  chart.slider.addEventListener("change", () => smoothBy(chart, true), { signal });
  chart.smoother.append(chart.sliderName, chart.slider, chart.sliderValue);
  tools.append(chart.reset, chart.smoother, buildSaver(chart));
  return tools;
}

/** A small menu that the browser opens and closes by itself. */
function buildSaver(chart) {
  const { signal } = chart.ending;
  const [menu, list] = [make("details", "ktc-saver"), make("div", "ktc-saver-list")];
  chart.saver = make("summary", "ktc-button");
  const close = () => menu.removeAttribute("open");
  for (const kind of ["PNG", "SVG"]) {
    const button = Object.assign(make("button", "ktc-saver-kind", kind), { type: "button" });
    button.addEventListener("click", () => (close(), chart.saver.focus(), savePicture(chart, kind)), { signal });
    list.append(button);
  }
  menu.addEventListener("focusout", (event) => menu.contains(event.relatedTarget) || close(), { signal });
  menu.addEventListener("keydown", (event) => event.key === "Escape" && (close(), chart.saver.focus()), { signal });
  menu.append(chart.saver, list);
  return menu;
}

export function labelTools(chart) {
  chart.empty.textContent = chart.word.empty;
  chart.reset.textContent = chart.word.reset;
  chart.saver.textContent = chart.word.save;
  chart.saver.title = chart.word.saveHelp;
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

function smoothBy(chart, settled) {
  chart.view.smoothing = placeToWeight(+chart.slider.value);
  labelTools(chart);
  if (settled) keepView(chart, {});
  schedule(chart, true);
}
