/**
 * What the servers hold while the clients are compared: known to both sides, so that every reply can be checked.
 *
 * @module
 */

/** How many keys the small values have. */
export const KEY_COUNT = 10_000;

/** Length of a small value, in bytes. */
export const VALUE_LENGTH = 100;

/** The keys of the small values. Twelve digits, because that is how `redis-benchmark` writes its random keys. */
export const KEYS: readonly string[] = Array.from({ length: KEY_COUNT }, (_, i) => key("key", i));

/** The small values, in the order of {@linkcode KEYS}: each tells its key, and is 100 ASCII characters long. */
export const VALUES: readonly string[] = KEYS.map((key) =>
  `value of ${key} `.padEnd(VALUE_LENGTH, "0123456789abcdef")
);

const MIB = 1_048_576;

/** The keys of the large values. */
export const BIG_KEYS: readonly string[] = Array.from({ length: 4 }, (_, i) => key("big", i));

/** The large values, in the order of {@linkcode BIG_KEYS}: 1 MiB of ASCII each. */
export const BIG_VALUES: readonly string[] = BIG_KEYS.map((key) =>
  `value of ${key} `.padEnd(64, "0123456789abcdef").repeat(MIB / 64)
);

/** The key of the list. */
export const LIST_KEY = "list";

/** The items of the list: 1000 short strings. */
export const LIST_ITEMS: readonly string[] = Array.from(
  { length: 1000 },
  (_, i) => key("list-item", i, 6),
);

function key(prefix: string, i: number, digits = 12): string {
  return `${prefix}:${String(i).padStart(digits, "0")}`;
}
