// Ticks, and numbers as text.

export function niceStep(range, count) {
  const rough = range / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = rough / power;
  return power * (factor > 7 ? 10 : factor > 3.2 ? 5 : factor > 1.5 ? 2 : 1);
}

export function linearTicks(low, high, count) {
  const step = niceStep(high - low, count);
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) ticks.push(i * step || 0);
  return { ticks, step };
}

export function logTicks(low, high, count) {
  const decades = Math.log10(high / low);
  const factors = decades > 2.5 ? [1] : decades > 1.2 ? [1, 3] : [1, 2, 3, 5, 7];
  const stride = Math.max(1, Math.ceil(decades / Math.max(2, count)));
  const ticks = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power += stride)
    for (const factor of factors) {
      const tick = factor * 10 ** power;
      if (tick >= low * 0.999 && tick <= high * 1.001) ticks.push(tick);
    }
  return { ticks, step: 0 };
}

export function tickText(value, step) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) return value.toExponential(1).replace(".0e", "e").replace("e+", "e");
  if (size >= 1e4) return `${+(value / 1000).toPrecision(4)}k`;
  if (!step) return String(+value.toPrecision(2));
  return value.toFixed(Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
}

export function valueText(value) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e5 || size < 1e-4)) return value.toExponential(3);
  return value.toPrecision(4);
}

/** Two significant digits, as a person writes them: 0.0021, 3e-5. */
export function roundText(value) {
  const round = Number(value.toPrecision(2));
  return round !== 0 && Math.abs(round) < 1e-4 ? String(round.toExponential()) : String(round);
}

export const countText = (count) => Math.round(count).toLocaleString("en-US");
export const thousandsText = (count) => (count ? `${(count / 1000).toLocaleString("en-US")}k` : "0");

/** The first index whose position is at least x. */
export function indexAt(positions, count, x, from = 0) {
  let low = from;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (positions[middle] < x) low = middle + 1;
    else high = middle;
  }
  return low;
}
