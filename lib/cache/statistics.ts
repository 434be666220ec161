/**
 * Counters of client-side caching.
 *
 * @module
 */

/** Counters of client-side caching since the client was created: a snapshot. */
export interface CacheStatistics {
  /** Number of cacheable reads answered from memory. MGET counts once per key. */
  hits: number;
  /** Number of cacheable reads that waited for the server, including those that shared the request of another read. */
  misses: number;
  /** Number of keys that servers have reported as changed, whether they were cached or not. */
  invalidations: number;
  /**
   * Number of times when all entries, or all entries of a node, were dropped: after FLUSHALL or a lost connection, for
   * example.
   */
  flushes: number;
  /** Number of entries that were evicted because the cache was full. */
  evictions: number;
  /** Estimated memory of all entries, in bytes. */
  bytes: number;
  /** Number of entries. */
  entries: number;
}

/** Counters of a client that does not use the cache. */
export const NO_CACHE: Readonly<CacheStatistics> = {
  hits: 0,
  misses: 0,
  invalidations: 0,
  flushes: 0,
  evictions: 0,
  bytes: 0,
  entries: 0,
};

/** Counters of one cache. The store has the number of entries and their size. */
export class CacheCounters {
  /** See {@linkcode CacheStatistics.hits}. */
  hits = 0;
  /** See {@linkcode CacheStatistics.misses}. */
  misses = 0;
  /** See {@linkcode CacheStatistics.invalidations}. */
  invalidations = 0;
  /** See {@linkcode CacheStatistics.flushes}. */
  flushes = 0;
  /** See {@linkcode CacheStatistics.evictions}. */
  evictions = 0;
}
