import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { TlsSource } from "../../../lib/connection/tls_source.ts";
import type { TlsSettings } from "../../../lib/connection/transport.ts";
import { ClosedError, RedisError } from "../../../lib/errors.ts";
import { TurnedClock } from "./_turned_clock.ts";

const REFUSED = new Error("no certificate");

/** A source whose function is scripted, and refuses the result "bad". */
function sourceOf(provider: () => unknown, patience = 1000) {
  const failures: Error[] = [];
  const source = new TlsSource(provider, (result) => {
    if (result === "bad") throw REFUSED;
    return { serverName: String(result) };
  }, patience);
  source.onFailure = (error) => failures.push(error);
  return { source, failures };
}

function nameOf({ serverName }: TlsSettings): string | undefined {
  return serverName;
}

Deno.test("the function is called for each connection, once for those that are opened together", async () => {
  let calls = 0;
  const { source } = sourceOf(() => Promise.resolve(++calls));
  const names = await Promise.all([source.get(), source.get()]);
  assertEquals(names.map(nameOf), ["1", "1"]);
  assertEquals(nameOf(await source.get()), "2");
});

Deno.test("a failure without a good result rejects, with its cause", async () => {
  const cause = new Error("no such file");
  const { source, failures } = sourceOf(() => {
    throw cause;
  });
  const error = await assertRejects(() => source.get(), RedisError);
  assertEquals(error.message, 'the function of option "tls" failed');
  assertStrictEquals(error.cause, cause);
  assertEquals(failures, []);
  const { source: other } = sourceOf(() => "bad");
  assertStrictEquals((await assertRejects(() => other.get(), RedisError)).cause, REFUSED);
});

Deno.test("after a good result a failure is told, and the last good result used", async () => {
  const results: unknown[] = ["one", REFUSED, "bad", "two", REFUSED];
  const { source, failures } = sourceOf(() => {
    const result = results.shift();
    if (result instanceof Error) throw result;
    return result;
  });
  const names: (string | undefined)[] = [];
  for (let i = 0; i < 5; i++) names.push(nameOf(await source.get()));
  assertEquals(names, ["one", "one", "one", "two", "two"]);
  assertEquals(failures.map(({ cause }) => cause), [REFUSED, REFUSED, REFUSED]);
});

Deno.test("a function that hangs costs 500 ms, and its late result is used then", async () => {
  using clock = new TurnedClock();
  const answers = Array.from({ length: 3 }, () => Promise.withResolvers<string>());
  let calls = 0;
  const { source, failures } = sourceOf(() => calls++ === 0 ? "one" : answers[calls - 2].promise);
  await source.get();
  const waiting = source.get();
  await clock.tick(501);
  assertEquals(nameOf(await waiting), "one");
  assertEquals(failures.map(({ message }) => message), [
    'the function of option "tls" did not answer within 500 ms',
  ]);
  const next = source.get();
  answers[1].resolve("three");
  assertEquals(nameOf(await next), "three");
  // The late result of an older call does not replace it.
  answers[0].resolve("two");
  await Promise.resolve();
  const last = source.get();
  await clock.tick(501);
  assertEquals(nameOf(await last), "three");
});

Deno.test("what waits for the function rejects when the source is closed", async () => {
  const { source, failures } = sourceOf(() => new Promise(() => {}));
  const waiting = source.get();
  source.close();
  await assertRejects(() => waiting, ClosedError);
  await assertRejects(() => source.get(), ClosedError);
  assertEquals(failures, []);
});
