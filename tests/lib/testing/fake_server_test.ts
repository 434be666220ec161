import { assert, assertEquals, assertRejects } from "@std/assert";
import { Push, type Reply, RespDecoder } from "../../../lib/resp/mod.ts";
import {
  encodePush,
  encodeReply,
  type FakeReply,
  inTurn,
  NO_REPLY,
  raw,
  ServerError,
  simple,
  startFakeServer,
  testCertificates,
} from "../../../lib/testing/mod.ts";
import { RawClient } from "./_raw_client.ts";

/** The text of an error reply. */
function message(reply: Reply | Push | undefined): string {
  assert(reply instanceof ServerError);
  return reply.message;
}

function decode(reply: FakeReply, protocol: 2 | 3): Reply {
  return new RespDecoder().push(encodeReply(reply, protocol))[0] as Reply;
}

Deno.test("encodeReply() writes what the decoder reads back", () => {
  const tree = ["text", 1, null, ["é", []], new Map([["a", [1, 2]]]), new Set([1]), true];
  assertEquals(decode(tree, 3), tree);
  assertEquals(
    decode(tree, 2),
    ["text", 1, null, ["é", []], ["a", [1, 2]], [1], 1] as Reply,
  );
  for (const number of [0, -7, 2 ** 53 - 1, 2n ** 60n]) {
    assertEquals(decode(number, 2), number);
    assertEquals(decode(number, 3), number);
  }
  for (const [number, text] of [[1.5, "1.5"], [-Infinity, "-inf"], [NaN, "nan"]] as const) {
    assertEquals(decode(number, 3), number);
    assertEquals(decode(number, 2), text);
  }
  const [nested] = decode([new ServerError("ERR nested")], 3) as Reply[];
  assertEquals(message(nested), "ERR nested");
  assertEquals(decode(2n ** 70n, 3), 2n ** 70n);
  assertEquals(decode(2n ** 70n, 2), String(2n ** 70n));
  assertEquals(decode([simple("QUEUED"), raw("$2\r\nok\r\n")], 2), ["QUEUED", "ok"]);
  assertEquals(
    new RespDecoder({ bytes: true }).push(encodeReply(new Uint8Array([0, 255]), 2)),
    [new Uint8Array([0, 255])],
  );
});

Deno.test("encodePush() writes a push message in RESP3 and an array in RESP2", () => {
  const elements = ["message", "channel", "text"];
  const [push] = new RespDecoder().push(encodePush(elements, 3));
  assert(push instanceof Push);
  assertEquals(push.elements, elements);
  assertEquals(new RespDecoder().push(encodePush(elements, 2)), [elements]);
});

Deno.test("startFakeServer() answers the handshake by default", async () => {
  await using server = await startFakeServer();
  using client = await RawClient.connect(server);
  const hello = await client.call("hello", "3", "AUTH", "user", "secret") as Map<string, Reply>;
  assertEquals(hello.get("proto"), 3);
  assertEquals(hello.get("role"), "master");
  assertEquals(server.connections[0].protocol, 3);
  assertEquals(await client.call("CLIENT", "SETINFO", "LIB-NAME", "x"), "OK");
  assertEquals(await client.call("CLIENT", "ID"), 1);
  assertEquals(await client.call("SELECT", "5"), "OK");
  assertEquals(await client.call("PING"), "PONG");
  assertEquals(message(await client.call("get", "k")), "ERR unknown command 'get'");
  assertEquals(message(await client.call("HELLO", "4")), "NOPROTO unsupported protocol version");
  assertEquals(await client.call("QUIT"), "OK");
  assertEquals(await client.next(), undefined);
});

Deno.test("startFakeServer() follows its script, the subcommand before the command", async () => {
  await using server = await startFakeServer({
    "CLUSTER SLOTS": [[0, 16383, ["127.0.0.1", 1, "id"]]],
    CLUSTER: "other",
    GET: ({ args }) => `value of ${args[1]}`,
    HELLO: new ServerError("ERR unknown command 'HELLO'"),
  });
  using client = await RawClient.connect(server);
  assertEquals(await client.call("cluster", "slots"), [[0, 16383, ["127.0.0.1", 1, "id"]]]);
  assertEquals(await client.call("CLUSTER", "INFO"), "other");
  assertEquals(await client.call("GET", "k"), "value of k");
  assert(await client.call("HELLO", "3") instanceof ServerError);
  server.script = ({ name }) => Promise.resolve(name);
  assertEquals(await client.call("GET", "k"), "GET");
  assertEquals(server.received.map(({ name }) => name), [
    "CLUSTER",
    "CLUSTER",
    "GET",
    "HELLO",
    "GET",
  ]);
  assertEquals(server.receivedOf("GET").map(({ args }) => args), [["GET", "k"], ["GET", "k"]]);
});

Deno.test("startFakeServer() answers a pipeline in order, also when answers take their time", async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  await using server = await startFakeServer({ GET: inTurn(() => promise, "second") });
  using client = await RawClient.connect(server);
  await client.send(["GET", "a"], ["GET", "b"], ["PING"]);
  await server.waitFor("GET");
  resolve("first");
  assertEquals([await client.next(), await client.next(), await client.next()], [
    "first",
    "second",
    "PONG",
  ]);
});

Deno.test("inTurn() repeats its last answer", async () => {
  const handler = inTurn(1, () => 2, null);
  await using server = await startFakeServer({ GET: handler });
  using client = await RawClient.connect(server);
  const replies = [];
  for (let i = 0; i < 4; i++) replies.push(await client.call("GET", "k"));
  assertEquals(replies, [1, 2, null, null]);
});

Deno.test("NO_REPLY leaves a request unanswered, and later ones are answered", async () => {
  await using server = await startFakeServer({ GET: NO_REPLY });
  using client = await RawClient.connect(server);
  await client.send(["GET", "k"], ["PING"]);
  assertEquals(await client.next(), "PONG");
});

Deno.test("cut() ends a connection in the middle of a reply", async () => {
  await using server = await startFakeServer({
    GET: async (_, connection) => {
      await connection.send(raw("$10\r\nhalf"));
      connection.cut();
    },
  });
  using client = await RawClient.connect(server);
  assertEquals(await client.call("GET", "k"), undefined);
  using other = await RawClient.connect(server);
  assertEquals(await other.call("PING"), "PONG");
  assertEquals(server.accepted, 2);
  server.cut();
  assertEquals(await other.next(), undefined);
});

Deno.test("stall() keeps the connection open and silent", async () => {
  await using server = await startFakeServer({ GET: (_, connection) => connection.stall() });
  using client = await RawClient.connect(server);
  await client.send(["GET", "k"], ["PING"]);
  await server.waitFor("GET");
  const [connection] = server.connections;
  await connection.send("nothing of this arrives");
  const reading = client.next();
  const other = await RawClient.connect(server);
  assertEquals(await other.call("PING"), "PONG");
  other[Symbol.dispose]();
  assertEquals(server.receivedOf("PING").length, 1);
  connection.cut();
  assertEquals(await reading, undefined);
});

Deno.test("push() and send() work out of turn, onConnect before anything else", async () => {
  await using server = await startFakeServer({}, {
    onConnect: (connection) => void connection.send("welcome"),
  });
  using client = await RawClient.connect(server);
  assertEquals(await client.next(), "welcome");
  await client.call("HELLO", "3");
  await server.connections[0].push(["invalidate", ["k"]]);
  const push = await client.next();
  assert(push instanceof Push);
  assertEquals(push.elements, ["invalidate", ["k"]]);
});

Deno.test("startFakeServer() survives clients that speak something else", async () => {
  await using server = await startFakeServer();
  using stranger = await RawClient.connect(server);
  await stranger.conn.write(new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"));
  assertEquals(message(await stranger.next()), "ERR Protocol error");
  assertEquals(await stranger.next(), undefined);
  using client = await RawClient.connect(server);
  assertEquals(await client.call("PING"), "PONG");
});

Deno.test("startFakeServer() speaks TLS", async () => {
  await using server = await startFakeServer({}, { tls: true });
  const { caCert, otherCaCert } = await testCertificates();
  const address = { hostname: server.host, port: server.port };
  await assertRejects(async () => {
    using conn = await Deno.connectTls({ ...address, caCerts: [otherCaCert] });
    await conn.handshake();
  });
  using client = new RawClient(await Deno.connectTls({ ...address, caCerts: [caCert] }));
  assertEquals(await client.call("PING"), "PONG");
  assertEquals(server.url, `rediss://127.0.0.1:${server.port}`);
});

Deno.test("startFakeServer() ends at once while a script hangs", async () => {
  await using server = await startFakeServer({ GET: () => new Promise(() => {}) });
  using client = await RawClient.connect(server);
  await client.send(["GET", "k"]);
  await server.waitFor("GET");
});

Deno.test("disposing of a fake server throws what its script has thrown", async () => {
  const server = await startFakeServer({
    GET: () => {
      throw new RangeError("A mistake in the script");
    },
  });
  using client = await RawClient.connect(server);
  assertEquals(await client.call("GET", "k"), undefined);
  await assertRejects(() => server[Symbol.asyncDispose](), RangeError, "A mistake in the script");
  await assertRejects(() => RawClient.connect(server), Deno.errors.ConnectionRefused);
});
