import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import {
  CredentialSource,
  type Login,
  type LoginProvider,
} from "../../../lib/connection/credential_source.ts";
import { ClosedError, RedisError } from "../../../lib/errors.ts";
import { TurnedClock } from "./_turned_clock.ts";

/** A provider whose calls are answered by the test. */
class Provider {
  readonly calls: PromiseWithResolvers<Login & { refreshAfter?: number }>[] = [];
  readonly call = (): Promise<Login & { refreshAfter?: number }> => {
    const call = Promise.withResolvers<Login & { refreshAfter?: number }>();
    this.calls.push(call);
    return call.promise;
  };
}

Deno.test("a fixed set is issued as it is", async () => {
  const source = new CredentialSource({ username: "app", password: "pw" }, 1000);
  assertEquals(await source.issue(), { login: { username: "app", password: "pw" }, version: 0 });
  assertEquals(source.isProvided, false);
  const none = new CredentialSource(undefined, 1000);
  assertEquals((await none.issue()).login, undefined);
});

Deno.test("connections that are opened at the same time share a call of the provider, later ones do not", async () => {
  const provider = new Provider();
  const source = new CredentialSource(provider.call, 1000);
  const first = Array.from({ length: 5 }, () => source.issue());
  assertEquals(provider.calls.length, 1);
  provider.calls[0].resolve({ password: "one" });
  const issued = await Promise.all(first);
  for (const each of issued) assertStrictEquals(each, issued[0]);
  assertEquals(issued[0], { login: { password: "one" }, version: 1 });
  const second = source.issue();
  provider.calls[1].resolve({ username: "app", password: "two" });
  assertEquals(await second, { login: { username: "app", password: "two" }, version: 2 });
});

Deno.test("after a refusal newer credentials are those of another connection, or of another call", async () => {
  const provider = new Provider();
  const source = new CredentialSource(provider.call, 1000);
  const issue = async (password: string) => {
    const issued = source.issue();
    provider.calls.at(-1)!.resolve({ password });
    return await issued;
  };
  const one = await issue("one");
  const two = await issue("two");
  assertStrictEquals(await source.issueNewer(one), two);
  assertEquals(provider.calls.length, 2);
  const newer = source.issueNewer(two);
  assertEquals(provider.calls.length, 3);
  provider.calls[2].resolve({ password: "three" });
  assertEquals((await newer).login, { password: "three" });
});

Deno.test("a failure of the provider is named without its words, which are the cause", async () => {
  const cause = new Error("token=secret");
  const providers: LoginProvider[] = [
    () => Promise.reject(cause),
    () => {
      throw cause;
    },
  ];
  for (const provider of providers) {
    const source = new CredentialSource(provider, 1000);
    const error = await assertRejects(() => source.issue(), RedisError);
    assertEquals(error.message, "the credentials provider failed");
    assertStrictEquals(error.cause, cause);
  }
});

Deno.test("a call after one that failed is another call", async () => {
  const provider = new Provider();
  const source = new CredentialSource(provider.call, 1000);
  const failed = source.issue();
  provider.calls[0].reject(new Error("Not now"));
  await assertRejects(() => failed, RedisError);
  const issued = source.issue();
  provider.calls[1].resolve({ password: "pw" });
  assertEquals((await issued).login, { password: "pw" });
});

Deno.test("nonsense of a provider is refused, and not repeated", async () => {
  const nonsense: unknown[] = [
    undefined,
    null,
    "secret",
    {},
    { password: 7 },
    { username: 7, password: "secret" },
    { username: "", password: "secret" },
    { password: "secret", refreshAfter: "soon" },
    { password: "secret", refreshAfter: 0 },
    { password: "secret", refreshAfter: NaN },
  ];
  for (const result of nonsense) {
    const source = new CredentialSource(() => Promise.resolve(result as Login), 1000);
    const { message } = await assertRejects(() => source.issue(), RedisError);
    assertEquals(/^the credentials provider returned /.test(message), true, message);
    assertEquals(message.includes("secret"), false, message);
  }
});

Deno.test("a provider that hangs is given up after the limit, and called again", async () => {
  using clock = new TurnedClock();
  const provider = new Provider();
  const source = new CredentialSource(provider.call, 1000);
  const waits = [source.issue(), source.issue()];
  const refused = Promise.all(waits.map((wait) => assertRejects(() => wait, RedisError)));
  await clock.tick(999);
  assertEquals(provider.calls.length, 1);
  await clock.tick(2);
  for (const { message } of await refused) {
    assertEquals(message, "the credentials provider did not answer within 1000 ms");
  }
  const issued = source.issue();
  provider.calls[1].resolve({ password: "new" });
  // The late answer of the first call is dropped.
  provider.calls[0].resolve({ password: "old" });
  assertEquals((await issued).login, { password: "new" });
  assertEquals((await source.issueNewer({ login: undefined, version: 0 })).login, {
    password: "new",
  });
});

Deno.test("credentials that are replaced during a call are those that it answers", async () => {
  const provider = new Provider();
  const source = new CredentialSource(provider.call, 1000);
  const issued = source.issue();
  source.replace({ password: "fixed" });
  provider.calls[0].resolve({ password: "provided" });
  assertEquals((await issued).login, { password: "fixed" });
  assertEquals((await source.issue()).login, { password: "fixed" });
});

Deno.test("refreshAfter gives the time of the next call, 100 ms from now at least", async () => {
  using _ = new TurnedClock();
  for (const [refreshAfter, wait] of [[1, 100], [5000, 5000], [Infinity, 2 ** 31 - 1]]) {
    const source = new CredentialSource(
      () => Promise.resolve({ password: "pw", refreshAfter }),
      1000,
    );
    const { refreshAt } = await source.issue();
    assertEquals(Math.round(refreshAt! - performance.now()), wait);
  }
});

Deno.test("what waits for the provider rejects when the source is closed, at once", async () => {
  const source = new CredentialSource(() => new Promise(() => {}), 60_000);
  const waiting = source.issue();
  source.close();
  await assertRejects(() => waiting, ClosedError);
  await assertRejects(() => source.issue(), ClosedError);
});

Deno.test("a late result of an earlier call does not overtake a newer one of the same provider", async () => {
  const calls: PromiseWithResolvers<{ password: string }>[] = [];
  const provider = (): Promise<{ password: string }> => {
    const call = Promise.withResolvers<{ password: string }>();
    calls.push(call);
    return call.promise;
  };
  const source = new CredentialSource(provider, 10_000);
  const first = source.issue();
  source.replace(provider);
  const second = source.issue();
  calls[1].resolve({ password: "new" });
  const newest = await second;
  calls[0].resolve({ password: "old" });
  assertEquals(newest.login, { password: "new" });
  assertEquals(await first, newest);
  assertEquals(await source.issueNewer({ login: undefined, version: 0 }), newest);
});

Deno.test("what waits for a provider that hangs gets the credentials that replace it", async () => {
  const source = new CredentialSource(() => new Promise(() => {}), 60_000);
  const issued = source.issue();
  source.replace({ password: "fixed" });
  assertEquals((await issued).login, { password: "fixed" });
});

Deno.test("a provider that replaces itself is not used any more", async () => {
  const source: CredentialSource = new CredentialSource(() => {
    source.replace({ password: "fixed" });
    return Promise.resolve({ password: "provided" });
  }, 60_000);
  const issued = await source.issue();
  assertEquals(issued.login, { password: "fixed" });
  assertEquals(await source.issue(), issued);
});

Deno.test("a result that throws while it is read is a failure of the provider, without its words", async () => {
  const provider = () =>
    Promise.resolve({
      get password(): string {
        throw new Error("s3cret");
      },
    });
  const source = new CredentialSource(provider, 60_000);
  const error = await assertRejects(() => source.issue(), RedisError);
  assertEquals(error.message, "the credentials provider failed");
});

Deno.test("a source that is closed does not call its provider", async () => {
  let calls = 0;
  const source = new CredentialSource(() => {
    calls++;
    return Promise.resolve({ password: "p" });
  }, 60_000);
  source.close();
  await assertRejects(() => source.issue(), ClosedError);
  assertEquals(calls, 0);
});
