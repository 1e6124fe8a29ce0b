// Bring a part of the workbench into sight.

const MILLISECONDS = 1500; // in which a part that was just opened gets its size

/** Scroll as little as need be, and again while the part still grows, unless a person scrolls meanwhile. */
export function reveal({ bench }, name, signal) {
  const part = bench?.querySelector(`.${CSS.escape(name)}`);
  if (!part) return;
  const sizes = new ResizeObserver(() => part.scrollIntoView({ block: "nearest" }));
  const timer = setTimeout(end, MILLISECONDS);
  const events = ["wheel", "touchmove", "pointerdown", "keydown"];
  function end() {
    clearTimeout(timer);
    sizes.disconnect();
    for (const event of events) window.removeEventListener(event, end);
  }
  for (const event of events) window.addEventListener(event, end, { passive: true });
  signal.addEventListener("abort", end);
  sizes.observe(part);
}
