import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { Connection } from "../../../lib/connection/connection.ts";
import { NO_OWNER, Request } from "../../../lib/connection/request.ts";
import { ConnectionError, ProtocolError, ServerError } from "../../../lib/errors.ts";
import type { Argument, Push, Reply } from "../../../lib/resp/mod.ts";
import { Wire } from "./_wire.ts";

/** A connection over a wire, and what it hands back. */
function connect(): {
  wire: Wire;
  connection: Connection;
  pushes: Push[];
  closed: { error: Error; sent: Request[]; queued: Request[] }[];
} {
  const wire = new Wire();
  const pushes: Push[] = [];
  const closed: { error: Error; sent: Request[]; queued: Request[] }[] = [];
  const connection = new Connection({ host: "example.com", port: 6379 }, wire, {
    onClosed: (_, error, sent, queued) => closed.push({ error, sent, queued }),
  }, {
    onPush: (push, from) => {
      assertEquals(from, connection);
      pushes.push(push);
    },
  });
  return { wire, connection, pushes, closed };
}

function ask(connection: Connection, ...words: Argument[]): Promise<Reply> {
  const request = new Request(words, undefined, (reply) => reply, NO_OWNER);
  const promise = request.promise<Reply>();
  connection.send(request);
  return promise;
}

/** Lets everything happen that needs no more than a few turns. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

const PING = "*1\r\n$4\r\nPING\r\n";

Deno.test("requests of one turn go out as one write, and replies are matched in order", async () => {
  const { wire, connection } = connect();
  const replies = Promise.all([1, 2, 3].map(() => ask(connection, "PING")));
  assertEquals(wire.writes, []);
  await settle();
  assertEquals(wire.writes, [PING.repeat(3)]);
  wire.answer("+a\r\n+b\r\n");
  wire.answer("+c\r\n");
  assertEquals(await replies, ["a", "b", "c"]);
  assert(connection.idle);
  connection.close(new Error("End"));
});

Deno.test("what comes while a write is under way goes out as the next write", async () => {
  const { wire, connection } = connect();
  wire.smooth = false;
  const replies = [ask(connection, "PING")];
  await settle();
  for (let i = 0; i < 3; i++) {
    replies.push(ask(connection, "PING"), ask(connection, "PING"));
    await settle();
  }
  assertEquals(wire.writes, [PING]);
  wire.finish!();
  await settle();
  assertEquals(wire.writes, [PING, PING.repeat(6)]);
  // A reply may overtake the end of the write that it answers.
  wire.answer("+PONG\r\n".repeat(7));
  assertEquals(await Promise.all(replies), Array(7).fill("PONG"));
  wire.finish!();
  connection.close(new Error("End"));
});

Deno.test("a crowd of requests begins to go out before the turn that makes them is over", async () => {
  const { wire, connection } = connect();
  await settle();
  const replies = Array.from({ length: 1000 }, () => ask(connection, "PING"));
  const early = wire.writes.join("").length / PING.length;
  assert(early > 0 && early < 1000, `${early} went out at once`);
  await settle();
  assertEquals(wire.writes.join(""), PING.repeat(1000));
  wire.answer("+PONG\r\n".repeat(1000));
  assertEquals(await Promise.all(replies), Array(1000).fill("PONG"));
  connection.close(new Error("End"));
});

Deno.test("what callers send on a reply is written before the next read begins", async () => {
  const { wire, connection } = connect();
  const wrapped = async (): Promise<Reply> => await ask(connection, "PING");
  const conversation = (async () => {
    for (let i = 0; i < 3; i++) await wrapped();
  })();
  await settle();
  const readsAtWrites: number[] = [];
  wire.onWrite = () => readsAtWrites.push(wire.reads);
  for (let i = 0; i < 3; i++) {
    wire.answer("+PONG\r\n");
    await settle();
  }
  await conversation;
  // Each write answers what the read before it brought.
  assertEquals(readsAtWrites, [1, 2]);
  assertEquals(wire.reads, 4);
  connection.close(new Error("End"));
});

Deno.test("a crowd behind a write that is under way waits for its end", async () => {
  const { wire, connection } = connect();
  wire.smooth = false;
  const replies = Array.from({ length: 1000 }, () => ask(connection, "PING"));
  await settle();
  replies.push(...Array.from({ length: 1000 }, () => ask(connection, "PING")));
  await settle();
  assertEquals(wire.writes.length, 1);
  wire.smooth = true;
  wire.finish!();
  await settle();
  assertEquals(wire.writes.join(""), PING.repeat(2000));
  wire.answer("+PONG\r\n".repeat(2000));
  assertEquals(await Promise.all(replies), Array(2000).fill("PONG"));
  connection.close(new Error("End"));
});

Deno.test("a long queue is written in several pieces", async () => {
  const { wire, connection } = connect();
  const value = "x".repeat(10_000);
  const replies = Array.from({ length: 100 }, () => ask(connection, "SET", "k", value));
  await settle();
  assert(wire.writes.length > 1, "all of it went out at once");
  assertEquals(wire.writes.join("").split(value).length, 101);
  wire.answer("+OK\r\n".repeat(100));
  assertEquals(new Set(await Promise.all(replies)), new Set<Reply>(["OK"]));
  connection.close(new Error("End"));
});

Deno.test("push messages answer no request", async () => {
  const { wire, connection, pushes } = connect();
  const reply = ask(connection, "PING");
  await settle();
  wire.answer(">2\r\n+invalidate\r\n*1\r\n$1\r\nk\r\n+PONG\r\n>1\r\n+tail\r\n");
  assertEquals(await reply, "PONG");
  await settle();
  assertEquals(pushes.map(({ kind }) => kind), ["invalidate", "tail"]);
  connection.close(new Error("End"));
});

Deno.test("an error reply rejects its request and carries its name", async () => {
  const { wire, connection } = connect();
  const replies = Promise.allSettled([ask(connection, "INCR", "k"), ask(connection, "PING")]);
  await settle();
  wire.answer("-WRONGTYPE no\r\n+PONG\r\n");
  const [bad, good] = await replies;
  assert(bad.status === "rejected" && good.status === "fulfilled");
  assertInstanceOf(bad.reason, ServerError);
  assertEquals([bad.reason.code, bad.reason.command], ["WRONGTYPE", "INCR"]);
  connection.close(new Error("End"));
});

Deno.test("a request that was given up is not written, and the late reply of a written one is dropped", async () => {
  const { wire, connection } = connect();
  const [written, unwritten] = [1, 2].map((n) => {
    const request = new Request(["GET", n], undefined, (reply) => reply, NO_OWNER);
    request.handTo(() => {}, () => {});
    return request;
  });
  connection.send(written);
  await settle();
  written.reject(new Error("Given up"));
  connection.send(unwritten);
  unwritten.reject(new Error("Given up"));
  const next = ask(connection, "PING");
  await settle();
  assertEquals(wire.writes, ["*2\r\n$3\r\nGET\r\n$1\r\n1\r\n", PING]);
  wire.answer("+late\r\n+PONG\r\n");
  assertEquals(await next, "PONG");
  connection.close(new Error("End"));
});

Deno.test("when the peer closes, what was written and what was not are handed back apart and in order", async () => {
  const { wire, connection, closed } = connect();
  wire.smooth = false;
  for (const name of ["A", "B"]) ask(connection, name).catch(() => {});
  await settle();
  for (const name of ["C", "D"]) ask(connection, name).catch(() => {});
  wire.end();
  const error = await connection.ended;
  assertInstanceOf(error, ConnectionError);
  assertEquals(error.message.includes("example.com:6379"), true);
  assertEquals(closed.length, 1);
  const [{ sent, queued }] = closed;
  assertEquals(sent.map(({ name }) => name), ["A", "B"]);
  assertEquals(queued.map(({ name }) => name), ["C", "D"]);
  assert(wire.closed && connection.closed);
  connection.close(new Error("Again"));
  assertEquals(closed.length, 1);
});

Deno.test("a malformed reply rejects the oldest request, and the replies in front of it count", async () => {
  const { wire, connection, closed } = connect();
  const replies = [ask(connection, "A"), ask(connection, "B"), ask(connection, "C")];
  replies[2].catch(() => {});
  await settle();
  wire.answer("+fine\r\nnonsense\r\n");
  assertEquals(await replies[0], "fine");
  const error = await assertRejects(() => replies[1], ProtocolError);
  assertEquals(error.offset, 7);
  await connection.ended;
  assertEquals(closed[0].sent.map(({ name }) => name), ["C"]);
  assertEquals(closed[0].error.cause, error);
});

Deno.test("drain() closes when the last reply is there, at once if none is awaited", async () => {
  const idle = connect();
  idle.connection.drain();
  assert(idle.connection.closed);

  const { wire, connection, closed } = connect();
  const reply = ask(connection, "PING");
  await settle();
  connection.drain();
  await settle();
  assert(!connection.closed);
  wire.answer("+PONG\r\n");
  assertEquals(await reply, "PONG");
  await connection.ended;
  assertEquals([closed[0].sent, closed[0].queued], [[], []]);
});

Deno.test("drain() does not wait for requests that were given up in the queue", async () => {
  const { wire, connection } = connect();
  wire.smooth = false;
  const reply = ask(connection, "PING");
  await settle();
  const given = new Request(["GET"], undefined, (reply) => reply, NO_OWNER);
  given.handTo(() => {}, () => {});
  connection.send(given);
  given.reject(new Error("Given up"));
  connection.drain();
  wire.answer("+PONG\r\n");
  assertEquals(await reply, "PONG");
  wire.finish!();
  await connection.ended;
});

Deno.test("received counts every read, also those that complete no reply", async () => {
  const { wire, connection } = connect();
  const reply = ask(connection, "GET", "k");
  await settle();
  const before = connection.received;
  wire.answer("$10\r\n");
  await settle();
  wire.answer("01234");
  await settle();
  assertEquals(connection.received, before + 2);
  wire.answer("56789\r\n");
  assertEquals(await reply, "0123456789");
  assertEquals([connection.received, connection.answered], [before + 3, 1]);
  connection.close(new Error("End"));
});
