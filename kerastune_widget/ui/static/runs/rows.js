// The rows: one line a run, made once and then changed in place; a line that has the focus is never moved.

import { drawLine, makeLine, startRename } from "./line.js";
import { ordered } from "./order.js";

export function drawRows(table) {
  const order = ordered(table);
  const visible = new Set(order.map(([row]) => row.number));
  for (const [number, line] of table.lines) {
    if (visible.has(number)) continue;
    leave(table, line);
    line.cell.remove();
    table.lines.delete(number);
  }
  for (const [row, depth] of order) {
    if (!table.lines.has(row.number)) table.lines.set(row.number, makeLine(table, row.number));
    drawLine(table, table.lines.get(row.number), row, depth);
  }
  arrange(table, order.map(([row]) => table.lines.get(row.number).cell));
  rove(table);
}

/** Hand the focus of a line that goes to its neighbour, so that a person at the keyboard is not thrown out. */
function leave(table, line) {
  if (!line.cell.contains(document.activeElement)) return;
  const next = line.cell.nextElementSibling ?? line.cell.previousElementSibling;
  next?.querySelector(".ktr-name")?.focus();
}

/** Put the lines in order around the one that has the focus: moving that one would lose it. */
function arrange(table, cells) {
  const fixed = cells.findIndex((cell) => cell.contains(document.activeElement));
  const anchor = Math.max(fixed, 0);
  if (!cells.length) return;
  if (!cells[anchor].isConnected) table.body.append(cells[anchor]);
  for (let i = anchor - 1; i >= 0; i--) {
    if (cells[i].nextElementSibling !== cells[i + 1]) table.body.insertBefore(cells[i], cells[i + 1]);
  }
  for (let i = anchor + 1; i < cells.length; i++) {
    if (cells[i].previousElementSibling !== cells[i - 1]) cells[i - 1].after(cells[i]);
  }
}

/** Only one line is reached by Tab; the arrow keys move between lines. */
function rove(table) {
  const wanted = [table.rover, table.look.focus].find((number) => table.lines.has(number)) ?? [...table.lines.keys()][0];
  for (const [number, line] of table.lines) {
    const place = number === wanted ? 0 : -1;
    for (const part of [line.eye, line.pin, line.name]) if (part.tabIndex !== place) part.tabIndex = place;
  }
}

export function followKeys(table) {
  const { signal } = table.ending;
  table.body.addEventListener("keydown", (event) => onKey(table, event), { signal });
  table.body.addEventListener("focusin", (event) => onFocus(table, event), { signal });
}

function onFocus(table, event) {
  const cell = event.target.closest("tr");
  table.rover = Number(cell?.dataset.run) || null;
  rove(table);
}

function onKey(table, event) {
  const cell = event.target.closest("tr");
  const number = Number(cell?.dataset.run);
  if (event.key === "F2") {
    event.preventDefault();
    startRename(table, number);
    return;
  }
  const cells = [...table.body.children];
  const places = { ArrowUp: -1, ArrowDown: 1, Home: -cells.length, End: cells.length };
  if (!(event.key in places)) return;
  event.preventDefault();
  const place = Math.min(Math.max(cells.indexOf(cell) + places[event.key], 0), cells.length - 1);
  const kind = ["ktr-box", "ktr-pin-button"].find((name) => event.target.classList.contains(name)) ?? "ktr-name";
  cells[place].querySelector(`.${kind}`)?.focus();
}
