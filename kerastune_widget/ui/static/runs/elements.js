// Small pieces of the page; each is written to only where something changed, so that nothing flickers.

export function make(tag, name = "", text = "") {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text) element.textContent = text;
  return element;
}

export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function label(element, name, text) {
  if (element.getAttribute(name) !== text) element.setAttribute(name, text);
}

export function button(table, className, act) {
  const made = make("button", className);
  made.type = "button";
  made.addEventListener("click", act, { signal: table.ending.signal });
  return made;
}

export function tell(table, action, content = {}) {
  table.model.send({ action, ...content });
}

/** What a run is called: its own name, or its number. */
export const nameOf = (table, row) => row.name || table.word.run(row.number);

/** A text field in place of `shown`: Enter or leaving it keeps what was written, Escape does not. */
export function edit(table, shown, value, title, keep) {
  const field = make("input", "ktr-field");
  Object.assign(field, { type: "text", value, maxLength: 200 });
  field.setAttribute("aria-label", title);
  const end = (kept) => {
    if (!field.isConnected || table.editing !== field) return;
    table.editing = null;
    const focused = document.activeElement === field;
    field.replaceWith(shown);
    if (focused) (shown.querySelector("button") ?? shown).focus();
    if (kept && field.value.trim() !== value) keep(field.value.trim());
  };
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.isComposing) return; // Enter that ends a Chinese word
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault(); // else Enter goes on to press the button that gets the focus back
    end(event.key === "Enter");
  });
  field.addEventListener("blur", () => end(true));
  table.editing = field;
  shown.replaceWith(field);
  field.focus();
  field.select();
}
