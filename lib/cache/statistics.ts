/**
 * What a cache counts.
 *
 * @module
 */

/** Figures of client-side caching since the client was created: a snapshot. */
export interface CacheStatistics {
  /** Cacheable reads that were answered from memory. MGET counts each key. */
  hits: number;
  /** Cacheable reads that waited for the server, including those that shared the request of another read. */
  misses: number;
  /** Keys that a server has reported as changed, whether they were in the cache or not. */
  invalidations: number;
  /** How often the entries of a node, or all entries, were dropped: after FLUSHALL or a lost connection, say. */
  flushes: number;
  /** Entries that were dropped to make room for others. */
  evictions: number;
  /** Estimated memory of all entries, in bytes. */
  bytes: number;
  /** Replies that are kept. */
  entries: number;
}

/** The figures of a client that does not use a cache. */
export const NO_CACHE: Readonly<CacheStatistics> = {
  hits: 0,
  misses: 0,
  invalidations: 0,
  flushes: 0,
  evictions: 0,
  bytes: 0,
  entries: 0,
};

/** The counters of one cache. Size and number of its entries are those of the store. */
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
