// The focus stays in the workbench when the button that has it is disabled or put away, so that keys go on working.

/** A button is disabled by its own click: its focus is handed to the nearest box around it that is still there. */
export function keepFocus({ bench }, signal) {
  const watcher = new MutationObserver(() => rescue(bench, document.activeElement));
  watcher.observe(bench, { attributeFilter: ["disabled", "hidden", "style"], subtree: true });
  signal.addEventListener("abort", () => watcher.disconnect());
  // Some browsers take the focus away at once, others when they draw.
  const leave = ({ target, relatedTarget }) => relatedTarget ?? queueMicrotask(() => rescue(bench, target));
  bench.addEventListener("focusout", leave, { signal });
}

function rescue(bench, element) {
  if (!bench.contains(element) || (!element.disabled && element.checkVisibility())) return;
  if (![element, document.body].includes(document.activeElement)) return;
  let box = element.parentElement;
  while (box !== bench && !box.checkVisibility()) box = box.parentElement;
  if (!box.hasAttribute("tabindex")) box.tabIndex = -1;
  box.focus({ preventScroll: true });
}
