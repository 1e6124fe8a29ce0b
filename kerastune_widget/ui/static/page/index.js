// What only the page can do for the workbench around this widget. Plain JavaScript, nothing fetched.
//
// The page sends {kind: "key", name} for a key that was pressed; the kernel sends {kind: "say", text} for a screen
// reader and {kind: "reveal", name} to bring a part of the workbench into sight.

import { keepFocus } from "./focus.js";
import { buildHelp, fillHelp } from "./help.js";
import { listenToKeys } from "./keys.js";
import { nameParts, watchParts } from "./names.js";
import { reveal } from "./reveal.js";

function render({ model, el }) {
  const ending = new AbortController();
  const help = { model, ...buildHelp(ending.signal) };
  el.classList.add("kerastune-page");
  el.append(help.root, help.spoken);
  const adopt = () => {
    const bench = el.closest(".kerastune-workbench");
    if (bench && help.bench !== bench) live(help, bench, ending.signal);
  };
  // The front-end attaches our element when it likes, and its size tells that it has.
  const sizes = new ResizeObserver(adopt);
  sizes.observe(el);
  const speak = () => translate(help);
  const take = ({ kind, text, name }) => {
    if (kind === "say") help.spoken.textContent = text;
    if (kind === "reveal") reveal(help, name, ending.signal);
  };
  model.on("change:language", speak);
  model.on("msg:custom", take);
  speak();
  return () => {
    ending.abort();
    sizes.disconnect();
    model.off("change:language", speak);
    model.off("msg:custom", take);
  };
}

function live(help, bench, signal) {
  help.bench = bench;
  listenToKeys(help, signal);
  watchParts(help, signal);
  keepFocus(help, signal);
  translate(help);
}

function translate(help) {
  help.language = help.model.get("language") === "zh" ? "zh" : "en";
  fillHelp(help);
  if (!help.bench) return;
  help.bench.lang = help.language === "zh" ? "zh-CN" : "en";
  nameParts(help);
}

export default { render };
