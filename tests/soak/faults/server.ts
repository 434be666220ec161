/**
 * Faults that befall servers of either kind.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import type { TestServer } from "../../../lib/testing/mod.ts";
import { type FaultContext, type FaultKind, pause } from "./fault.ts";

/** For how long a server loads its data, in milliseconds. */
const LOADING = { min: 150, max: 600 };

/** All of them. */
export const SERVER_FAULTS: readonly FaultKind[] = [
  {
    name: "a node frozen briefly",
    delaying: true,
    gentle: true,
    run: async ({ target, random }) => {
      const node = random.pick(target.nodes);
      node.pause();
      await pause(random, 50, 500);
      node.resume();
    },
  },
  {
    name: "a replica killed and restarted",
    gentle: true,
    run: async (context) => {
      const node = await anyReplica(context);
      await node.kill();
      await pause(context.random, 0, 500);
      await node.start();
    },
  },
  {
    name: "LOADING",
    gentle: true,
    run: async (context) => {
      const node = await anyPrimary(context);
      const keys = Number(await node.command(["DBSIZE"]));
      const length = context.random.integer(LOADING.min, LOADING.max);
      await node.command(["CONFIG", "SET", "key-load-delay", Math.ceil(1000 * length / keys)]);
      // It saves, empties and loads the database, and answers LOADING meanwhile.
      await node.command(["DEBUG", "RELOAD"]);
      await node.command(["CONFIG", "SET", "key-load-delay", 0]);
    },
  },
  {
    name: "CLIENT PAUSE",
    delaying: true,
    gentle: true,
    run: async (context) => {
      const node = await anyPrimary(context);
      const length = context.random.integer(50, 500);
      await node.command(["CLIENT", "PAUSE", length, context.random.pick(["WRITE", "ALL"])]);
      await delay(length);
    },
  },
  {
    name: "CLIENT KILL",
    run: async (context) => {
      const node = await anyPrimary(context);
      await node.command(["CLIENT", "KILL", "TYPE", "normal"]);
    },
  },
  {
    name: "MULTI forbidden",
    gentle: true,
    run: async ({ target, random }) => {
      await allow(target.nodes, random.pick(["-multi", "-@transaction", "-exec"]));
      await pause(random, 200, 700);
      await allow(target.nodes, "+@all");
    },
  },
];

/** Changes what the user of the load may do. */
async function allow(nodes: readonly TestServer[], rule: string): Promise<void> {
  const running = nodes.filter((node) => node.running && !node.paused);
  await Promise.all(running.map((node) => node.command(["ACL", "SETUSER", "default", rule])));
}

/** One of the primaries. */
export async function anyPrimary({ target, random }: FaultContext): Promise<TestServer> {
  return random.pick(await target.primaries());
}

async function anyReplica({ target, random }: FaultContext): Promise<TestServer> {
  const primaries = await target.primaries();
  return random.pick(target.nodes.filter((node) => !primaries.includes(node)));
}
