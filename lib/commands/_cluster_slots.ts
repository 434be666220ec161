/**
 * What the commands answer that tell who has which slots, and how those are used.
 *
 * @module
 */

import type { Reply } from "../resp/reply.ts";
import { elements, toNumber, toText, toTextOrNull, unexpected } from "./_decode.ts";
import type { SlotRange } from "./_cluster_report.ts";
import { optional, toNamed, toRecordOf, valueOf } from "./_named.ts";

/** A node as {@linkcode ClusterCommands.clusterSlots} describes it. */
export interface SlotNode {
  /** Its preferred address; null stands for the one that the client is connected to, empty and `"?"` for none. */
  host: string | null;
  /** Its port for clients. */
  port: number;
  /** Its id. */
  id: string;
  /** Further addresses: `ip`, `hostname`; and what newer servers add. */
  metadata: Record<string, string>;
}

/** Neighbouring slots and the nodes that serve them. */
export interface SlotOwners {
  /** The first slot. */
  start: number;
  /** The last slot, which is included. */
  end: number;
  /** Their primary. */
  primary: SlotNode;
  /** Its replicas. */
  replicas: SlotNode[];
}

/** A node as {@linkcode ClusterCommands.clusterShards} describes it. */
export interface ShardNode {
  /** Its id. */
  id: string;
  /** Its preferred address. */
  endpoint: string;
  /** Its IP address. */
  ip: string;
  /** Its host name, if it announces one. */
  hostname?: string;
  /** Its port for clients, if it listens without TLS. */
  port?: number;
  /** Its port for clients, if it listens with TLS. */
  tlsPort?: number;
  /** Its role. */
  role: "primary" | "replica";
  /** Up to where in the stream of changes it is. */
  replicationOffset: number;
  /** Whether it serves: `"online"`, `"loading"` or `"failed"`. */
  health: string;
  /** Where it stands, if it announces that (Valkey 9.1). */
  availabilityZone?: string;
}

/** A primary and its replicas. */
export interface ClusterShard {
  /** Id of the shard (Valkey 9.1). */
  id?: string;
  /** Its slots. */
  slots: SlotRange[];
  /** Its nodes. */
  nodes: ShardNode[];
}

/** A connection of one node with another. */
export interface ClusterLink {
  /** Who has opened it: this node (`"to"`) or the other one (`"from"`). */
  direction: "to" | "from";
  /** Id of the other node. */
  node: string;
  /** Since when it is there, as Unix time in milliseconds. */
  createTime: number;
  /** What it waits for: `"r"` to read, `"w"` to write. */
  events: string;
  /** Size of the buffer for what is to be sent, in bytes. */
  sendBufferAllocated: number;
  /** How much of it is used, in bytes. */
  sendBufferUsed: number;
}

/** How a slot is used. */
export interface SlotStats {
  /** The slot. */
  slot: number;
  /** Statistics by name: `"key-count"`, and `"cpu-usec"`, `"network-bytes-in"`, `"network-bytes-out"` if they are recorded. */
  stats: Record<string, number>;
}

/** A move of slots from one shard to another. */
export interface SlotMigration {
  /** Its name. */
  name: string;
  /** Whether this node gives the slots away or gets them. */
  operation: "EXPORT" | "IMPORT";
  /** The slots, as the server writes them: `"0-99 200"`. */
  slotRanges: string;
  /** Id of the node that gets them. */
  targetNode: string;
  /** Id of the node that gives them away. */
  sourceNode: string;
  /** When it began, as Unix time in seconds, like the next two. */
  createTime: number;
  /** When its state changed. */
  lastUpdateTime: number;
  /** When the other node was heard of. */
  lastAckTime: number;
  /** How far it is: `"snapshotting"`, `"success"`, `"failed"`, … */
  state: string;
  /** What there is to say about that; may be empty. */
  message: string;
  /** Memory that copying has needed so far, in bytes. */
  cowSize: number;
  /** Changes that are still to be sent, in bytes. */
  remainingReplSize: number;
}

/** A move of slots as `clusterMigration()` tells about it (Redis 8.4). */
export interface MigrationTask {
  /** Its id. */
  id: string;
  /** The slots: `"0-99 200-299"`. */
  slots: string;
  /** Id of the node that had them. */
  source: string;
  /** Id of the node that gets them. */
  dest: string;
  /** What the node that answers does. */
  operation: "import" | "migrate";
  /** How far it is: `"completed"`, … */
  state: string;
  /** Why it failed the last time, `""` for no failure. */
  lastError: string;
  /** How often it was tried again. */
  retries: number;
  /** When it was made, in Unix milliseconds. */
  createTime: number;
  /** When it began, in Unix milliseconds. */
  startTime: number;
  /** When it ended, in Unix milliseconds. */
  endTime: number;
  /** For how many milliseconds writes had to wait. */
  writePauseMs: number;
}

/** What CLUSTER SLOTS answers. */
export function toSlotOwners(reply: Reply): SlotOwners[] {
  return elements(reply).map((entry) => {
    const [start, end, primary, ...replicas] = elements(entry);
    if (primary === undefined) return unexpected(entry, "slots and their nodes");
    return {
      start: toNumber(start),
      end: toNumber(end),
      primary: toSlotNode(primary),
      replicas: replicas.map(toSlotNode),
    };
  });
}

function toSlotNode(reply: Reply): SlotNode {
  const [host, port, id, metadata = []] = elements(reply);
  return {
    host: toTextOrNull(host),
    port: toNumber(port),
    id: toText(id),
    metadata: toTexts(metadata, false),
  };
}

const toTexts = toRecordOf(toText);

/** What CLUSTER SHARDS answers. */
export function toShards(reply: Reply): ClusterShard[] {
  return elements(reply).map((shard) => {
    const named = toNamed(shard);
    const bounds = elements(valueOf(named, "slots")).map(toNumber);
    const slots: SlotRange[] = [];
    for (let i = 0; i < bounds.length; i += 2) slots.push([bounds[i], bounds[i + 1]]);
    return {
      ...optional(named, "id", "id", toText),
      slots,
      nodes: elements(valueOf(named, "nodes")).map(toShardNode),
    };
  });
}

function toShardNode(reply: Reply): ShardNode {
  const named = toNamed(reply);
  return {
    id: toText(valueOf(named, "id")),
    endpoint: toText(valueOf(named, "endpoint")),
    ip: toText(valueOf(named, "ip")),
    ...optional(named, "hostname", "hostname", toText),
    ...optional(named, "port", "port", toNumber),
    ...optional(named, "tls-port", "tlsPort", toNumber),
    role: toText(valueOf(named, "role")) === "master" ? "primary" : "replica",
    replicationOffset: toNumber(valueOf(named, "replication-offset")),
    health: toText(valueOf(named, "health")),
    ...optional(named, "availability-zone", "availabilityZone", toText),
  };
}

/** What CLUSTER LINKS answers. */
export function toLinks(reply: Reply): ClusterLink[] {
  return elements(reply).map((link) => {
    const named = toNamed(link);
    return {
      direction: toText(valueOf(named, "direction")) === "to" ? "to" : "from",
      node: toText(valueOf(named, "node")),
      createTime: toNumber(valueOf(named, "create-time")),
      events: toText(valueOf(named, "events")),
      sendBufferAllocated: toNumber(valueOf(named, "send-buffer-allocated")),
      sendBufferUsed: toNumber(valueOf(named, "send-buffer-used")),
    };
  });
}

/** What CLUSTER SLOT-STATS answers. */
export function toSlotStats(reply: Reply): SlotStats[] {
  return elements(reply).map((entry) => {
    const [slot, stats] = elements(entry);
    return { slot: toNumber(slot), stats: toNumbers(stats, false) };
  });
}

const toNumbers = toRecordOf(toNumber);

/** What CLUSTER GETSLOTMIGRATIONS answers. */
export function toSlotMigrations(reply: Reply): SlotMigration[] {
  return elements(reply).map((migration) => {
    const named = toNamed(migration);
    return {
      name: toText(valueOf(named, "name")),
      operation: toText(valueOf(named, "operation")) === "IMPORT" ? "IMPORT" : "EXPORT",
      slotRanges: toText(valueOf(named, "slot_ranges")),
      targetNode: toText(valueOf(named, "target_node")),
      sourceNode: toText(valueOf(named, "source_node")),
      createTime: toNumber(valueOf(named, "create_time")),
      lastUpdateTime: toNumber(valueOf(named, "last_update_time")),
      lastAckTime: toNumber(valueOf(named, "last_ack_time")),
      state: toText(valueOf(named, "state")),
      message: toText(valueOf(named, "message")),
      cowSize: toNumber(valueOf(named, "cow_size")),
      remainingReplSize: toNumber(valueOf(named, "remaining_repl_size")),
    };
  });
}

/** What CLUSTER MIGRATION STATUS answers. */
export function toMigrationTasks(reply: Reply): MigrationTask[] {
  return elements(reply).map((task) => {
    const named = toNamed(task);
    return {
      id: toText(valueOf(named, "id")),
      slots: toText(valueOf(named, "slots")),
      source: toText(valueOf(named, "source")),
      dest: toText(valueOf(named, "dest")),
      operation: toText(valueOf(named, "operation")) === "import" ? "import" : "migrate",
      state: toText(valueOf(named, "state")),
      lastError: toText(valueOf(named, "last_error")),
      retries: toNumber(valueOf(named, "retries")),
      createTime: toNumber(valueOf(named, "create_time")),
      startTime: toNumber(valueOf(named, "start_time")),
      endTime: toNumber(valueOf(named, "end_time")),
      writePauseMs: toNumber(valueOf(named, "write_pause_ms")),
    };
  });
}
