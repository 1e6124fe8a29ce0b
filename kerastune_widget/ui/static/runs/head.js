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
  table.bar.append(table.heading, table.metricLabel);
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

export function drawHead(table) {
  const { word, look } = table;
  write(table.heading, `${word.heading} (${table.rows.size})`);
  write(table.caption, word.caption(table.rows.size));
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
