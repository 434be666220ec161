/**
 * What the adapters of socket.io need of a server, and what they must do.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { until } from "../../../lib/testing/_poll.ts";

/** An adapter, and what its server was sent by others. */
interface Node {
  adapter: {
    serverCount(): Promise<number>;
    // deno-lint-ignore no-explicit-any
    serverSideEmit(packet: any[]): unknown;
  };
  heard: unknown[];
}

/** Makes a namespace of socket.io, as its adapters use it. */
export function namespace() {
  const heard: unknown[] = [];
  return {
    heard,
    name: "/",
    server: { encoder: { encode: (packet: unknown) => [JSON.stringify(packet)] }, sockets: {} },
    sockets: new Map(),
    _onServerSideEmit: (args: unknown[]) => heard.push(args),
  };
}

/** Collects what a facade makes by `duplicate()`: the streams adapter does not tell of it. */
export function duplicatesOf<F extends { duplicate(): F }>(facade: F): F[] {
  const made: F[] = [];
  const duplicate = facade.duplicate.bind(facade);
  facade.duplicate = () => {
    const one = duplicate();
    made.push(one);
    return one;
  };
  return made;
}

/** Asserts that two servers see each other, and that the second one gets what the first one emits. */
export async function assertReaches([first, second]: readonly Node[]): Promise<void> {
  await until("both are there", async () => await first.adapter.serverCount() === 2);
  await first.adapter.serverSideEmit(["hello", 1]);
  await until("the other one has heard it", () => Promise.resolve(second.heard.length === 1));
  assertEquals([first.heard, second.heard], [[], [["hello", 1]]]);
}
