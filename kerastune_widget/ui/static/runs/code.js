// A run as plain Keras code, to read and to copy; it is asked for and never saved with the notebook.

import { button, label, make, nameOf, write } from "./elements.js";

const COPIED_MS = 2000;

export function buildCode(table) {
  table.code = make("section", "ktr-code");
  table.code.hidden = true;
  table.codeTitle = make("span", "ktr-code-title");
  table.copy = button(table, "ktr-action", () => copyCode(table));
  table.closeCode = button(table, "ktr-action ktr-close", () => closeCode(table));
  table.listing = make("pre");
  table.listing.tabIndex = 0;
  const bar = make("div", "ktr-code-bar");
  bar.append(table.codeTitle, table.copy, table.closeCode);
  table.code.append(bar, table.listing);
  return table.code;
}

export function takeCode(table, { run, code }) {
  table.coded = run;
  write(table.listing, code);
  drawCode(table);
  table.code.scrollIntoView({ block: "nearest" });
}

export function drawCode(table) {
  const { word } = table;
  const row = table.rows.get(table.coded);
  table.code.hidden = !row;
  if (!row) return;
  const title = word.code(nameOf(table, row));
  write(table.codeTitle, title);
  label(table.code, "aria-label", title);
  label(table.listing, "aria-label", title);
  write(table.copy, table.copied ? word.copied : word.copy);
  write(table.closeCode, "✕");
  label(table.closeCode, "aria-label", word.close);
}

function closeCode(table) {
  table.coded = null;
  drawCode(table);
  table.buttons.get("code").focus();
}

async function copyCode(table) {
  try {
    await navigator.clipboard.writeText(table.listing.textContent);
  } catch {
    getSelection().selectAllChildren(table.listing); // pages without https have no clipboard of their own
    document.execCommand("copy");
  }
  tellCopied(table, true);
  setTimeout(() => tellCopied(table, false), COPIED_MS);
}

function tellCopied(table, copied) {
  table.copied = copied;
  drawCode(table);
}
