// In which order rows stand: newest first with branches under the run they came from, or sorted by one column.

export const SORTS = ["number", "best", "last", "seconds", "epochs"];

/** Return [row, depth] from top to bottom. */
export function ordered(table) {
  const { sort = "number", reversed = false } = table.model.get("view");
  const rows = [...table.rows.values()].filter((row) => isVisible(table, row));
  if (sort === "number") return reversed ? oldestFirst(rows) : families(rows);
  const ascending = sortsAscending(table, sort, reversed);
  return rows.sort((a, b) => b.pinned - a.pinned || compare(a, b, sort, ascending)).map((row) => [row, 0]);
}

/** The runs of a proof are evidence: they stand back until they are asked for, or drawn on the chart. */
function isVisible(table, row) {
  return !row.proof || table.model.get("view").proofs || table.look.shown.includes(row.number);
}

export function sortsAscending(table, sort, reversed) {
  const first = sort === "best" || sort === "last" ? !table.look.higher : sort === "seconds";
  return first !== reversed;
}

/** The next way to sort when a heading is pressed: best first, worst first, then newest first again. */
export function nextSort(view, sort) {
  if (view.sort !== sort && !(sort === "number" && !view.sort)) return { sort, reversed: false };
  return view.reversed ? { sort: "number", reversed: false } : { sort, reversed: true };
}

function compare(a, b, sort, ascending) {
  const [left, right] = [a[sort], b[sort]];
  if (left == null || right == null) return (left == null) - (right == null) || b.number - a.number;
  return (ascending ? left - right : right - left) || b.number - a.number;
}

const oldestFirst = (rows) => rows.sort((a, b) => b.pinned - a.pinned || a.number - b.number).map((row) => [row, 0]);

function families(rows) {
  const numbers = new Set(rows.map((row) => row.number));
  const children = new Map();
  const roots = [];
  for (const row of rows) {
    const parent = row.parent?.run;
    if (!numbers.has(parent)) roots.push(row);
    else children.set(parent, [...(children.get(parent) ?? []), row]);
  }
  const members = (row, depth) => [[row, depth], ...young(children.get(row.number)).flatMap((child) => members(child, depth + 1))];
  const all = roots.map((root) => members(root, 0));
  const newest = (family) => Math.max(...family.map(([row]) => row.number));
  const pinned = (family) => family.some(([row]) => row.pinned);
  return all.sort((a, b) => pinned(b) - pinned(a) || newest(b) - newest(a)).flat();
}

const young = (rows = []) => rows.sort((a, b) => b.number - a.number);
