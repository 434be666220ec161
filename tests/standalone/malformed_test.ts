import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { ConnectionError, ProtocolError } from "../../standalone/mod.ts";
import { type FakeAnswer, inTurn, raw, startFakeServer } from "../../lib/testing/mod.ts";
import { connect } from "./_connect.ts";
import { measure } from "../_kit/elapsed.ts";

/** Answers that are no RESP, each in the place of the first reply to GET. */
const MALFORMED: [name: string, answer: FakeAnswer][] = [
  ["an unknown type byte", raw("HTTP/1.1 500\r\n")],
  ["a malformed length", raw("$12x\r\n")],
  ["a bulk string without its end", raw("$3\r\nabcdef\r\n")],
  ["a malformed integer in an array", raw("*2\r\n:1\r\n:one\r\n")],
  ["a line without CR", raw("+OK\n")],
  ["an end marker outside of anything", raw(".\r\n")],
];

for (const [name, answer] of MALFORMED) {
  Deno.test(`${name} rejects its own caller with ProtocolError, and no other with it`, async () => {
    await using fake = await startFakeServer({
      GET: inTurn(answer, "value"),
      INCR: 1,
      SET: "OK",
      STRLEN: 5,
    });
    await using client = await connect(fake);
    const [before, own, read, write, behind] = await Promise.all([
      measure(() => client.strlen("k")),
      measure(() => client.get("k")),
      measure(() => client.get("k")),
      measure(() => client.incr("n")),
      measure(() => client.strlen("k")),
    ]);
    assertEquals(before.value, 5);
    assertInstanceOf(own.error, ProtocolError);
    assert(own.error.offset > 0, "the handshake came before it");
    assertEquals(read.value, "value");
    assertInstanceOf(write.error, ConnectionError);
    assertEquals(write.error.maybeExecuted, true);
    assertInstanceOf(write.error.cause, Error);
    assertEquals(behind.value, 5);
    assertEquals(await client.set("k", "v"), "OK");
    assertEquals(fake.accepted, 2);
  });
}

Deno.test("a reply that nobody has asked for ends the connection, and harms no request", async () => {
  await using fake = await startFakeServer({ GET: "value", SET: "OK" });
  await using client = await connect(fake);
  assertEquals(await client.get("k"), "value");
  const lost = client.events[Symbol.asyncIterator]().next();
  await fake.connections[0].send("nobody's");
  const { value: event } = await lost;
  assert(event?.type === "disconnected");
  assertInstanceOf(event.error.cause, ProtocolError);
  const outcomes = [];
  for (let i = 0; i < 20; i++) outcomes.push(await measure(() => client.get("k")));
  for (const { value, error } of outcomes) {
    assertEquals(error, undefined);
    assertEquals(value, "value");
  }
});

Deno.test("a server that answers every read with nonsense is given up by each caller at once", async () => {
  await using fake = await startFakeServer({ GET: raw("?\r\n"), SET: "OK" });
  await using client = await connect(fake);
  for (let i = 0; i < 10; i++) {
    const { error, ran } = await measure(() => client.get("k"));
    assertInstanceOf(error, ProtocolError);
    assert(ran < 1000, `${ran} ms`);
  }
  assertEquals(await client.set("k", "v"), "OK");
});

Deno.test("a read that is cut every time is sent again with growing waits", async () => {
  await using fake = await startFakeServer({ GET: (_, connection) => connection.cut() });
  await using client = await connect(fake, { requestTimeout: 500 });
  const { error, elapsed, ran } = await measure(() => client.get("k"));
  assert(error instanceof Error && error.name === "TimeoutError", `${error}`);
  assert(elapsed >= 499 && ran < 700, `${elapsed} ms, ${ran} of them running`);
  const sent = fake.receivedOf("GET").length;
  assert(sent >= 3 && sent < 60, `it was sent ${sent} times`);
});

Deno.test("a command of a module with an unknown row is not sent again", async () => {
  await using fake = await startFakeServer({
    "FT.SEARCH": (_, connection) => connection.cut(),
  });
  await using client = await connect(fake);
  const { error } = await measure(() => client.customCommand(["FT.SEARCH", "index", "word"]));
  assertInstanceOf(error, ConnectionError);
  assertEquals(error.maybeExecuted, true);
  assertEquals(fake.receivedOf("FT.SEARCH").length, 1);
});
