/**
 * Faults of the network: what the proxies do.
 *
 * @module
 */

import type { ProxyDirection } from "../../../lib/testing/mod.ts";
import { type FaultContext, type FaultKind, pause } from "./fault.ts";

const DIRECTIONS: readonly ProxyDirection[] = ["toServer", "toClient"];

/** All of them. */
export const NETWORK_FAULTS: readonly FaultKind[] = [
  {
    name: "some connections cut",
    run: async (context) => {
      const { target, random } = context;
      await target.proxies.cut(anyProxy(context), random.integer(1, 3));
    },
  },
  {
    name: "all connections cut",
    run: async ({ target, random }) => {
      for (let i = random.integer(1, 3); i > 0; i--) {
        await Promise.all(allProxies(target).map((proxy) => target.proxies.cut(proxy)));
        await pause(random, 20, 300);
      }
    },
  },
  {
    name: "cut at some byte",
    run: async (context) => {
      const { target, random } = context;
      const proxy = anyProxy(context);
      for (let i = random.integer(1, 8); i > 0; i--) {
        const cutAfter = { [random.pick(DIRECTIONS)]: random.integer(1, 2000) };
        await target.proxies.setFaults(proxy, { cutAfter });
        await pause(random, 10, 150);
      }
      await target.proxies.setFaults(proxy, {});
    },
  },
  {
    // New connections work at once, so the time that the client needs to find out is its recovery.
    name: "one connection silent",
    delaying: true,
    run: async (context) => {
      const { target, random } = context;
      await target.proxies.cutSilent();
      await target.proxies.silence(
        anyProxy(context),
        1,
        random.pick([undefined, ...DIRECTIONS]),
      );
    },
  },
  {
    name: "all connections of a node silent",
    delaying: true,
    run: async (context) => {
      await context.target.proxies.cutSilent();
      await context.target.proxies.silence(anyProxy(context));
    },
  },
  {
    name: "a node behind a black hole",
    delaying: true,
    run: async (context) => {
      const { target, random } = context;
      const proxy = anyProxy(context);
      await target.proxies.setFaults(proxy, { stall: random.pick([true, ...DIRECTIONS]) });
      await pause(random, 200, 3000);
      await target.proxies.setFaults(proxy, {});
    },
  },
  {
    name: "all nodes behind a black hole",
    delaying: true,
    run: async ({ target, random }) => {
      for (const proxy of allProxies(target)) {
        await target.proxies.setFaults(proxy, { stall: true });
      }
      await pause(random, 200, 2500);
      for (const proxy of allProxies(target)) await target.proxies.setFaults(proxy, {});
    },
  },
  {
    name: "slow network",
    delaying: true,
    gentle: true,
    run: async ({ target, random }) => {
      const delay = random.integer(20, 80);
      for (const proxy of allProxies(target)) await target.proxies.setFaults(proxy, { delay });
      await pause(random, 500, 2500);
      for (const proxy of allProxies(target)) await target.proxies.setFaults(proxy, {});
    },
  },
  {
    name: "network in small pieces",
    gentle: true,
    run: async (context) => {
      const { target, random } = context;
      const proxy = anyProxy(context);
      await target.proxies.setFaults(proxy, { chunkSize: random.integer(40, 200) });
      await pause(random, 200, 800);
      await target.proxies.setFaults(proxy, {});
    },
  },
];

function anyProxy({ target, random }: FaultContext): number {
  return random.pick(allProxies(target));
}

function allProxies({ proxies }: FaultContext["target"]): number[] {
  return proxies.addresses.map((_, i) => i);
}
