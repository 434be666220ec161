/**
 * The broker of fake servers: subscriptions, and the commands that make, end and use them.
 *
 * @module
 */

import { ServerError } from "../resp/mod.ts";
import type { FakeCommand, FakeConnection } from "./fake_connection.ts";
import { type FakeReply, NO_REPLY } from "./fake_reply.ts";
import type { SubscriptionKind } from "./fake_subscriptions.ts";

/** A server as the commands of publish and subscribe need it. */
export interface FakePublisher {
  /** Connections that are open. */
  readonly connections: readonly FakeConnection[];
  /** Hands a message to the subscribers of a channel, and tells how many got it. */
  publish(channel: string | Uint8Array, message: string | Uint8Array): number;
  /** Hands a message to the subscribers of a shard channel, and tells how many got it. */
  spublish(channel: string | Uint8Array, message: string | Uint8Array): number;
}

/** The commands that begin and end subscriptions, and what they are about. */
const CHANGES: Readonly<Record<string, { kind: SubscriptionKind; adds: boolean }>> = {
  SUBSCRIBE: { kind: "channel", adds: true },
  UNSUBSCRIBE: { kind: "channel", adds: false },
  PSUBSCRIBE: { kind: "pattern", adds: true },
  PUNSUBSCRIBE: { kind: "pattern", adds: false },
  SSUBSCRIBE: { kind: "shardChannel", adds: true },
  SUNSUBSCRIBE: { kind: "shardChannel", adds: false },
};

/** What a RESP2 connection with subscriptions may send besides those above. */
const ALLOWED: readonly string[] = ["PING", "QUIT", "RESET"];

/**
 * Answers a command of publish and subscribe, and any command that a RESP2 connection may not send while it is
 * subscribed.
 *
 * @returns The reply; `undefined` if the command is another one.
 */
export function pubsubAnswer(
  command: FakeCommand,
  server: FakePublisher,
): FakeReply | typeof NO_REPLY | undefined {
  const { name, args, bytes, connection } = command;
  const change = CHANGES[name];
  if (change !== undefined) {
    if (change.adds && args.length === 1) return wrongNumber(name);
    if (change.adds) subscribe(connection, change.kind, bytes.slice(1));
    else unsubscribe(connection, change.kind, args.length > 1 ? bytes.slice(1) : undefined);
    return NO_REPLY;
  }
  if (connection.protocol === 2 && connection.subscriptions.size > 0) {
    if (!ALLOWED.includes(name)) {
      return new ServerError(
        `ERR Can't execute '${args[0].toLowerCase()}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / ` +
          "PING / QUIT / RESET are allowed in this context",
      );
    }
    if (name === "PING") return ["pong", args[1] ?? ""];
  }
  switch (name) {
    case "PUBLISH":
      return args.length === 3 ? server.publish(bytes[1], bytes[2]) : wrongNumber(name);
    case "SPUBLISH":
      return args.length === 3 ? server.spublish(bytes[1], bytes[2]) : wrongNumber(name);
    case "PUBSUB":
      return countSubscriptions(command, server);
  }
  return undefined;
}

/**
 * Hands a message to subscribers.
 *
 * @returns How many subscriptions got it.
 */
export function deliver(
  connections: readonly FakeConnection[],
  kind: "channel" | "shardChannel",
  channel: string | Uint8Array,
  message: string | Uint8Array,
): number {
  let count = 0;
  for (const connection of connections) {
    const { subscriptions } = connection;
    if (subscriptions.has(kind, channel)) {
      connection.push([kind === "channel" ? "message" : "smessage", channel, message]);
      count++;
    }
    if (kind === "shardChannel") continue;
    for (const pattern of subscriptions.patternsFor(channel)) {
      connection.push(["pmessage", pattern, channel, message]);
      count++;
    }
  }
  return count;
}

/** Ends subscriptions of a connection, and tells it of each; undefined stands for all of the kind. */
export function unsubscribe(
  connection: FakeConnection,
  kind: SubscriptionKind,
  names: readonly Uint8Array[] | undefined,
): void {
  const { subscriptions } = connection;
  const all = names ?? subscriptions.bytesOf(kind);
  const word = VERBS[kind].end;
  if (all.length === 0) connection.push([word, null, subscriptions.count(kind)]);
  for (const name of all) {
    subscriptions.delete(kind, name);
    connection.push([word, name, subscriptions.count(kind)]);
  }
}

const VERBS: Readonly<Record<SubscriptionKind, { begin: string; end: string }>> = {
  channel: { begin: "subscribe", end: "unsubscribe" },
  pattern: { begin: "psubscribe", end: "punsubscribe" },
  shardChannel: { begin: "ssubscribe", end: "sunsubscribe" },
};

function subscribe(
  connection: FakeConnection,
  kind: SubscriptionKind,
  names: readonly Uint8Array[],
): void {
  for (const name of names) {
    connection.subscriptions.add(kind, name);
    connection.push([VERBS[kind].begin, name, connection.subscriptions.count(kind)]);
  }
}

/** Answers PUBSUB. */
function countSubscriptions(
  { args, bytes }: FakeCommand,
  { connections }: FakePublisher,
): FakeReply {
  const held = (kind: SubscriptionKind): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const { subscriptions } of connections) {
      for (const name of subscriptions.namesOf(kind)) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return counts;
  };
  const subcommand = args[1]?.toUpperCase();
  switch (subcommand) {
    case "CHANNELS":
    case "SHARDCHANNELS": {
      const kind = subcommand === "CHANNELS" ? "channel" : "shardChannel";
      const names = new Set<string>();
      const found: Uint8Array[] = [];
      for (const { subscriptions } of connections) {
        for (const name of subscriptions.bytesOf(kind, bytes[2])) {
          const key = String(name);
          if (!names.has(key)) found.push(name);
          names.add(key);
        }
      }
      return found;
    }
    case "NUMPAT":
      return held("pattern").size;
    case "NUMSUB":
    case "SHARDNUMSUB": {
      const kind = subcommand === "NUMSUB" ? "channel" : "shardChannel";
      return bytes.slice(2).flatMap((name) => [
        name,
        connections.filter(({ subscriptions }) => subscriptions.has(kind, name)).length,
      ]);
    }
  }
  return new ServerError(`ERR unknown subcommand '${args[1] ?? ""}'. Try PUBSUB HELP.`);
}

function wrongNumber(name: string): ServerError {
  return new ServerError(`ERR wrong number of arguments for '${name.toLowerCase()}' command`);
}
