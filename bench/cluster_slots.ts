/**
 * Maps of clusters of any size, as servers send them.
 *
 * @module
 */

/**
 * A reply to CLUSTER SLOTS of shards with one replica each.
 *
 * @param shards How many shards share the slots evenly.
 */
export function clusterSlots(
  shards: number,
): [number, number, ...[string, number, string, []][]][] {
  return Array.from({ length: shards }, (_, i) => [
    Math.floor(i * 16_384 / shards),
    Math.floor((i + 1) * 16_384 / shards) - 1,
    [`10.0.${i >> 8}.${i & 255}`, 7000, `primary${i}`, []],
    [`10.1.${i >> 8}.${i & 255}`, 7000, `replica${i}`, []],
  ]);
}
