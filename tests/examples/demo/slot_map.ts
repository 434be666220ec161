/**
 * Which slots are where, as text.
 *
 * @module
 */

import { SLOTS } from "../../../cluster/slot.ts";
import type { RedisClusterClient, Reply } from "../../../mod.ts";
import type { TestCluster, TestServer } from "../../../lib/testing/mod.ts";
import { count } from "./number_text.ts";
import type { Terminal } from "./terminal.ts";

/** Neighbouring slots and the ports of the nodes that have them, the primary first. */
export interface SlotRange {
  readonly first: number;
  readonly last: number;
  readonly ports: readonly number[];
}

/** What is known of one shard. */
export interface ShardFigures {
  readonly primary: string;
  readonly replicas: readonly string[];
  readonly slots: number;
  /** Keys that the primary holds. */
  readonly keys: number;
}

const ROWS = 4;
const CELLS = 64;
const SLOTS_PER_CELL = SLOTS / ROWS / CELLS;
const NOBODY = ".";

/** Letter by which the demo calls a shard. */
export function shardLetter(shard: number): string {
  return String.fromCharCode("A".charCodeAt(0) + shard);
}

/**
 * Reads what `CLUSTER SLOTS` answers.
 *
 * @param reply The reply.
 */
export function readSlotRanges(reply: Reply): SlotRange[] {
  return (reply as [number, number, ...[string, number][]][]).map(([first, last, ...nodes]) => {
    return { first, last, ports: nodes.map(([, port]) => port) };
  });
}

/**
 * Draws a map: one letter for some slots, which is small where shards share them.
 *
 * @param ranges Who has what.
 * @param letterOf Letter of the shard of a port.
 * @returns Lines, each beginning with the number of its first slot.
 */
export function drawSlotMap(
  ranges: readonly SlotRange[],
  letterOf: (port: number) => string,
): string[] {
  const owners: string[] = new Array(SLOTS).fill(NOBODY);
  for (const { first, last, ports: [primary] } of ranges) {
    owners.fill(letterOf(primary), first, last + 1);
  }
  const cell = (i: number) => {
    const [letter, ...others] = new Set(
      owners.slice(i * SLOTS_PER_CELL, (i + 1) * SLOTS_PER_CELL),
    );
    return others.length === 0 ? letter : letter.toLowerCase();
  };
  return Array.from({ length: ROWS }, (_, row) => {
    const cells = Array.from({ length: CELLS }, (_, i) => cell(row * CELLS + i));
    return `${String(row * CELLS * SLOTS_PER_CELL).padStart(5)} ${cells.join("")}`;
  });
}

/**
 * Asks a cluster who has what, and shows it.
 *
 * @param terminal Where to print.
 * @param client A client for the cluster, which is asked through it.
 * @param cluster The cluster.
 * @returns What is known of each shard.
 */
export async function showSlotMap(
  terminal: Terminal,
  client: RedisClusterClient,
  cluster: TestCluster,
): Promise<ShardFigures[]> {
  const ranges = readSlotRanges(await client.customCommand(["CLUSTER", "SLOTS"]));
  const shardOf = (port: number) => {
    return cluster.shards.findIndex(({ nodes }) => nodes.some((node) => node.port === port));
  };
  const figures = await Promise.all(cluster.shards.map(async ({ nodes }, shard) => {
    const own = ranges.filter(({ ports: [primary] }) => shardOf(primary) === shard);
    const [primary, ...replicas] = (own[0]?.ports ?? [])
      .map((port) => nodes.find((node) => node.port === port)!);
    return {
      primary: show(primary),
      replicas: replicas.map(show),
      slots: own.reduce((sum, { first, last }) => sum + last - first + 1, 0),
      keys: await keysOf(client, primary),
    };
  }));
  terminal.say("");
  for (const line of drawSlotMap(ranges, (port) => shardLetter(shardOf(port)))) terminal.say(line);
  terminal.table(
    ["shard", "primary", "replicas", "slots", "keys"],
    figures.map(({ primary, replicas, slots, keys }, shard) => [
      shardLetter(shard),
      primary,
      replicas.join(", ") || "–",
      count(slots),
      count(keys),
    ]),
  );
  return figures;
}

/**
 * Counts the keys of one node.
 *
 * @param client A client for the cluster, which is asked through it.
 * @param node The node.
 */
export async function keysOf(client: RedisClusterClient, node: TestServer): Promise<number> {
  const { host, port } = node;
  return Number(await client.customCommand(["DBSIZE"], { route: { host, port } }));
}

function show({ host, port }: TestServer): string {
  return `${host}:${port}`;
}
