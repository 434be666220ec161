import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import type { LoginProvider } from "../../../lib/connection/credential_source.ts";
import {
  Credentials,
  type CredentialsFailure,
  type LoginRenewal,
} from "../../../lib/connection/credentials.ts";
import { RedisError, ServerError, TimeoutError } from "../../../lib/errors.ts";
import { TurnedClock } from "./_turned_clock.ts";

const WRONGPASS = new ServerError("WRONGPASS invalid username-password pair or user is disabled.");

/** A connection that notes what it gets. */
class FakeConnection {
  closed = false;
  readonly greeting: { protocol: 2 | 3 };
  readonly #ended = Promise.withResolvers<Error>();
  readonly ended = this.#ended.promise;
  readonly calls: string[] = [];
  /** Answers to AUTH: an error rejects, "hang" never answers. */
  readonly answers: (Error | "hang")[] = [];

  constructor(protocol: 2 | 3 = 3) {
    this.greeting = { protocol };
  }

  readonly call = (words: readonly unknown[]): Promise<string> => {
    this.calls.push(words.join(" "));
    const answer = this.answers.shift();
    if (answer === "hang") return new Promise(() => {});
    return answer === undefined ? Promise.resolve("OK") : Promise.reject(answer);
  };

  close(): void {
    this.closed = true;
    this.#ended.resolve(new Error("closed"));
  }
}

/** Credentials, and connections that have logged in with them. */
class Bench implements Disposable {
  readonly clock = new TurnedClock();
  readonly credentials: Credentials;
  readonly failures: CredentialsFailure[] = [];
  /** Connections for which another one was to be opened. */
  readonly left: FakeConnection[] = [];
  takeOverError: Error | undefined;

  constructor(given: { username?: string; password: string } | LoginProvider) {
    const backoff = { minTimeout: 100, maxTimeout: 1000, multiplier: 2, jitter: 0 };
    this.credentials = new Credentials(given, { backoff, attemptTimeout: 1000 });
    this.credentials.onFailure = (failure) => this.failures.push(failure);
  }

  async add(
    connection: FakeConnection,
    how: "shared" | "subscriber" | "beforeUse" = "shared",
  ): Promise<FakeConnection> {
    const renewal: LoginRenewal<FakeConnection> = how === "beforeUse" ? how : {
      refusesAuth: ({ greeting }) => how === "subscriber" && greeting.protocol === 2,
      takeOver: (connection) => {
        this.left.push(connection);
        return this.takeOverError === undefined
          ? Promise.resolve()
          : Promise.reject(this.takeOverError);
      },
    };
    this.credentials.add(connection, {
      endpoint: { host: "h", port: 1 },
      issued: await this.credentials.issue(),
      renewal,
      call: connection.call,
    });
    return connection;
  }

  [Symbol.dispose](): void {
    this.credentials.close();
    this.clock[Symbol.dispose]();
  }
}

Deno.test("open connections get AUTH in the form that their protocol knows", async () => {
  using bench = new Bench({ password: "old" });
  const three = await bench.add(new FakeConnection(3));
  const two = await bench.add(new FakeConnection(2));
  await bench.credentials.update({ password: "new" }, "all");
  assertEquals(three.calls, ["AUTH default new"]);
  assertEquals(two.calls, ["AUTH new"]);
  // The default user by its name is the same user.
  await bench.credentials.update({ username: "default", password: "newer" }, "all");
  assertEquals([three.calls[1], two.calls[1]], Array(2).fill("AUTH default newer"));
  assertEquals([bench.left, bench.failures], [[], []]);
});

Deno.test("another user, and RESP2 connections that refuse AUTH, get another connection", async () => {
  using bench = new Bench({ username: "a", password: "old" });
  const shared = await bench.add(new FakeConnection(2));
  const subscriber = await bench.add(new FakeConnection(2), "subscriber");
  await bench.credentials.update({ username: "a", password: "new" }, "all");
  assertEquals(shared.calls, ["AUTH a new"]);
  assertEquals(bench.left, [subscriber]);
  await bench.credentials.update({ username: "b", password: "new" }, "all");
  // The one that was left is not asked again.
  assertEquals(bench.left, [subscriber, shared]);
  assertEquals(shared.calls.length, 1);
});

Deno.test("a connection that has to wait gets newer credentials before its next use", async () => {
  using bench = new Bench({ username: "a", password: "old" });
  const connection = await bench.add(new FakeConnection(), "beforeUse");
  assert(bench.credentials.prepare(connection));
  await bench.credentials.update({ username: "a", password: "new" }, "all");
  assertEquals(connection.calls, []);
  assert(bench.credentials.prepare(connection));
  await Promise.resolve();
  await bench.clock.tick(1);
  assert(bench.credentials.prepare(connection));
  assertEquals(connection.calls, ["AUTH a new"]);
  await bench.credentials.update({ username: "b", password: "new" }, "all");
  assert(!bench.credentials.prepare(connection));
  // One that is not known, such as one without a login, can be used.
  assert(bench.credentials.prepare(new FakeConnection()));
});

Deno.test("credentials for new connections only change nothing at open ones", async () => {
  using bench = new Bench({ password: "old" });
  const connection = await bench.add(new FakeConnection());
  await bench.credentials.update({ password: "new" }, "new");
  assert(bench.credentials.prepare(connection));
  assertEquals(connection.calls, []);
  assertEquals((await bench.credentials.issue()).login, { password: "new" });
});

Deno.test("a refusal rejects, is told, and is followed by further attempts with growing waits", async () => {
  using bench = new Bench({ password: "old" });
  const good = await bench.add(new FakeConnection());
  const bad = await bench.add(new FakeConnection());
  bad.answers.push(WRONGPASS, WRONGPASS, WRONGPASS);
  const error = await assertRejects(
    () => bench.credentials.update({ password: "new" }, "all"),
    ServerError,
  );
  assertStrictEquals(error, WRONGPASS);
  assertEquals(bench.failures, [{ error, endpoint: { host: "h", port: 1 } }]);
  const counts: number[] = [];
  for (const wait of [90, 30, 170, 40, 360, 50, 5000]) {
    await bench.clock.tick(wait);
    counts.push(bad.calls.length);
  }
  assertEquals(counts, [1, 2, 2, 3, 3, 4, 4]);
  assertEquals(bench.failures.length, 3);
  // It was not asked again, since it has them.
  assertEquals(good.calls.length, 1);
});

Deno.test("newer credentials end the attempts with older ones", async () => {
  using bench = new Bench({ password: "old" });
  const connection = await bench.add(new FakeConnection());
  connection.answers.push(WRONGPASS);
  await assertRejects(() => bench.credentials.update({ password: "bad" }, "all"), ServerError);
  await bench.credentials.update({ password: "good" }, "all");
  await bench.clock.tick(5000);
  assertEquals(connection.calls, ["AUTH default bad", "AUTH default good"]);
});

Deno.test("AUTH that is not answered is given up, and sent again later", async () => {
  using bench = new Bench({ password: "old" });
  const connection = await bench.add(new FakeConnection());
  connection.answers.push("hang");
  const updating = bench.credentials.update({ password: "new" }, "all");
  const refused = assertRejects(() => updating, TimeoutError);
  await bench.clock.tick(1001);
  const { message } = await refused;
  assertEquals(message, "Cannot authenticate within 1000 ms: the server does not answer");
  await bench.clock.tick(200);
  assertEquals(connection.calls.length, 2);
});

Deno.test("a connection that is lost meanwhile is no failure", async () => {
  using bench = new Bench({ password: "old" });
  const connection = await bench.add(new FakeConnection());
  connection.answers.push(new RedisError("Lost the connection"));
  connection.close();
  await bench.credentials.update({ password: "new" }, "all");
  assertEquals(bench.failures, []);
});

Deno.test("a connection that cannot be replaced stays, and is tried again", async () => {
  using bench = new Bench({ username: "a", password: "old" });
  await bench.add(new FakeConnection());
  bench.takeOverError = WRONGPASS;
  await assertRejects(
    () => bench.credentials.update({ username: "b", password: "new" }, "all"),
    ServerError,
  );
  bench.takeOverError = undefined;
  await bench.clock.tick(101);
  assertEquals(bench.left.length, 2);
  await bench.clock.tick(5000);
  assertEquals([bench.left.length, bench.failures.length], [2, 1]);
});

Deno.test("the earliest refreshAfter of all connections counts, and one call serves them all", async () => {
  let calls = 0;
  using bench = new Bench(() => {
    calls++;
    return Promise.resolve({ password: `token ${calls}`, refreshAfter: 1000 });
  });
  const first = await bench.add(new FakeConnection());
  await bench.clock.tick(600);
  const second = await bench.add(new FakeConnection());
  await bench.clock.tick(420);
  assertEquals([first.calls, second.calls], Array(2).fill(["AUTH default token 3"]));
  await bench.clock.tick(900);
  assertEquals(calls, 3);
  await bench.clock.tick(120);
  assertEquals([first.calls[1], second.calls[1]], Array(2).fill("AUTH default token 4"));
});

Deno.test("without open connections no provider is asked, and after close() none", async () => {
  let calls = 0;
  using bench = new Bench(() => {
    calls++;
    return Promise.resolve({ password: "token", refreshAfter: 1000 });
  });
  const connection = await bench.add(new FakeConnection());
  connection.close();
  await connection.ended;
  await bench.clock.tick(3000);
  assertEquals(calls, 1);
  await bench.add(new FakeConnection());
  bench.credentials.close();
  await bench.clock.tick(3000);
  assertEquals(calls, 2);
});

Deno.test("a connection that logged in before an update and was opened after it gets the newer ones", async () => {
  using bench = new Bench({ password: "old" });
  const older = await bench.credentials.issue();
  await bench.credentials.update({ password: "new" }, "all");
  const connection = new FakeConnection();
  bench.credentials.add(connection, {
    endpoint: { host: "h", port: 1 },
    issued: older,
    renewal: { takeOver: () => Promise.resolve() },
    call: connection.call,
  });
  await bench.clock.tick(1);
  assertEquals(connection.calls, ["AUTH default new"]);
});

Deno.test("only a provider gives newer credentials after a refusal", async () => {
  using fixed = new Bench({ password: "pw" });
  assertEquals(
    await fixed.credentials.issueNewer(await fixed.credentials.issue()),
    undefined,
  );
});
