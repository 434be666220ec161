/**
 * Replies of commands about slots, shards and migrations.
 *
 * @module
 */

import type { Reply } from "../resp/reply.ts";
import { elements, toNumber, toText, toTextOrNull, unexpected } from "./_decode.ts";
import type { SlotRange } from "./_cluster_report.ts";
import { optional, toNamed, toRecordOf, valueOf } from "./_named.ts";

/** A node, as returned by {@linkcode ClusterCommands.prototype.clusterSlots | ClusterCommands.clusterSlots}. */
export interface SlotNode {
  /** Preferred endpoint. Null means the host that the client is connected to; empty or `"?"` means unknown. */
  host: string | null;
  /** Port for clients. */
  port: number;
  /** Node id. */
  id: string;
  /** Further endpoints: `ip`, `hostname`; and fields of newer servers. */
  metadata: Record<string, string>;
}

/** Range of slots with the nodes that serve them. */
export interface SlotOwners {
  /** The first slot. */
  start: number;
  /** The last slot (inclusive). */
  end: number;
  /** The primary. */
  primary: SlotNode;
  /** The replicas. */
  replicas: SlotNode[];
}

/** A node, as returned by {@linkcode ClusterCommands.prototype.clusterShards | ClusterCommands.clusterShards}. */
export interface ShardNode {
  /** Node id. */
  id: string;
  /** Preferred endpoint. */
  endpoint: string;
  /** IP address. */
  ip: string;
  /** Host name, if the node announces one. */
  hostname?: string;
  /** Port for clients without TLS; undefined if there is none. */
  port?: number;
  /** Port for clients with TLS; undefined if there is none. */
  tlsPort?: number;
  /** Role of the node. */
  role: "primary" | "replica";
  /** Replication offset. */
  replicationOffset: number;
  /** State of the node: `"online"`, `"loading"` or `"failed"`. */
  health: string;
  /** Availability zone, if the node announces one (since Valkey 9.1). */
  availabilityZone?: string;
}

/** A shard: a primary and its replicas. */
export interface ClusterShard {
  /** Id of the shard (since Valkey 9.1). */
  id?: string;
  /** Slots of the shard. */
  slots: SlotRange[];
  /** Nodes of the shard. */
  nodes: ShardNode[];
}

/** Connection between two nodes on the cluster bus. */
export interface ClusterLink {
  /** Whether this node has opened the connection (`"to"`) or the other one (`"from"`). */
  direction: "to" | "from";
  /** Id of the other node. */
  node: string;
  /** Creation time, as Unix time in milliseconds. */
  createTime: number;
  /** Registered events: `"r"` for readable, `"w"` for writable. */
  events: string;
  /** Size of the send buffer, in bytes. */
  sendBufferAllocated: number;
  /** Used part of the send buffer, in bytes. */
  sendBufferUsed: number;
}

/** Usage statistics of a slot. */
export interface SlotStats {
  /** The slot. */
  slot: number;
  /**
   * Statistics by name: `"key-count"`. If they are recorded also `"cpu-usec"`, `"network-bytes-in"` and
   * `"network-bytes-out"`.
   */
  stats: Record<string, number>;
}

/**
 * A migration of slots to another shard, as returned by
 * {@linkcode ClusterCommands.prototype.clusterGetslotmigrations | ClusterCommands.clusterGetslotmigrations}.
 */
export interface SlotMigration {
  /** Name of the migration. */
  name: string;
  /** Whether this node is the source (`"EXPORT"`) or the target (`"IMPORT"`). */
  operation: "EXPORT" | "IMPORT";
  /** The slots, as text: `"0-99 200"`. */
  slotRanges: string;
  /** Id of the target node. */
  targetNode: string;
  /** Id of the source node. */
  sourceNode: string;
  /** Start time, as Unix time in seconds. */
  createTime: number;
  /** Time of the last change of the state, as Unix time in seconds. */
  lastUpdateTime: number;
  /** Time of the last acknowledgement by the other node, as Unix time in seconds. */
  lastAckTime: number;
  /** State: `"snapshotting"`, `"success"`, `"failed"`, … */
  state: string;
  /** Details about the state; may be empty. */
  message: string;
  /** Memory used by copy-on-write, in bytes. */
  cowSize: number;
  /** Size of the changes that remain to be sent, in bytes. */
  remainingReplSize: number;
}

/**
 * A migration of slots, as returned by
 * {@linkcode ClusterCommands.prototype.clusterMigration | ClusterCommands.clusterMigration} (Redis 8.4).
 */
export interface MigrationTask {
  /** Node id. */
  id: string;
  /** The slots, as text: `"0-99 200-299"`. */
  slots: string;
  /** Id of the source node. */
  source: string;
  /** Id of the target node. */
  dest: string;
  /** Whether the node that replies is the target (`"import"`) or the source (`"migrate"`). */
  operation: "import" | "migrate";
  /** State: `"completed"`, … */
  state: string;
  /** Last error; empty if there was none. */
  lastError: string;
  /** Number of retries. */
  retries: number;
  /** Creation time, as Unix time in milliseconds. */
  createTime: number;
  /** Start time, as Unix time in milliseconds. */
  startTime: number;
  /** End time, as Unix time in milliseconds. */
  endTime: number;
  /** Duration of the write pause, in milliseconds. */
  writePauseMs: number;
}

/** Reads the reply of CLUSTER SLOTS. */
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

/** Reads the reply of CLUSTER SHARDS. */
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

/** Reads the reply of CLUSTER LINKS. */
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

/** Reads the reply of CLUSTER SLOT-STATS. */
export function toSlotStats(reply: Reply): SlotStats[] {
  return elements(reply).map((entry) => {
    const [slot, stats] = elements(entry);
    return { slot: toNumber(slot), stats: toNumbers(stats, false) };
  });
}

const toNumbers = toRecordOf(toNumber);

/** Reads the reply of CLUSTER GETSLOTMIGRATIONS. */
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

/** Reads the reply of CLUSTER MIGRATION STATUS. */
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
