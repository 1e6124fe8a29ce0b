// One line of the table.

import { button, edit, label, make, nameOf, tell, write } from "./elements.js";
import { numberText, timeText } from "./numbers.js";
import { colourOf } from "./palette.js";

const ICONS = { problem: "✖", warning: "▲", info: "●", good: "✔" };
const PIN = '<svg viewBox="0 0 12 14" aria-hidden="true"><path d="M4 1h4l-.4 4.2L10 7.6V9H6.6V13h-1.2V9H2V7.6l2.4-2.4z"/></svg>';
const LINE = '<svg viewBox="0 0 22 10" aria-hidden="true"><path d="M1 5H21" stroke="currentColor" stroke-width="3"/></svg>';

const ANSWER_MS = 3000;

export function makeLine(table, number) {
  const cell = make("tr");
  cell.dataset.run = number;
  const line = { cell, ...eyeCell(table, number), ...pinCell(table, number), ...nameCell(table, number) };
  for (const name of ["settings", "best", "last", "verdict", "seconds", "epochs"]) {
    line[name] = make("td", `ktr-${name}`);
  }
  line.star = make("span", "ktr-star", "★");
  line.star.setAttribute("role", "img");
  line.value = make("span");
  line.best.append(line.star, line.value);
  line.icon = make("span", "ktr-icon");
  line.icon.setAttribute("aria-hidden", "true");
  line.words = make("span");
  line.verdict.append(line.icon, line.words);
  cell.append(line.eyeCell, line.pinCell, line.head, line.settings, line.best, line.last, line.verdict, line.seconds, line.epochs);
  cell.addEventListener("click", (event) => onClick(table, number, event), { signal: table.ending.signal });
  return line;
}

function onClick(table, number, event) {
  if (!event.target.closest("input, .ktr-pin-button") && !getSelection()?.toString()) look(table, number);
}

function look(table, number) {
  if (table.look.focus !== number) tell(table, "look", { run: number });
}

/** A box stays as it was ticked until the kernel has answered: other news may come first. */
function tick(table, number, eye) {
  eye.dataset.until = String(Date.now() + ANSWER_MS);
  tell(table, "tick", { run: number, shown: eye.checked });
}

function drawEye(eye, shown) {
  if (eye.checked === shown) delete eye.dataset.until;
  else if (!(Date.now() < Number(eye.dataset.until))) eye.checked = shown;
}

function eyeCell(table, number) {
  const cell = make("td", "ktr-eye");
  const wrap = make("label");
  const eye = make("input", "ktr-box");
  const swatch = make("span", "ktr-swatch");
  swatch.innerHTML = LINE;
  eye.type = "checkbox";
  eye.addEventListener("change", () => tick(table, number, eye), { signal: table.ending.signal });
  wrap.append(eye, swatch);
  cell.append(wrap);
  return { eyeCell: cell, eye, swatch };
}

function pinCell(table, number) {
  const cell = make("td", "ktr-pin");
  const pin = button(table, "ktr-pin-button", () => tell(table, "pin", { run: number, pinned: !table.rows.get(number).pinned }));
  pin.innerHTML = PIN;
  cell.append(pin);
  return { pinCell: cell, pin };
}

function nameCell(table, number) {
  const head = make("th", "ktr-number");
  head.scope = "row";
  const wrap = make("div", "ktr-naming");
  const twig = make("span", "ktr-twig", "↳");
  twig.setAttribute("aria-hidden", "true");
  const name = button(table, "ktr-name", () => look(table, number));
  const origin = make("span", "ktr-origin");
  const note = make("span", "ktr-note");
  wrap.append(twig, name, origin, note);
  wrap.addEventListener("dblclick", () => startRename(table, number), { signal: table.ending.signal });
  head.append(wrap);
  return { head, wrap, twig, name, origin, note };
}

export function startRename(table, number) {
  const line = table.lines.get(number);
  const row = table.rows.get(number);
  if (!line || table.editing) return;
  const keep = (name) => tell(table, "rename", { run: number, name });
  edit(table, line.wrap, row.name, table.word.rename(table.word.run(number)), keep);
}

export function drawLine(table, line, row, depth) {
  const { look: state, word } = table;
  const name = nameOf(table, row);
  const shown = state.shown.includes(row.number);
  line.cell.classList.toggle("ktr-focus", row.number === state.focus);
  line.cell.classList.toggle("ktr-active", row.number === state.active);
  line.head.style.setProperty("--ktr-depth", depth);
  drawEye(line.eye, shown);
  line.eye.disabled = shown && state.shown.length === 1; // one run is always on the chart
  label(line.eye, "aria-label", word.show(name));
  const several = state.shown.length > 1; // one run alone is drawn in the colours of training and validation
  label(line.swatch, "style", shown && several ? `color: ${colourOf(table, row.number)}` : "visibility: hidden");
  label(line.pin, "aria-pressed", String(row.pinned));
  label(line.pin, "aria-label", word.pin(name));
  label(line.pin, "title", word.pin(name));
  drawName(table, line, row, name);
  drawNumbers(table, line, row);
}

function drawName(table, line, row, name) {
  const { word, rows } = table;
  write(line.name, name);
  label(line.name, "title", row.name ? `${row.name}: ${word.look}` : word.look);
  if (row.number === table.look.focus) label(line.name, "aria-current", "true");
  else line.name.removeAttribute("aria-current");
  const parent = row.parent && (rows.get(row.parent.run) ?? { number: row.parent.run });
  line.twig.hidden = !parent;
  const origin = parent ? word.branched(nameOf(table, parent), row.parent.epochs) : "";
  const part = row.proof ? word.part(row.proof) : row.sweep ? word.sweep(row.sweep) : "";
  write(line.origin, origin || part);
  label(line.origin, "title", line.origin.textContent);
  write(line.note, row.note);
  label(line.note, "title", row.note);
}

/** Whether chance alone may make as much of a difference as there is to the best run, at the last epochs of both. */
function isNoise(table, row) {
  const best = [...table.rows.values()].find((one) => one.is_best);
  return table.look.floor != null && best != null && !row.is_best && Math.abs(row.last - best.last) < table.look.floor;
}

function drawNumbers(table, line, row) {
  const { word } = table;
  const settings = table.say(row.settings);
  write(line.settings, settings || "–");
  label(line.settings, "title", settings || word.same);
  line.star.hidden = !row.is_best;
  label(line.star, "aria-label", word.best(row.best_epoch));
  const noise = isNoise(table, row);
  const where = row.is_best ? word.best(row.best_epoch) : row.best_epoch ? word.inEpoch(row.best_epoch) : "";
  label(line.best, "title", where);
  label(line.last, "title", noise ? word.noise(numberText(table.look.floor)) : "");
  line.last.classList.toggle("ktr-noise", noise);
  write(line.value, numberText(row.best));
  write(line.last, numberText(row.last));
  write(line.icon, ICONS[row.severity] ?? "");
  label(line.icon, "class", `ktr-icon ktr-${row.severity || "plain"}`);
  write(line.words, table.say(row.verdict));
  label(line.verdict, "title", table.say(row.verdict));
  write(line.seconds, timeText(word, row.seconds));
  const whole = row.epochs >= row.planned;
  write(line.epochs, whole ? String(row.epochs) : `${row.epochs}/${row.planned}`);
  label(line.epochs, "title", whole ? "" : word.ofPlanned(row.epochs, row.planned));
}
