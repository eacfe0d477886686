const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** Numbers as a strip of bars, the largest full; zero is a dot. */
export function sparkline(values: readonly number[]): string {
  const most = Math.max(...values, 1);
  return values
    .map((value) => (value <= 0 ? '·' : bars[Math.min(bars.length - 1, Math.floor((value / most) * bars.length))]))
    .join('');
}
