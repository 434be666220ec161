import { assert, assertEquals, assertThrows } from "@std/assert";
import { UnexpectedReplyError } from "../../../lib/errors.ts";
import { isMonitorLine, readMonitorLine } from "../../../lib/subscription/monitor_line.ts";
import { startServer } from "../../../lib/testing/mod.ts";
import { RawClient } from "../testing/_raw_client.ts";

Deno.test("readMonitorLine() reads time, database, address and words", () => {
  assertEquals(readMonitorLine('1795835385.539904 [3 127.0.0.1:37326] "SET" "k" ""', "text"), {
    time: 1795835385539.904,
    database: 3,
    address: "127.0.0.1:37326",
    words: ["SET", "k", ""],
  });
  const address = (text: string) => readMonitorLine(`1.000001 [0 ${text}] "PING"`, "text").address;
  assertEquals(address("lua"), "lua");
  assertEquals(address("[::1]:80"), "[::1]:80");
  assertEquals(address("unix:/tmp/a b]/c.sock:0"), "unix:/tmp/a b]/c.sock:0");
  assertEquals(readMonitorLine('1.000001 [0 lua] "PING"', "text").time, 1000.001);
});

Deno.test("readMonitorLine() decodes escapes", () => {
  const words = (escaped: string) => readMonitorLine(`1.000001 [0 lua] ${escaped}`, "text").words;
  assertEquals(words(String.raw`"a\n\r\t\a\b\\\"\x00\x7f"`), ['a\n\r\t\x07\b\\"\x00\x7f']);
  assertEquals(words(String.raw`"\xc3\xa9"`), ["é"]);
  assertEquals(words(String.raw`"\xff"`), ["\ufffd"]);
  assertEquals(words(String.raw`"\\" "\\x41" "] \"" "\\\\"`), ["\\", "\\x41", '] "', "\\\\"]);
  assertEquals(readMonitorLine(String.raw`1.000001 [0 lua] "\xff\x00A"`, "bytes").words, [
    new Uint8Array([0xff, 0, 0x41]),
  ]);
});

Deno.test("readMonitorLine() refuses what is no line", () => {
  const wrong = ["", "OK", '1.0 [0 lua] "x"', '1.000001 [0 lua] "x', '1.000001 [0 lua] "x"y'];
  for (const line of wrong) {
    assertThrows(() => readMonitorLine(line, "text"), UnexpectedReplyError, "malformed");
  }
  assert(!isMonitorLine("OK") && !isMonitorLine(1) && !isMonitorLine("mark"));
  assert(isMonitorLine('1.000001 [0 lua] "x"'));
});

Deno.test("readMonitorLine() gives back what a server was sent, for all bytes", async () => {
  await using server = await startServer();
  using monitor = await RawClient.connect(server);
  assertEquals(await monitor.call("MONITOR"), "OK");
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const words = [
    all,
    all.toReversed(),
    new TextEncoder().encode('\\x41\\\\"" é'),
    new Uint8Array(),
  ];
  using client = await RawClient.connect(server);
  await client.call("SELECT", 5);
  await client.call("MGET", ...words);
  const lines = (await monitor.untilPong()).filter(isMonitorLine);
  const commands = lines.map((line) => readMonitorLine(line, "bytes"));
  const [select, mget] = commands;
  const { port } = client.conn.localAddr as Deno.NetAddr;
  assertEquals(select.words.map((word) => new TextDecoder().decode(word)), ["SELECT", "5"]);
  assertEquals(mget.words.slice(1), words);
  assertEquals([mget.database, mget.address], [5, `127.0.0.1:${port}`]);
  assert(Math.abs(mget.time - Date.now()) < 60_000);
});
