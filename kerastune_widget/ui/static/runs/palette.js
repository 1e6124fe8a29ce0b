// The colours of the runs, those of the curves, for a light or a dark page.

const AGAIN = [100, 300, 1000, 3000]; // milliseconds: a theme's style sheet may come long after its attributes

export function readPalette(table) {
  const [r, g, b] = (getComputedStyle(table.root).color.match(/[\d.]+/g) ?? [0, 0, 0]).map(Number);
  table.palette = table.model.get("palettes")[0.3 * r + 0.59 * g + 0.11 * b > 128 ? "dark" : "light"];
  table.palette.forEach((colour, place) => table.root.style.setProperty(`--ktr-colour-${place}`, colour));
}

export function colourOf(table, number) {
  const place = table.look.colours[number] ?? number - 1;
  return `var(--ktr-colour-${place % table.palette.length})`;
}

export function watchPalette(table) {
  let timers = [];
  const { signal } = table.ending;
  const follow = () => {
    readPalette(table);
    timers.forEach(clearTimeout);
    timers = AGAIN.map((milliseconds) => setTimeout(() => readPalette(table), milliseconds));
  };
  const watcher = new MutationObserver(follow);
  const attributeFilter = ["data-jp-theme-light", "data-jp-theme-name", "class", "theme"];
  for (const element of [document.body, document.documentElement]) watcher.observe(element, { attributes: true, attributeFilter });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", follow, { signal });
  signal.addEventListener("abort", () => timers.forEach(clearTimeout));
  follow();
  return watcher;
}
