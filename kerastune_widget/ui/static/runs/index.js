// The table of runs: rows are patched in place, actions go to the kernel. Plain JavaScript, nothing fetched.
//
// The kernel keeps the rows in the trait `rows`, what is shown and selected in `look`; between two of those it sends
// {kind: "row", row} for a run that trains, and {kind: "code", run, code} when it was asked for. The page sends
// {action, run, ...} for everything that a person does, and {action: "ready"} when it appears.

import { buildActions, drawActions } from "./actions.js";
import { buildCode, drawCode, takeCode } from "./code.js";
import { make } from "./elements.js";
import { buildHead, drawHead } from "./head.js";
import { buildMessages, drawMessages } from "./messages.js";
import { readPalette, watchPalette } from "./palette.js";
import { drawRows, followKeys } from "./rows.js";
import { WORDS } from "./words.js";

function render({ model, el }) {
  const table = { model, root: make("div", "kerastune-runs-table"), ending: new AbortController() };
  Object.assign(table, { rows: new Map(), lines: new Map(), editing: null, noting: false, rover: null });
  build(table);
  el.append(table.root);
  readPalette(table);
  takeRows(table);
  const release = connect(table);
  model.send({ action: "ready" });
  table.root.classList.add("ktr-is-live");
  return release;
}

function build(table) {
  const { root } = table;
  root.setAttribute("data-lm-suppress-shortcuts", "true"); // else JupyterLab takes the arrow keys
  table.bar = make("div", "ktr-bar");
  table.scroll = make("div", "ktr-scroll");
  table.grid = make("table", "ktr-table");
  table.caption = make("caption", "ktr-unseen");
  table.body = make("tbody");
  table.grid.append(table.caption, buildHead(table), table.body);
  table.scroll.append(table.grid);
  root.append(table.bar, table.scroll, buildActions(table), buildMessages(table), buildCode(table));
  followKeys(table);
}

function draw(table) {
  table.look = table.model.get("look");
  table.word = WORDS[table.model.get("language")] ?? WORDS.en;
  table.say = (text) => text?.[table.model.get("language")] ?? text?.en ?? "";
  table.root.classList.toggle("ktr-is-empty", !table.rows.size && !table.look.deleted);
  drawHead(table);
  drawRows(table);
  drawActions(table);
  drawMessages(table);
  drawCode(table);
}

function takeRows(table) {
  table.rows = new Map(table.model.get("rows").map((row) => [row.number, row]));
  draw(table);
}

function receive(table, message) {
  if (message.kind === "code") takeCode(table, message);
  if (message.kind !== "row") return;
  table.rows.set(message.row.number, message.row);
  draw(table);
}

function connect(table) {
  const { model } = table;
  const onMessage = (message) => receive(table, message);
  const onRows = () => takeRows(table);
  const onLook = () => draw(table);
  const looks = ["look", "language", "view"].map((name) => [`change:${name}`, onLook]);
  const events = [["msg:custom", onMessage], ["change:rows", onRows], ...looks];
  for (const [name, handler] of events) model.on(name, handler);
  const palette = watchPalette(table);
  return () => {
    for (const [name, handler] of events) model.off(name, handler);
    table.ending.abort();
    palette.disconnect();
  };
}

export default { render };
