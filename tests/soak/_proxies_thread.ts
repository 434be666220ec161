/// <reference lib="deno.worker" />
/**
 * The thread of `proxies.ts`.
 *
 * @module
 */

import { type ProxyConnection, startProxy, type TestProxy } from "../../lib/testing/mod.ts";
import type { NumberedOrder, OrderAnswer, ProxyOrder } from "./proxies.ts";

const proxies: TestProxy[] = [];
const silent = new Set<ProxyConnection>();
const thread = self as unknown as DedicatedWorkerGlobalScope;

thread.onmessage = async ({ data: { id, order } }: MessageEvent<NumberedOrder>) => {
  let answer: OrderAnswer;
  try {
    answer = { id, ports: await follow(order) };
  } catch (error) {
    answer = { id, error: String(error) };
  }
  thread.postMessage(answer);
};

async function follow(order: ProxyOrder): Promise<number[] | undefined> {
  switch (order.action) {
    case "start":
      for (const target of order.targets) proxies.push(await startProxy(target));
      return proxies.map(({ port }) => port);
    case "faults":
      return proxies[order.proxy].setFaults(order.faults) as undefined;
    case "cut":
      for (const link of proxies[order.proxy].connections.slice(0, order.count)) link.cut();
      return;
    case "silence":
      for (const link of proxies[order.proxy].connections.slice(0, order.count)) {
        link.silence(order.direction);
        silent.add(link);
      }
      return;
    case "cutSilent":
      for (const link of silent) link.cut();
      return silent.clear() as undefined;
    case "retarget":
      proxies[order.proxy].target = order.target;
      return;
    case "end":
      await Promise.all(proxies.map((proxy) => proxy[Symbol.asyncDispose]()));
  }
}
