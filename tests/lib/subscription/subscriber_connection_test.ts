import { assertEquals, assertRejects } from "@std/assert";
import { ConnectionError, type ServerError } from "../../../lib/errors.ts";
import {
  type ChangeOwner,
  SubscriberConnection,
} from "../../../lib/subscription/subscriber_connection.ts";
import type { Kind } from "../../../lib/subscription/topic.ts";
import { Wire } from "../connection/_wire.ts";

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** A connection after its handshake, and everything that it tells. */
function connect(protocol: 2 | 3 = 3): {
  wire: Wire;
  connection: SubscriberConnection<string>;
  told: string[];
  change(begins: boolean, kind: Kind, ...names: string[]): void;
} {
  const wire = new Wire();
  const told: string[] = [];
  const text = (bytes: Uint8Array, start = 0, end?: number): string =>
    decoder.decode(bytes.subarray(start, end));
  const connection = new SubscriberConnection<string>({ host: "h", port: 1 }, wire, {
    batchSize: () => 3,
    onBatch: () => Promise.resolve(),
    onFound: (found, buffer) => {
      const channel = text(buffer, found.channelStart, found.channelEnd);
      const message = text(buffer, found.messageStart, found.messageEnd);
      const pattern = found.kind === "pmessage"
        ? text(buffer, found.patternStart, found.patternEnd)
        : channel;
      told.push(`${found.kind} ${pattern} ${channel} ${message}`);
    },
    onMessage: (kind, name, channel, message) =>
      told.push(`${kind} ${text(name)} ${text(channel)} ${text(message)}`),
    onDropped: (kind, name) => told.push(`dropped ${kind} ${name}`),
    onClosed: (_, error) => told.push(`closed ${error.message}`),
  });
  connection.greeting = { protocol };
  const owner: ChangeOwner<string> = {
    onConfirmed: (name) => told.push(`confirmed ${name}`),
    onRefused: (names, error) =>
      told.push(`refused ${names.join()} ${error.command} ${error.code}`),
  };
  return {
    wire,
    connection,
    told,
    change: (begins, kind, ...names) => {
      const standing = names.map((name) => [name, `${begins ? "+" : "-"}${name}`] as const);
      const change = { begins, kind, names: new Map(standing), owner };
      connection.change(change, names.map((name) => encoder.encode(name)));
    },
  };
}

/** Makes a frame of bulk strings and integers. */
function frame(protocol: 2 | 3, ...elements: (string | number)[]): string {
  const parts = elements.map((element) =>
    typeof element === "number"
      ? `:${element}\r\n`
      : `$${encoder.encode(element).length}\r\n${element}\r\n`
  );
  return `${protocol === 3 ? ">" : "*"}${elements.length}\r\n${parts.join("")}`;
}

async function settled(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setTimeout(resolve));
}

/** Waits until so much was told. */
async function heard(told: string[], count: number): Promise<void> {
  for (let i = 0; told.length < count && i < 5000; i++) await new Promise((r) => setTimeout(r));
}

for (const protocol of [2, 3] as const) {
  const long = "x".repeat(100_000);
  const frames = [
    frame(protocol, "message", "a", "1"),
    frame(protocol, "subscribe", "b\r\n*3", 2),
    frame(protocol, "message", "", ""),
    frame(protocol, "pmessage", "p*", "pé", "2\r\n>3\r\n$7\r\nmessage"),
    frame(protocol, "smessage", "s", "3"),
    frame(protocol, "message", "a", "4"),
    frame(protocol, "message", "a", "5"),
    frame(protocol, "psubscribe", "p", 1),
    frame(protocol, "message", "a", "6"),
  ];
  const expected = [
    "message a a 1",
    "confirmed +b\r\n*3",
    "message   ",
    "pmessage p* pé 2\r\n>3\r\n$7\r\nmessage",
    "smessage s s 3",
    "message a a 4",
    "message a a 5",
    "confirmed +p",
    "message a a 6",
  ];

  Deno.test(`RESP${protocol}: messages and confirmations are the same however they are cut`, async () => {
    const bytes = encoder.encode(frames.join(""));
    for (let size = 1; size <= bytes.length; size++) {
      const { wire, connection, told, change } = connect(protocol);
      change(true, "message", "b\r\n*3");
      change(true, "pmessage", "p");
      await settled();
      for (let at = 0; at < bytes.length; at += size) {
        wire.answerBytes(bytes.subarray(at, at + size));
      }
      await heard(told, expected.length);
      assertEquals(told, expected, `pieces of ${size}`);
      connection.close(new Error("Over"));
      if (size > 12) size += 13;
    }
  });

  Deno.test(`RESP${protocol}: a long message is found between short ones`, async () => {
    const { wire, connection, told } = connect(protocol);
    wire.answer(
      [
        frame(protocol, "message", "a", "1"),
        frame(protocol, "message", "a", long),
        frame(protocol, "pmessage", "p", "a", long),
        frame(protocol, "message", "a", "2"),
      ].join(""),
    );
    await heard(told, 4);
    assertEquals(told, [
      "message a a 1",
      `message a a ${long}`,
      `pmessage p a ${long}`,
      "message a a 2",
    ]);
    connection.close(new Error("Over"));
  });

  Deno.test(`RESP${protocol}: names are confirmed by kind and name, in whatever order`, async () => {
    const { wire, connection, told, change } = connect(protocol);
    change(true, "message", "a", "b");
    change(false, "message", "c");
    await settled();
    assertEquals(
      wire.writes.join(""),
      [
        "*3\r\n$9\r\nSUBSCRIBE\r\n$1\r\na\r\n$1\r\nb\r\n",
        "*2\r\n$11\r\nUNSUBSCRIBE\r\n$1\r\nc\r\n",
      ].join(""),
    );
    wire.answer(frame(protocol, "subscribe", "b", 7));
    wire.answer(frame(protocol, "subscribe", "nobody asked", 7));
    wire.answer(frame(protocol, "psubscribe", "a", 7));
    wire.answer(frame(protocol, "subscribe", "a", 7));
    wire.answer(frame(protocol, "unsubscribe", "c", 0));
    await heard(told, 3);
    assertEquals(told, ["confirmed +b", "confirmed +a", "confirmed -c"]);
    connection.close(new Error("Over"));
  });

  Deno.test(`RESP${protocol}: a refusal belongs to the command whose turn it is`, async () => {
    const { wire, connection, told, change } = connect(protocol);
    change(true, "message", "a", "b");
    change(true, "pmessage", "c");
    const pong = connection.call(["PING"]);
    await settled();
    wire.answer("-NOPERM no\r\n");
    wire.answer(frame(protocol, "psubscribe", "c", 1));
    wire.answer(protocol === 2 ? "*2\r\n$4\r\npong\r\n$0\r\n\r\n" : "+PONG\r\n");
    await pong;
    assertEquals(told, ["refused +a,+b SUBSCRIBE NOPERM", "confirmed +c"]);
    connection.close(new Error("Over"));
  });

  Deno.test(`RESP${protocol}: shard channels that move are told apart from those that are given up`, async () => {
    const { wire, connection, told, change } = connect(protocol);
    const pong = protocol === 2 ? "*2\r\n$4\r\npong\r\n$0\r\n\r\n" : "+PONG\r\n";
    // Given up, and dropped by the server before it gets that: then it refuses.
    change(false, "smessage", "a");
    change(true, "message", "b");
    await settled();
    assertEquals(wire.writes.join("").includes("$4\r\nPING\r\n"), true);
    wire.answer(frame(protocol, "sunsubscribe", "other", 1));
    wire.answer(frame(protocol, "sunsubscribe", "a", 0));
    wire.answer("-MOVED 1 h:2\r\n");
    wire.answer(pong);
    wire.answer(frame(protocol, "subscribe", "b", 1));
    await heard(told, 3);
    assertEquals(told.splice(0), ["dropped smessage other", "confirmed -a", "confirmed +b"]);
    // Given up in vain, for each of the reasons.
    for (const code of ["MOVED", "CLUSTERDOWN", "NOSUB"]) {
      change(false, "smessage", "c");
      await settled();
      wire.answer(`-${code} for a reason\r\n${pong}`);
      await heard(told, 1);
      assertEquals(told.splice(0), ["confirmed -c"]);
    }
    // The user may not send PING.
    change(false, "smessage", "d");
    change(true, "message", "e");
    await settled();
    wire.answer(frame(protocol, "sunsubscribe", "d", 0));
    wire.answer("-NOPERM this user has no permissions to run the 'ping' command\r\n");
    wire.answer("-NOPERM no\r\n");
    await heard(told, 2);
    assertEquals(told.splice(0), ["confirmed -d", "refused +e SUBSCRIBE NOPERM"]);
    connection.close(new Error("Over"));
  });

  Deno.test(`RESP${protocol}: what is under way ends with the connection`, async () => {
    const { wire, connection, told, change } = connect(protocol);
    change(true, "message", "a");
    const call = connection.call(["PING"]);
    wire.end();
    await assertRejects(() => call, ConnectionError, "the server closed the connection");
    await assertRejects(() => connection.call(["PING"]), ConnectionError);
    assertEquals(connection.closed, true);
    assertEquals(told, [
      "closed Lost the subscriber connection to h:1: the server closed the connection",
    ]);
  });
}

Deno.test("what is no RESP, and replies that nobody waits for, end the connection", async () => {
  for (const answer of ["+OK\r\n", "HTTP/1.1", ">3\r\n$7\r\nmessage\r\n$1\r\nab\r\n$1\r\nc\r\n"]) {
    const { wire, connection, told } = connect();
    wire.answer(answer);
    await heard(told, 1);
    assertEquals(told[0].startsWith("closed Lost the subscriber connection to h:1: "), true);
    assertEquals(connection.closed, true);
  }
});

Deno.test("an error that the server sends before it closes is the reason", async () => {
  const { wire, connection } = connect();
  wire.answer("-ERR max number of clients reached\r\n");
  const error = await connection.ended as ConnectionError;
  assertEquals((error.cause as ServerError).message, "ERR max number of clients reached");
});
