// Names for the parts of ipywidgets that have none.

const LATER = 150; // milliseconds

/** Name what is there and what comes; front-ends build their parts late, and again when they are shown anew. */
export function watchParts(help, signal) {
  let timer = null;
  const later = () => {
    timer ??= setTimeout(() => {
      timer = null;
      nameParts(help);
    }, LATER);
  };
  const watcher = new MutationObserver(later);
  watcher.observe(help.bench, { childList: true, subtree: true, characterData: true });
  signal.addEventListener("abort", () => (watcher.disconnect(), clearTimeout(timer)));
}

export function nameParts({ bench, words }) {
  for (const handle of bench.querySelectorAll("[role=slider]")) name(handle, rowLabel(handle) ?? words.slider);
  for (const field of bench.querySelectorAll(".widget-inline-hbox > :is(input, select)")) nameField(field);
  for (const bar of bench.querySelectorAll(".widget-hprogress .progress")) hideBar(bar);
  for (const group of bench.querySelectorAll(".kerastune-languages .widget-inline-hbox, .kerastune-languages"))
    nameGroup(group, words.language);
}

function name(element, text) {
  if (element.getAttribute("aria-label") !== text) element.setAttribute("aria-label", text);
}

/** A field whose own label is empty is called by the words before it. */
function nameField(field) {
  const box = field.parentElement;
  const label = box.querySelector(":scope > label");
  if (!label || ownText(label)) return;
  const before = box.previousElementSibling?.textContent.trim();
  if (before || field.title) name(field, before || field.title);
}

function nameGroup(group, text) {
  group.setAttribute("role", "group");
  name(group, text);
}

function hideBar(bar) {
  bar.setAttribute("aria-hidden", "true"); // the line above says it in words
}

/** The nearest label over a slider: its field's own, else its control's. */
function rowLabel(handle) {
  for (let row = handle.parentElement; row && !row.matches(".kerastune-workbench"); row = row.parentElement) {
    const label = [...row.querySelectorAll(":scope > label, :scope > * > label")].map(ownText).find(Boolean);
    if (label) return label;
    if (row.matches(".kerastune-control")) break;
  }
  return null;
}

/** A label without the badge in it, which comes and goes. */
function ownText(label) {
  const copy = label.cloneNode(true);
  for (const badge of copy.querySelectorAll(".kerastune-badge")) badge.remove();
  return copy.textContent.trim();
}
