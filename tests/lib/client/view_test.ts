import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { View } from "../../../lib/client/view.ts";
import type { Route } from "../../../lib/dispatch/route.ts";
import type { Dispatcher } from "../../../lib/dispatch/dispatcher.ts";
import { ConfigurationError } from "../../../lib/errors.ts";

/** Makes a view, and tells what it asks its dispatcher. */
function makeView(): { view: View; calls: unknown[][] } {
  const calls: unknown[][] = [];
  const dispatcher = {
    checkRoute(route: Route): void {
      if (route === "random") throw new ConfigurationError("Cannot use this route", "route");
    },
    make: (...args: unknown[]) => calls.push(["make", ...args]),
    launch: (...args: unknown[]) => calls.push(["launch", ...args]),
  };
  return { view: new View(dispatcher as unknown as Dispatcher), calls };
}

Deno.test("View has text and the client's options by default", () => {
  const { view } = makeView();
  assertEquals([view.bytes, view.options], [false, undefined]);
});

Deno.test("View.with() puts options over those of the view, and leaves that as it is", () => {
  const { signal } = new AbortController();
  const { view } = makeView();
  const timed = view.with({ timeout: 100, signal: undefined });
  const aborted = timed.inBytes().with({ signal, timeout: undefined, route: "allNodes" });
  assertEquals(timed.options, { timeout: 100 });
  assertEquals(aborted.options, { timeout: 100, signal, route: "allNodes" });
  assertEquals([view.options, timed.bytes, aborted.bytes], [undefined, false, true]);
  assertStrictEquals(aborted.dispatcher, view.dispatcher);
  assertEquals(aborted.with({ timeout: 5 }).options?.timeout, 5);
});

Deno.test("View.with() copies a route, and the bytes of its key", () => {
  const { view } = makeView();
  const slotKey = new Uint8Array([1, 2]);
  const byKey = { slotKey };
  const byAddress = { host: "a", port: 1 };
  const [first, second] = [view.with({ route: byKey }), view.with({ route: byAddress })];
  slotKey[0] = 9;
  byAddress.host = "b";
  assertEquals(first.options?.route, { slotKey: new Uint8Array([1, 2]) });
  assertEquals(second.options?.route, { host: "a", port: 1 });
});

Deno.test("View.with() refuses bad options and names them", () => {
  const { view } = makeView();
  const bad: [options: Record<string, unknown>, option: string][] = [
    [{ timeout: 0 }, "timeout"],
    [{ timeout: NaN }, "timeout"],
    [{ timeout: "1" }, "timeout"],
    [{ timeout: 2 ** 31 }, "timeout"],
    [{ signal: {} }, "signal"],
    [{ route: "random" }, "route"],
    [{ timout: 1 }, "timout"],
  ];
  for (const [options, option] of bad) {
    assertEquals(assertThrows(() => view.with(options), ConfigurationError).option, option);
  }
  for (const nothing of [null, "5", [], 5]) {
    assertThrows(() => view.with(nothing as never), TypeError, "Cannot use request options");
  }
});

Deno.test("View makes and launches requests with its bytes and its options", () => {
  const { view, calls } = makeView();
  const decode = () => {};
  const send = () => {};
  const timed = view.inBytes().with({ timeout: 7 });
  timed.make(["GET", "k"], decode);
  timed.make(["GET", "k"], decode, false);
  timed.launch("request" as never, send);
  assertEquals(calls, [
    ["make", ["GET", "k"], decode, true, { timeout: 7 }],
    ["make", ["GET", "k"], decode, false, { timeout: 7 }],
    ["launch", "request", { timeout: 7 }, send],
  ]);
});
