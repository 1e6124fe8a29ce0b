// Numbers as a person reads them.

export function numberText(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size === 0 || (size >= 0.001 && size < 10)) return value.toFixed(4);
  return size < 100_000 && size >= 10 ? value.toPrecision(5) : value.toExponential(2);
}

export function timeText(word, seconds) {
  if (seconds < 60) return word.seconds(seconds.toFixed(seconds < 10 ? 1 : 0));
  return word.minutes(Math.floor(seconds / 60), Math.round(seconds % 60));
}
