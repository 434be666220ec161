/**
 * How figures are written.
 *
 * @module
 */

import { type Estimate, STEADY } from "./spread.ts";

/**
 * A count in at most four characters: 870, 12.3k, 358k, 1.97M.
 *
 * @param value The count.
 * @returns Its text.
 */
export function shortCount(value: number): string {
  if (value >= 999_500) return `${(value / 1e6).toFixed(2)}M`;
  if (value >= 99_950) return `${Math.round(value / 1e3)}k`;
  if (value >= 999.5) return `${(value / 1e3).toFixed(1)}k`;
  return String(Math.round(value));
}

/**
 * A figure with at least three digits: 0.912, 12.3, 4711.
 *
 * @param value The figure.
 * @returns Its text.
 */
export function threeDigits(value: number): string {
  if (value >= 100) return String(Math.round(value));
  if (value >= 10) return value.toFixed(1);
  return value.toFixed(value >= 1 ? 2 : 3);
}

/**
 * A ratio: 0.94×, 2.1×, 17×.
 *
 * @param value The ratio.
 * @returns Its text.
 */
export function ratioText(value: number): string {
  return `${value >= 9.95 ? Math.round(value) : value.toFixed(value < 1.995 ? 2 : 1)}×`;
}

/**
 * A ratio with its spread: 2.1× ±4%, or ~2.1× ±12% if it varies much.
 *
 * @param ratio The ratio.
 * @returns Its text.
 */
export function ratioWithSpread(ratio: Estimate): string {
  return Number.isFinite(ratio.spread)
    ? `${markedRatio(ratio)} ±${Math.round(ratio.spread * 100)}%`
    : markedRatio(ratio);
}

/**
 * A ratio, with a mark if it varies much: 2.1×, ~2.1×.
 *
 * @param ratio The ratio.
 * @returns Its text.
 */
export function markedRatio({ median, spread }: Estimate): string {
  return `${spread <= STEADY ? "" : "~"}${ratioText(median)}`;
}
