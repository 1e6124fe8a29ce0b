// What the kernel answers in words, and the way back after a deletion.

import { button, make, nameOf, tell, write } from "./elements.js";

export function buildMessages(table) {
  const box = make("div", "ktr-messages");
  table.said = make("div", "ktr-said");
  table.said.setAttribute("role", "status");
  table.complaint = make("div", "ktr-complaint");
  table.complaint.setAttribute("role", "alert");
  table.undoBar = make("div", "ktr-undo");
  table.gone = make("span");
  table.gone.setAttribute("role", "status");
  table.undo = button(table, "ktr-action", () => tell(table, "undo"));
  table.dismiss = button(table, "ktr-action ktr-close", () => tell(table, "dismiss"));
  table.undoBar.append(table.gone, table.undo, table.dismiss);
  box.append(table.undoBar, table.said, table.complaint);
  return box;
}

export function drawMessages(table) {
  const { look, word } = table;
  write(table.said, table.say(look.said));
  write(table.complaint, table.say(look.complaint));
  table.undoBar.hidden = !look.deleted;
  write(table.gone, look.deleted ? word.deleted(nameOf(table, look.deleted)) : "");
  write(table.undo, word.undo);
  write(table.dismiss, "✕");
  table.dismiss.setAttribute("aria-label", word.close);
}
