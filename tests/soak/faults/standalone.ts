/**
 * Faults that befall a primary with replicas.
 *
 * @module
 */

import { until } from "../../../lib/testing/_poll.ts";
import type { StandaloneTarget } from "../target.ts";
import { type FaultContext, type FaultKind, pause } from "./fault.ts";

/** All of them. */
export const STANDALONE_FAULTS: readonly FaultKind<StandaloneTarget>[] = [
  {
    name: "FAILOVER",
    moving: true,
    gentle: true,
    run: async (context) => {
      const { target } = context;
      const next = otherNode(context);
      const { host, port } = target.nodes[next];
      await target.nodes[target.primary].command(["FAILOVER", "TO", host, port]);
      await until("the replica has taken over", async () => {
        return String(await target.nodes[next].command(["ROLE"])).startsWith("master");
      });
      await target.follow(next);
    },
  },
  {
    name: "REPLICAOF",
    moving: true,
    lossy: true,
    run: async (context) => {
      const next = otherNode(context);
      await context.target.nodes[next].promote();
      await pause(context.random, 0, 300);
      await context.target.follow(next);
    },
  },
  {
    name: "the primary killed, a replica promoted",
    moving: true,
    lossy: true,
    run: async (context) => {
      const { target, random } = context;
      const victim = target.nodes[target.primary];
      const next = otherNode(context);
      await victim.kill();
      await pause(random, 0, 500);
      await target.nodes[next].promote();
      await pause(random, 0, 500);
      await victim.start();
      await target.follow(next);
    },
  },
  {
    name: "the primary killed and restarted",
    run: async ({ target, random }) => {
      // The kernel has what the server wrote to its log before it answered, so that nothing is lost.
      const node = target.nodes[target.primary];
      await node.kill();
      await pause(random, 0, 800);
      await node.start();
    },
  },
  {
    name: "the primary frozen",
    run: async ({ target, random }) => {
      const node = target.nodes[target.primary];
      node.pause();
      await pause(random, 600, 3000);
      node.resume();
    },
  },
];

/** A node that is not the primary. */
function otherNode({ target, random }: FaultContext<StandaloneTarget>): number {
  return random.pick(target.nodes.map((_, i) => i).filter((i) => i !== target.primary));
}
