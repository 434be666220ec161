/**
 * Reply of MEMORY STATS.
 *
 * @module
 */

import type { Reply } from "../resp/reply.ts";
import { toNumber, toPairs, toText, unexpected } from "./_decode.ts";
import { toNamed, valueOf } from "./_named.ts";

/** Memory overhead of a database, in bytes. */
export interface DatabaseOverhead {
  /** Hash table of the keys. */
  overheadHashtableMain: number;
  /** Hash table of the expiry times. */
  overheadHashtableExpires: number;
}

/**
 * Memory statistics, as returned by {@linkcode MemoryCommands.prototype.memoryStats | MemoryCommands.memoryStats}. In
 * bytes, unless stated otherwise.
 */
export interface MemoryStats {
  /** Peak of the allocated memory. */
  peakAllocated: number;
  /** Allocated memory. */
  totalAllocated: number;
  /** Memory allocated at startup. */
  startupAllocated: number;
  /** Replication backlog. */
  replicationBacklog: number;
  /** Connections of replicas, including their buffers. */
  clientsReplicas: number;
  /** Connections of other clients, including their buffers. */
  clientsNormal: number;
  /** Connections to other nodes of the cluster. */
  clusterLinks: number;
  /** Buffers of the append-only file. */
  aofBuffer: number;
  /** Cached scripts. */
  luaCaches: number;
  /** Functions (libraries). */
  functionsCaches: number;
  /** Overhead of each database that has keys, by its number. */
  databases: Record<number, DatabaseOverhead>;
  /** Total overhead: everything except keys and values. */
  overheadTotal: number;
  /** Number of keys in all databases. */
  keysCount: number;
  /** Average memory per key: memory allocated since startup, divided by the number of keys. */
  keysBytesPerKey: number;
  /** Memory of keys and values. */
  datasetBytes: number;
  /** Memory of keys and values as a percentage of the memory allocated since startup. */
  datasetPercentage: number;
  /** Allocated memory as a percentage of the peak. */
  peakPercentage: number;
  /** Memory that the allocator has allocated to the server. */
  allocatorAllocated: number;
  /** Memory in active pages of the allocator. */
  allocatorActive: number;
  /** Resident memory of the allocator. */
  allocatorResident: number;
  /** Memory that the allocator has released but the system has not reclaimed yet (Redis 7.4, Valkey 8.0). */
  allocatorMuzzy?: number;
  /** Ratio of `allocatorActive` to `allocatorAllocated`. */
  allocatorFragmentationRatio: number;
  /** Difference between `allocatorActive` and `allocatorAllocated`. */
  allocatorFragmentationBytes: number;
  /** Ratio of `allocatorResident` to `allocatorActive`. */
  allocatorRssRatio: number;
  /** Difference between `allocatorResident` and `allocatorActive`. */
  allocatorRssBytes: number;
  /** Ratio of the resident set size of the process to `allocatorResident`. */
  rssOverheadRatio: number;
  /** Difference between the resident set size of the process and `allocatorResident`. */
  rssOverheadBytes: number;
  /** Ratio of the resident set size of the process to the allocated memory. */
  fragmentation: number;
  /** Difference between the resident set size of the process and the allocated memory. */
  fragmentationBytes: number;
  /** Hash tables of all databases (Redis 7.4, Valkey 8.0). */
  overheadDbHashtableLut?: number;
  /** Hash tables that are being resized (Redis 7.4, Valkey 8.0). */
  overheadDbHashtableRehashing?: number;
  /** Number of hash tables that are being resized (Redis 7.4, Valkey 8.0). */
  dbDictRehashingCount?: number;
}

/** Reads the reply of MEMORY STATS: a map with one map per database. Fields of newer servers are included. */
export function toMemoryStats(reply: Reply): MemoryStats {
  const databases: Record<number, DatabaseOverhead> = {};
  const numbers: Record<string, number> = {};
  for (const [name, value] of toPairs(reply)) {
    const text = toText(name);
    const database = text.match(/^db\.(\d+)$/)?.[1];
    if (database === undefined) numbers[propertyName(text)] = toNumber(value);
    else databases[Number(database)] = toOverhead(value);
  }
  const stats = { ...numbers, databases };
  return isMemoryStats(stats) ? stats : unexpected(reply, "a report on memory");
}

function isMemoryStats(stats: object): stats is MemoryStats {
  return "totalAllocated" in stats && "datasetBytes" in stats && "fragmentation" in stats;
}

function toOverhead(reply: Reply): DatabaseOverhead {
  const named = toNamed(reply);
  return {
    overheadHashtableMain: toNumber(valueOf(named, "overhead.hashtable.main")),
    overheadHashtableExpires: toNumber(valueOf(named, "overhead.hashtable.expires")),
  };
}

function propertyName(name: string): string {
  return name === "clients.slaves"
    ? "clientsReplicas"
    : name.replace(/[._-](.)/g, (_, letter) => letter.toUpperCase());
}
