// R, P and S while the focus is in the workbench, kept from the front-end.

const KEYS = { r: "run", p: "pause", s: "stop" };
const SUPPRESS = "data-lm-suppress-shortcuts"; // JupyterLab and Notebook leave keys alone inside such an element

/** The window hears keys before the front-end does. */
export function listenToKeys(help, signal) {
  suppress(help.bench, true);
  window.addEventListener("keydown", (event) => hear(help, event), { capture: true, signal });
}

function hear(help, event) {
  if (!help.bench.contains(event.target)) return;
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
  suppress(help.bench, plain); // Ctrl+S still saves the notebook
  const name = KEYS[letterOf(event)];
  if (!name || !plain || event.shiftKey || event.isComposing || isTyping(event.target)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!event.repeat) help.model.send({ kind: "key", name });
}

/** The letter on the key; an input method hides it, but not which key it is. */
function letterOf({ key, code }) {
  return (key.length === 1 ? key : code.replace(/^Key/, "")).toLowerCase();
}

const SILENT = ["button", "checkbox", "color", "radio", "range", "reset", "submit"];

function isTyping(element) {
  if (element.isContentEditable || ["TEXTAREA", "SELECT"].includes(element.tagName)) return true;
  return element.tagName === "INPUT" && !SILENT.includes(element.type);
}

function suppress(bench, on) {
  for (const element of [bench, ...bench.querySelectorAll(".kerastune-chart")])
    if (on) element.setAttribute(SUPPRESS, "true");
    else element.removeAttribute(SUPPRESS);
}
