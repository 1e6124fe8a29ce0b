// The heading, the choice of the metric, and the head of the table, whose buttons sort.

import { button, label, make, tell, write } from "./elements.js";
import { SORTS, nextSort, sortsAscending } from "./order.js";

const COLUMNS = ["eye", "pin", "number", "settings", "best", "last", "verdict", "seconds", "epochs"];

export function buildHead(table) {
  table.heading = make("span", "ktr-heading");
  table.metricLabel = make("label", "ktr-metric");
  table.metricName = make("span");
  table.metric = make("select");
  const choose = () => tell(table, "metric", { metric: table.metric.value });
  table.metric.addEventListener("change", choose, { signal: table.ending.signal });
  table.metricLabel.append(table.metricName, table.metric);
  table.proofs = button(table, "ktr-proofs", () => toggleProofs(table));
  table.bar.append(table.heading, table.proofs, table.metricLabel);
  const head = make("thead");
  const line = make("tr");
  table.heads = new Map(COLUMNS.map((name) => [name, headCell(table, name)]));
  line.append(...[...table.heads.values()].map((parts) => parts.cell));
  head.append(line);
  return head;
}

function headCell(table, name) {
  const cell = make("th", `ktr-${name}`);
  cell.scope = "col";
  if (!SORTS.includes(name)) {
    const text = make("span", name === "eye" || name === "pin" ? "ktr-unseen" : "");
    cell.append(text);
    return { cell, text };
  }
  const text = make("span");
  const arrow = make("span", "ktr-arrow");
  arrow.setAttribute("aria-hidden", "true");
  const sorter = button(table, "ktr-sort", () => sortBy(table, name));
  sorter.append(text, arrow);
  cell.append(sorter);
  return { cell, text, arrow };
}

function sortBy(table, name) {
  table.model.set("view", { ...table.model.get("view"), ...nextSort(table.model.get("view"), name) });
  table.model.save_changes();
}

function toggleProofs(table) {
  const view = table.model.get("view");
  table.model.set("view", { ...view, proofs: !view.proofs });
  table.model.save_changes();
}

function drawProofs(table, count) {
  const shown = Boolean(table.model.get("view").proofs);
  table.proofs.hidden = !count;
  write(table.proofs, `${shown ? "▾" : "▸"} ${table.word.proofs(count)}`);
  label(table.proofs, "aria-expanded", String(shown));
  label(table.proofs, "title", table.word.proofsHelp);
}

export function drawHead(table) {
  const { word, look } = table;
  const evidence = [...table.rows.values()].filter((row) => row.proof).length;
  const own = table.rows.size - evidence;
  write(table.heading, `${word.heading} (${own})`);
  write(table.caption, word.caption(own));
  drawProofs(table, evidence);
  const { sort = "number", reversed = false } = table.model.get("view");
  for (const [name, { cell, text, arrow }] of table.heads) {
    write(text, word.columns[name] ?? word.more[name]);
    if (!arrow) continue;
    const ascending = name === "number" ? reversed : sortsAscending(table, name, reversed);
    label(cell, "aria-sort", name === sort ? (ascending ? "ascending" : "descending") : "none");
    write(arrow, name === sort ? (ascending ? "▲" : "▼") : "");
  }
  drawMetric(table, look);
}

function drawMetric(table, look) {
  write(table.metricName, table.word.metric);
  table.metricLabel.hidden = look.metrics.length < 2;
  const wanted = look.metrics.map(({ name, title }) => [name, table.say(title)]);
  if (JSON.stringify(wanted) !== table.offered) {
    table.offered = JSON.stringify(wanted);
    table.metric.replaceChildren(...wanted.map(([name, title]) => new Option(title, name)));
  }
  if (look.metric && table.metric.value !== look.metric) table.metric.value = look.metric;
}
