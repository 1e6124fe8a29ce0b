// The question mark and what stands behind it.

import { WORDS } from "./words.js";

export function buildHelp(signal) {
  const root = element("details", "kerastune-help");
  const summary = element("summary", "kerastune-help-mark", "?");
  const list = element("div", "kerastune-help-list");
  const spoken = element("div", "kerastune-spoken");
  spoken.setAttribute("aria-live", "polite");
  root.append(summary, list);
  const close = () => root.removeAttribute("open");
  root.addEventListener("focusout", (event) => root.contains(event.relatedTarget) || close(), { signal });
  const escape = (event) => event.key === "Escape" && root.open && (close(), summary.focus());
  root.addEventListener("keydown", escape, { signal });
  return { root, summary, list, spoken };
}

function element(tag, name, text = "") {
  return Object.assign(document.createElement(tag), { className: name, textContent: text });
}

export function fillHelp(help) {
  help.words = WORDS[help.language];
  help.summary.title = help.words.help;
  help.summary.setAttribute("aria-label", help.words.help);
  help.list.replaceChildren(...help.words.sections.flatMap(section));
}

function section([title, keys]) {
  const table = element("dl", "");
  for (const [key, meaning] of keys) {
    const term = element("dt", "");
    term.append(...key.split(" ").map((part) => element("kbd", "", part)));
    table.append(term, element("dd", "", meaning));
  }
  return [element("div", "kerastune-help-title", title), table];
}
