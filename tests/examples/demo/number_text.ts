/**
 * How the demo writes figures.
 *
 * @module
 */

/**
 * A count with its thousands apart: `12,345`.
 *
 * @param value The count.
 */
export function count(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: 0 });
}

/**
 * A count with its noun: `1 request`, `12,345 requests`.
 *
 * @param value The count.
 * @param one The noun.
 * @param many Its plural, where it is not made with an s.
 */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/**
 * A time with three digits at most: `0.4 ms`, `37 ms`, `2.46 s`.
 *
 * @param ms Milliseconds.
 */
export function duration(ms: number): string {
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${ms.toFixed(0)} ms`;
  return `${(ms / 1000).toFixed(ms < 9995 ? 2 : 1)} s`;
}

/**
 * How many of something there were in a second: `51,200/s`.
 *
 * @param amount How many there were.
 * @param ms In how many milliseconds.
 */
export function rate(amount: number, ms: number): string {
  const perSecond = amount / ms * 1000;
  // More than three digits would only be noise.
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, perSecond))) - 2);
  return `${count(Math.round(perSecond / step) * step)}/s`;
}

/**
 * A part of a whole: `33.3 %`.
 *
 * @param part The part.
 * @param whole The whole.
 */
export function percent(part: number, whole: number): string {
  return `${(whole === 0 ? 0 : part / whole * 100).toFixed(1)} %`;
}
