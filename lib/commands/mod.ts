/**
 * All commands on one surface: the one list of command groups.
 *
 * @module
 */

import { Executor } from "../executor.ts";
import type { Argument, Reply } from "../resp/reply.ts";
import { refuseSurplus, refuseSurplusIn } from "../surplus_arguments.ts";
import { toReply } from "./_decode.ts";
import type { Reach } from "./_reach.ts";
import { AclCommands } from "./acl.ts";
import { ArrayCommands } from "./array.ts";
import { BitmapCommands } from "./bitmap.ts";
import { ClusterCommands } from "./cluster.ts";
import { CommandCommands } from "./command.ts";
import { CommandlogCommands } from "./commandlog.ts";
import { ConfigCommands } from "./config.ts";
import { ConnectionCommands } from "./connection.ts";
import { FunctionCommands } from "./function.ts";
import { GeoCommands } from "./geo.ts";
import { HashCommands } from "./hash.ts";
import { HotkeysCommands } from "./hotkeys.ts";
import { HyperLogLogCommands } from "./hyperloglog.ts";
import { KeyCommands } from "./key.ts";
import { LatencyCommands } from "./latency.ts";
import { ListCommands } from "./list.ts";
import { MemoryCommands } from "./memory.ts";
import { ModuleCommands } from "./module.ts";
import { PubsubCommands } from "./pubsub.ts";
import { ReplicationCommands } from "./replication.ts";
import { ScriptingCommands } from "./scripting.ts";
import { ServerCommands } from "./server.ts";
import { SetCommands } from "./set.ts";
import { SlowlogCommands } from "./slowlog.ts";
import { SortedSetCommands } from "./sorted_set.ts";
import { StreamCommands } from "./stream.ts";
import { StringCommands } from "./string.ts";
import { VectorSetCommands } from "./vector_set.ts";

/**
 * Every typed command. Each group has its own page; {@linkcode Commands} has all of them.
 *
 * All arguments are taken at the call: what is done to an array or to bytes afterwards changes nothing.
 *
 * A call rejects with a `TypeError`, and nothing is sent, if it has too many arguments, an option that the method does
 * not have, or something else in the place of the options. The message says what is expected. An option that is
 * undefined counts as not given.
 */
export interface Commands<T extends string | Uint8Array = string, N extends Reach = Reach>
  extends
    AclCommands<T, N>,
    ArrayCommands<T>,
    BitmapCommands<T>,
    ClusterCommands<T, N>,
    CommandCommands<T, N>,
    CommandlogCommands<T, N>,
    ConfigCommands<T, N>,
    ConnectionCommands<T, N>,
    FunctionCommands<T, N>,
    GeoCommands<T>,
    HashCommands<T>,
    HotkeysCommands<T, N>,
    HyperLogLogCommands<T>,
    KeyCommands<T, N>,
    LatencyCommands<T, N>,
    ListCommands<T>,
    MemoryCommands<T, N>,
    ModuleCommands<T, N>,
    PubsubCommands<T, N>,
    ReplicationCommands<T, N>,
    ScriptingCommands<T, N>,
    ServerCommands<T, N>,
    SetCommands<T>,
    SlowlogCommands<T, N>,
    SortedSetCommands<T>,
    StreamCommands<T>,
    StringCommands<T>,
    VectorSetCommands<T> {}

/**
 * All command methods, and {@linkcode Commands.prototype.customCommand | Commands.customCommand} for commands without a
 * method.
 *
 * Clients, batches and transactions extend this class.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam N How many nodes a command reaches.
 */
// The methods of the merged interface are added by link() below. A test checks that none is missing.
export abstract class Commands<T extends string | Uint8Array = string, N extends Reach = Reach>
  extends Executor<T> {
  /**
   * Runs any command, including commands without a method in this library.
   *
   * It is routed like other commands. The reply is not converted; see {@linkcode Reply} for its form.
   *
   * @example A command of a module
   * ```ts
   * await client.customCommand(["ECHO", "hello"]); // "hello"
   * ```
   *
   * @param args Name and arguments of the command: `["GET", "key"]`.
   * @returns The reply.
   * @throws {TypeError} If the command would change the state of a shared connection (`SUBSCRIBE`, `MULTI`, `SELECT`,
   * …). The message names the alternative.
   */
  customCommand(args: readonly Argument[]): Promise<Reply> {
    return this.send([...args], toReply);
  }
}

export type { AclLogEntry, AclPermissions, AclUser } from "./_acl_report.ts";
export type {
  AnyCase,
  AtMostOne,
  Entries,
  ExactlyOne,
  Integer,
  Key,
  Many,
  NoOthers,
  NotGiven,
  OneOrMany,
  Value,
} from "./_args.ts";
export type {
  ArrayBound,
  ArrayDetails,
  ArrayEntries,
  ArrayInfo,
  ArrayItem,
  ArrayMatch,
  ArrayOperation,
  ArrayPredicate,
  ArrayRange,
} from "./_arrays.ts";
export { ByteMap } from "./_byte_map.ts";
export type { ClientFilter, ClientInfo, ClientType } from "./_client_info.ts";
export type { ClusterInfo, ClusterNodeInfo, MovingSlot, SlotRange } from "./_cluster_report.ts";
export type {
  ClusterLink,
  ClusterShard,
  MigrationTask,
  ShardNode,
  SlotMigration,
  SlotNode,
  SlotOwners,
  SlotStats,
} from "./_cluster_slots.ts";
export type { CommandArgument, CommandChange, CommandDocs } from "./_command_docs.ts";
export type { CommandInfo, CommandKeys, KeySearchBegin, KeySearchFind } from "./_command_info.ts";
export type { RecordedCommand } from "./_command_log.ts";
export type { Fields } from "./_decode.ts";
export type { ExpireCondition, GetExpiry, SetExpiry } from "./_expiry.ts";
export type {
  GeoArea,
  GeoCenter,
  GeoDetail,
  GeoDetails,
  GeoDistance,
  GeoHash,
  GeoMatch,
  GeoMatches,
  GeoOption,
  GeoOrder,
  GeoPlace,
  GeoPolygon,
  GeoPosition,
  GeoShape,
  GeoUnit,
  NoGeoDetails,
  SomeGeoDetails,
} from "./_geo_search.ts";
export type { InfoSection, ServerInfo } from "./_info_report.ts";
export type { DatabaseOverhead, MemoryStats } from "./_memory_stats.ts";
export type { ByNode, NodeName, PerNode, PerRoutedNode, Reach } from "./_reach.ts";
export type { Cursor, NodeCursor, ScanOptions, ScanPage } from "./_scan.ts";
export type { ScriptCall } from "./_script_call.ts";
export type {
  LexBound,
  Score,
  ScoreBound,
  ScoredMember,
  ScoredMembers,
} from "./_scored_members.ts";
export { fieldPairs } from "./_stream_entries.ts";
export type {
  DeliveredEntry,
  EntryId,
  ReferencePolicy,
  StreamEntry,
  StreamPositions,
  StreamRead,
  StreamTrim,
} from "./_stream_entries.ts";
export type {
  ConsumerDelivery,
  GroupDelivery,
  PendingCount,
  PendingEntry,
  PendingSummary,
  StreamConsumerDetails,
  StreamConsumerInfo,
  StreamDetails,
  StreamGroupDetails,
  StreamGroupInfo,
  StreamInfo,
  StreamSummary,
} from "./_stream_info.ts";
export type {
  AttributedElement,
  RawVector,
  ScoredElement,
  Vector,
  VectorQuery,
  VectorSetInfo,
  VsimDetails,
} from "./_vectors.ts";
export * from "./acl.ts";
export * from "./array.ts";
export * from "./bitmap.ts";
export * from "./cluster.ts";
export * from "./command.ts";
export * from "./commandlog.ts";
export * from "./config.ts";
export * from "./connection.ts";
export * from "./function.ts";
export * from "./geo.ts";
export * from "./hash.ts";
export * from "./hotkeys.ts";
export * from "./hyperloglog.ts";
export * from "./key.ts";
export * from "./latency.ts";
export * from "./list.ts";
export * from "./memory.ts";
export * from "./module.ts";
export * from "./pubsub.ts";
export * from "./replication.ts";
export * from "./scripting.ts";
export * from "./server.ts";
export * from "./set.ts";
export * from "./slowlog.ts";
export * from "./sorted_set.ts";
export * from "./stream.ts";
export * from "./string.ts";
export * from "./vector_set.ts";

/** A class whose instances have a group of commands. */
// deno-lint-ignore no-explicit-any -- any bulk type will do here
type Group = abstract new (...args: any[]) => Executor<any>;

/**
 * The groups, in alphabetical order; for the tests.
 *
 * @ignore
 */
export const groups: readonly Group[] = [
  AclCommands,
  ArrayCommands,
  BitmapCommands,
  ClusterCommands,
  CommandCommands,
  CommandlogCommands,
  ConfigCommands,
  ConnectionCommands,
  FunctionCommands,
  GeoCommands,
  HashCommands,
  HotkeysCommands,
  HyperLogLogCommands,
  KeyCommands,
  LatencyCommands,
  ListCommands,
  MemoryCommands,
  ModuleCommands,
  PubsubCommands,
  ReplicationCommands,
  ScriptingCommands,
  ServerCommands,
  SetCommands,
  SlowlogCommands,
  SortedSetCommands,
  StreamCommands,
  StringCommands,
  VectorSetCommands,
];

/**
 * Makes the methods of the groups those of `target`, each with a check that it gets no surplus arguments.
 *
 * They are on one object in front of its prototype chain: defining some hundred properties on the prototype itself
 * takes ten times as long.
 */
function link(target: Group, groups: readonly Group[]): void {
  const methods: object = Object.create(Executor.prototype);
  for (const group of groups) {
    for (const name of Object.getOwnPropertyNames(group.prototype)) {
      if (name === "constructor") continue;
      if (Object.hasOwn(methods, name)) {
        throw new TypeError(`Cannot link command groups: "${name}" is in two of them`);
      }
      const descriptor = Object.getOwnPropertyDescriptor(group.prototype, name)!;
      descriptor.value = refuseSurplus(name, descriptor.value);
      Object.defineProperty(methods, name, descriptor);
    }
  }
  Object.setPrototypeOf(target.prototype, methods);
}

link(Commands, groups);
refuseSurplusIn(Commands.prototype, ["customCommand"]);
