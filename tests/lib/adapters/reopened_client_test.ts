import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { EventEmitter } from "node:events";
import { ReopenedClient, translated } from "../../../lib/adapters/reopened_client.ts";
import {
  ClosedError,
  ConfigurationError,
  ConnectionError,
  ServerError,
  TimeoutError,
} from "../../../lib/errors.ts";
import { delay } from "@std/async/delay";
import { startProxy, startServer } from "../../../lib/testing/mod.ts";
import { until } from "../../../lib/testing/_poll.ts";
import type { Argument, Reply } from "../../../lib/resp/mod.ts";
import { RedisClient, type RedisClientConfiguration } from "../../../standalone/mod.ts";

const server = await startServer();
server.unref();

/** A connection without a library around it. */
class Plain extends ReopenedClient implements AsyncDisposable {
  readonly heard: string[] = [];
  readonly errors: Error[] = [];

  constructor(
    port: number,
    options: Partial<RedisClientConfiguration> & { failsFast?: boolean } = {},
  ) {
    const { failsFast = false, ...configuration } = options;
    const emitter = new EventEmitter();
    super({
      isCluster: false,
      failsFast,
      emitter,
      create: () =>
        RedisClient.create({
          addresses: [{ host: "127.0.0.1", port }],
          requestTimeout: 200,
          lazyConnect: true,
          ...configuration,
        }),
      onOpen: () => Promise.resolve(),
      onReached: () => this.heard.push("reached"),
    });
    for (const name of ["connect", "ready", "close", "reconnecting", "end"]) {
      emitter.on(name, () => this.heard.push(name));
    }
    emitter.on("error", (error) => this.errors.push(error));
  }

  call(...words: Argument[]): Promise<Reply> {
    return this.send(words);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.quit();
  }
}

/** Lets everything happen that needs no timer. */
async function turns(): Promise<void> {
  for (let i = 0; i < 20; i++) await null;
}

Deno.test("a connection opens with its first command, or by connect()", async () => {
  await using first = new Plain(server.port);
  assertEquals(first.status, "wait");
  const replies = [first.call("ECHO", "a"), first.call("ECHO", "b")];
  assertEquals(first.status, "connecting");
  assertEquals(await Promise.all(replies), ["a", "b"]);
  await first.connect();
  assertEquals([first.status, ...first.heard], ["ready", "connect", "ready"]);
  await using second = new Plain(server.port);
  await Promise.all([second.connect(), second.connect()]);
  assertEquals([second.status, ...second.heard], ["ready", "connect", "ready"]);
});

Deno.test("bytes are taken at the call, also while the connection opens", async () => {
  await using connection = new Plain(server.port);
  const bytes = new TextEncoder().encode("before");
  const reply = connection.call("ECHO", bytes);
  bytes.fill(0);
  assertEquals(await reply, "before");
});

Deno.test("disconnect() rejects what is under way with the text that libraries know, and connect() opens again", async () => {
  await using connection = new Plain(server.port);
  await connection.connect();
  const pending = connection.call("BLPOP", "nothing", "0");
  await until("it blocks", async () => (await server.info("clients")).blocked_clients === "1");
  connection.disconnect(false);
  assertEquals(connection.status, "end");
  const error = await assertRejects(() => pending, Error, "Connection is closed.");
  assertEquals(error.message, "Connection is closed.");
  assertInstanceOf(error.cause, ClosedError);
  assertEquals(connection.heard.slice(2), ["close", "end"]);
  const late = await assertRejects(() => connection.call("PING"), Error);
  assertEquals(late.message, "Connection is closed.");
  await connection.connect();
  assertEquals(await connection.call("ECHO", "again"), "again");
});

Deno.test("disconnect() while the connection opens ends the attempt", async () => {
  await using connection = new Plain(1);
  const connecting = connection.connect();
  const pending = connection.call("PING");
  connection.disconnect(false);
  for (const promise of [connecting, pending]) {
    const error = await assertRejects(() => promise, Error);
    assertEquals(error.message, "Connection is closed.");
  }
  assertEquals(connection.status, "end");
});

Deno.test("disconnect(true) opens the connection again", async () => {
  await using connection = new Plain(server.port);
  await connection.connect();
  connection.disconnect(true);
  await until("it is ready", () => Promise.resolve(connection.status === "ready"));
  assertEquals(connection.heard.slice(2), ["close", "reconnecting", "connect", "ready"]);
});

Deno.test("disconnect() ends a disconnect(true) that has not opened again yet", async () => {
  await using connection = new Plain(server.port);
  await connection.connect();
  connection.disconnect(true);
  connection.disconnect(false);
  await turns();
  assertEquals([connection.status, ...connection.heard.slice(2)], ["end", "close", "end"]);
});

Deno.test("commands after disconnect(true) wait for the next connection", async () => {
  await using connection = new Plain(server.port);
  await connection.connect();
  connection.disconnect(true);
  assertEquals(connection.status, "reconnecting");
  assertEquals(await connection.call("ECHO", "a"), "a");
  await connection.connect();
  assertEquals(connection.heard.slice(2), ["close", "reconnecting", "connect", "ready"]);
});

Deno.test("the end is told once, also by disconnect() after quit()", async () => {
  await using connection = new Plain(server.port);
  await connection.connect();
  const quitting = connection.quit();
  connection.disconnect(false);
  assertEquals(await quitting, "OK");
  await turns();
  assertEquals([connection.status, ...connection.heard.slice(2)], ["end", "close", "end"]);
});

Deno.test("quit() waits for replies, and a second one changes nothing", async () => {
  const connection = new Plain(server.port);
  await connection.connect();
  const replies = Array.from({ length: 100 }, (_, i) => connection.call("ECHO", String(i)));
  assertEquals(await Promise.all([connection.quit(), connection.quit()]), ["OK", "OK"]);
  assertEquals((await Promise.all(replies)).length, 100);
  await turns();
  assertEquals([connection.status, ...connection.heard.slice(2)], ["end", "close", "end"]);
  const unused = new Plain(server.port);
  assertEquals(await unused.quit(), "OK");
});

Deno.test("commands wait for a server that is away, and events tell", async () => {
  await using own = await startServer();
  await using connection = new Plain(own.port);
  await connection.connect();
  await own.stop();
  await until("it is lost", () => Promise.resolve(connection.status === "reconnecting"));
  const reply = connection.call("ECHO", "late");
  await until("attempts fail", () => Promise.resolve(connection.errors.length > 3));
  // Longer than the timeout of a request.
  await delay(300);
  await own.restart();
  assertEquals(await reply, "late");
  assertEquals(connection.heard.slice(0, 4), ["connect", "ready", "close", "reconnecting"]);
  await until("it is ready", () => Promise.resolve(connection.status === "ready"));
  assertEquals(connection.heard.slice(-3), ["reached", "connect", "ready"]);
});

Deno.test("connect() waits for a server that does not exist yet", async () => {
  await using own = await startServer();
  await own.stop();
  await using connection = new Plain(own.port);
  const connecting = connection.connect();
  await until("attempts fail", () => Promise.resolve(connection.errors.length > 3));
  assertEquals(connection.status, "connecting");
  await own.restart();
  await connecting;
  assertEquals(connection.status, "ready");
});

Deno.test("a command of a connection that fails fast is given up when it could not be sent in time", async () => {
  await using own = await startServer();
  await using proxy = await startProxy(own);
  await using connection = new Plain(proxy.port, { failsFast: true });
  await connection.connect();
  await proxy.refuse();
  proxy.cut();
  const error = await assertRejects(() => connection.call("ECHO", "x"), Error);
  assertEquals(error.message, "Connection is closed.");
  assert(error.cause instanceof TimeoutError || error.cause instanceof ConnectionError);
});

Deno.test("what another attempt does not change ends connect() and the commands that wait", async () => {
  await using own = await startServer({ password: "secret" });
  await using connection = new Plain(own.port, { credentials: { password: "wrong" } });
  const pending = connection.call("PING");
  pending.catch(() => {});
  await assertRejects(() => connection.connect(), ServerError, "WRONGPASS");
  await assertRejects(() => pending, ServerError, "WRONGPASS");
  assertEquals(connection.status, "wait");
  assert(connection.errors.at(-1)?.message.startsWith("WRONGPASS"));
  await using bad = new Plain(own.port, { databaseId: -1 });
  await assertRejects(() => bad.call("PING"), ConfigurationError);
});

Deno.test("a user who may not run PING can connect", async () => {
  await using own = await startServer({ users: [{ name: "me", rules: "on >x ~* +get" }] });
  await using connection = new Plain(own.port, { credentials: { username: "me", password: "x" } });
  await connection.connect();
  assertEquals(await connection.call("GET", "k"), null);
});

Deno.test("translated() leaves errors that say something about the command", () => {
  const lost = new ConnectionError("x", { host: "a", port: 1, maybeExecuted: true });
  assertEquals((translated(lost) as Error).cause, lost);
  const queued = new TimeoutError("x", { phase: "queued", timeout: 1 });
  assertEquals((translated(queued) as Error).cause, queued);
  for (
    const error of [
      new TimeoutError("x", { phase: "sent", timeout: 1 }),
      new ServerError("ERR x"),
      new TypeError("x"),
    ]
  ) assertEquals(translated(error), error);
});
