// What can be done with the run in focus: one quiet line of buttons under the table.

import { button, edit, label, make, nameOf, tell, write } from "./elements.js";
import { startRename } from "./line.js";

const NAMES = ["settings", "continue", "branch", "adopt", "code", "rename", "note", "only", "delete"];
const PATIENCE = 40; // times 50 ms

export function buildActions(table) {
  table.tools = make("div", "ktr-actions");
  table.tools.setAttribute("role", "group");
  table.whose = make("span", "ktr-whose");
  table.buttons = new Map(NAMES.map((name) => [name, button(table, "ktr-action", () => act(table, name))]));
  table.tools.append(table.whose, ...table.buttons.values());
  return table.tools;
}

function act(table, name) {
  const row = table.rows.get(table.look.focus);
  if (!row) return;
  if (name === "rename") startRename(table, row.number);
  else if (name === "note") startNote(table, row);
  else tell(table, name, { run: row.number });
  if (name === "branch") goToBranch(table, PATIENCE);
}

/** The bar that asks for the epoch stands under the chart: go there once the kernel has put it up. */
function goToBranch(table, tries) {
  const field = table.root.closest(".kerastune-workbench")?.querySelector(".kerastune-branch input");
  if (!field?.offsetParent) {
    if (tries && table.root.isConnected) setTimeout(() => goToBranch(table, tries - 1), 50);
    return;
  }
  field.scrollIntoView({ block: "nearest" });
  field.focus();
}

function startNote(table, row) {
  if (table.editing) return;
  const keep = (note) => tell(table, "note", { run: row.number, note });
  edit(table, table.buttons.get("note"), row.note, table.word.note(nameOf(table, row)), keep);
}

export function drawActions(table) {
  const { look, word } = table;
  const row = table.rows.get(look.focus);
  table.tools.hidden = !row;
  if (!row) return;
  const name = nameOf(table, row);
  write(table.whose, name);
  label(table.tools, "aria-label", name);
  const free = look.can_train && look.active === null;
  const allowed = {
    continue: free && row.has_weights,
    branch: look.can_train && row.kept,
    adopt: look.can_train && row.has_weights,
    settings: look.can_train,
    delete: row.number !== look.active,
  };
  for (const [action, control] of table.buttons) {
    const [title, help] = word.actions[action];
    write(control, title);
    label(control, "title", help);
    control.disabled = allowed[action] === false;
  }
  table.buttons.get("only").hidden = look.shown.length < 2;
}
