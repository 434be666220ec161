/**
 * The report on memory that MEMORY STATS answers.
 *
 * @module
 */

import type { Reply } from "../resp/reply.ts";
import { toNumber, toPairs, toText, unexpected } from "./_decode.ts";
import { toNamed, valueOf } from "./_named.ts";

/** What the server keeps for a database besides keys and values, in bytes. */
export interface DatabaseOverhead {
  /** Of the table of keys. */
  overheadHashtableMain: number;
  /** Of the table of expiry times. */
  overheadHashtableExpires: number;
}

/** What {@linkcode MemoryCommands.memoryStats} answers: in bytes, where nothing else is said. */
export interface MemoryStats {
  /** The most that was ever allocated. */
  peakAllocated: number;
  /** What is allocated. */
  totalAllocated: number;
  /** What was allocated when the server had started. */
  startupAllocated: number;
  /** The backlog of changes for replicas. */
  replicationBacklog: number;
  /** Connections of replicas. */
  clientsReplicas: number;
  /** Connections of other clients. */
  clientsNormal: number;
  /** Connections to other nodes of the cluster. */
  clusterLinks: number;
  /** The buffers of the append-only file. */
  aofBuffer: number;
  /** Scripts. */
  luaCaches: number;
  /** Functions. */
  functionsCaches: number;
  /** Databases that have keys, by number. */
  databases: Record<number, DatabaseOverhead>;
  /** Everything besides keys and values. */
  overheadTotal: number;
  /** The number of keys in all databases. */
  keysCount: number;
  /** What is allocated since the start, for each key. */
  keysBytesPerKey: number;
  /** Keys and values. */
  datasetBytes: number;
  /** Keys and values, in per cent of what is allocated since the start. */
  datasetPercentage: number;
  /** What is allocated, in per cent of the most ever. */
  peakPercentage: number;
  /** What the allocator has handed out. */
  allocatorAllocated: number;
  /** What is in the pages that the allocator uses. */
  allocatorActive: number;
  /** What the allocator has of the system. */
  allocatorResident: number;
  /** What the allocator has given back, but the system has not taken yet (Redis 7.4, Valkey 8.0). */
  allocatorMuzzy?: number;
  /** `allocatorActive` in relation to what is handed out. */
  allocatorFragmentationRatio: number;
  /** The difference between these. */
  allocatorFragmentationBytes: number;
  /** `allocatorResident` in relation to `allocatorActive`. */
  allocatorRssRatio: number;
  /** The difference between these. */
  allocatorRssBytes: number;
  /** The resident set of the process in relation to `allocatorResident`. */
  rssOverheadRatio: number;
  /** The difference between these. */
  rssOverheadBytes: number;
  /** The resident set of the process in relation to what is allocated. */
  fragmentation: number;
  /** The difference between these. */
  fragmentationBytes: number;
  /** Tables of all databases (Redis 7.4, Valkey 8.0, like the next two). */
  overheadDbHashtableLut?: number;
  /** Tables that are being replaced by larger or smaller ones. */
  overheadDbHashtableRehashing?: number;
  /** The number of those tables. */
  dbDictRehashingCount?: number;
}

/** What MEMORY STATS answers: a map, in which each database is a map. What newer servers add is there as well. */
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
