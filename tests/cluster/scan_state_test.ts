import { assert, assertEquals, assertThrows } from "@std/assert";
import { type Importer, type NodeView, readNodeView, readRunId } from "../../cluster/node_view.ts";
import { ScanState } from "../../cluster/scan_state.ts";
import { UnexpectedReplyError } from "../../cluster/mod.ts";
import { readCases } from "./_cases.ts";

interface Spelled {
  owned: number[];
  importing?: Record<number, string>;
  migrating?: Record<number, string>;
  id?: string;
  runId?: string;
  epoch?: string;
  primary?: boolean;
}

interface ScanCase {
  name: string;
  before: Spelled;
  after: Spelled;
  awaited?: number[];
  scanned: number[];
  waiting?: Record<number, string>;
}

const ADDRESS = { host: "10.0.0.1", port: 6379 };
const ANY = { match: null, type: null };
const INFO = "# Server\r\nredis_version:7.0.15\r\nrun_id:abc123\r\ntcp_port:6379\r\n";

function importer(id: string): Importer {
  return { id, host: id, port: 1 };
}

function viewOf({ owned, importing = {}, migrating = {}, ...rest }: Spelled): NodeView {
  return {
    id: "a",
    runId: "run",
    epoch: "7",
    primary: true,
    ...rest,
    owned: new Set(owned),
    importing: new Set(Object.keys(importing).map(Number)),
    migrating: new Map(
      Object.entries(migrating).map(([slot, id]) => [Number(slot), importer(id)]),
    ),
  };
}

Deno.test("ScanState counts the slots that its case says, also when it was text in between", async () => {
  for (const test of await readCases<ScanCase[]>("cluster_scan.yaml")) {
    for (const resumed of [false, true]) {
      let state = new ScanState();
      for (const slot of test.awaited ?? []) state.waiting.set(slot, importer("a"));
      state.begin(ADDRESS, viewOf(test.before));
      assertEquals(state.current?.cursor, "0");
      if (resumed) state = ScanState.fromText(state.toText(ANY), ANY);
      state.finish(viewOf(test.after));
      assertEquals(state.current, null, test.name);
      assertEquals([...state.scanned].sort(), test.scanned, test.name);
      const waiting = Object.fromEntries([...state.waiting].map(([slot, { id }]) => [slot, id]));
      assertEquals(waiting, test.waiting ?? {}, test.name);
    }
  }
});

Deno.test("ScanState survives as text: slots, waiting slots, node and cursor of 64 bits", () => {
  const state = new ScanState();
  for (const slot of [0, 1, 2, 5, 7, 8, 16_382, 16_383]) state.scanned.add(slot);
  state.waiting.set(3, { id: "b", host: "::1", port: 7000 });
  state.begin(ADDRESS, viewOf({ owned: [100, 101, 200], migrating: { 101: "c" } }));
  state.current!.cursor = "18446744073709551615";
  const text = state.toText({ match: "text:a*", type: "hash" });
  assert(text.includes('"0-2,5,7-8,16382-16383"'), text);
  const read = ScanState.fromText(text, { match: "text:a*", type: "hash" });
  assertEquals(read, state);
  assertEquals(read.toText({ match: "text:a*", type: "hash" }), text);
});

Deno.test("ScanState refuses text that is no state, and a state of another scan", () => {
  const state = new ScanState();
  state.begin(ADDRESS, viewOf({ owned: [1] }));
  const good = JSON.parse(state.toText(ANY));
  for (
    const bad of [
      "",
      "{",
      "null",
      "[]",
      "7",
      JSON.stringify({ ...good, version: 2 }),
      JSON.stringify({ ...good, scanned: "1-" }),
      JSON.stringify({ ...good, scanned: "1-16384" }),
      JSON.stringify({ ...good, scanned: [1] }),
      JSON.stringify({ ...good, waiting: [[1]] }),
      JSON.stringify({ ...good, waiting: null }),
      JSON.stringify({ ...good, waiting: [[99_999, { id: "a", host: "h", port: 1 }]] }),
      JSON.stringify({ ...good, current: undefined }),
      JSON.stringify({ ...good, current: {} }),
      JSON.stringify({ ...good, current: { ...good.current, cursor: 5 } }),
      JSON.stringify({ ...good, current: { ...good.current, address: {} } }),
    ]
  ) {
    const error = assertThrows(() => ScanState.fromText(bad, ANY), TypeError, undefined, bad);
    assertEquals(
      error.message,
      "Cannot resume the scan: expected a state from the state() of a scan",
    );
  }
  for (const other of [{ match: "text:x", type: null }, { match: null, type: "set" }]) {
    const error = assertThrows(() => ScanState.fromText(JSON.stringify(good), other), TypeError);
    assertEquals(
      error.message,
      "Cannot resume the scan: its state belongs to a scan with another match or type",
    );
  }
});

Deno.test("readNodeView() reads what a node says about itself", () => {
  const nodes = [
    "bbb 127.0.0.1:7001@17001 master - 0 1700000000000 2 connected 8192-16383",
    "aaa 127.0.0.1:7000@17000 myself,master - 0 0 9 connected 0-4 7 10-11 [5->-bbb] [12-<-bbb] [6->-ccc] [8->-ddd]",
    "ccc ::1:7002@17002,name.example.com slave bbb 0 1700000000000 2 connected",
    "ddd 2001:db8::1:7003@17003, master - 0 1700000000000 2 connected",
    "",
  ].join("\n");
  assertEquals(readNodeView(nodes, "abc123"), {
    id: "aaa",
    runId: "abc123",
    epoch: "9",
    primary: true,
    owned: new Set([0, 1, 2, 3, 4, 7, 10, 11]),
    importing: new Set([12]),
    migrating: new Map([
      [5, { id: "bbb", host: "127.0.0.1", port: 7001 }],
      [6, { id: "ccc", host: "::1", port: 7002 }],
      [8, { id: "ddd", host: "2001:db8::1", port: 7003 }],
    ]),
  });
  const replica = "aaa 127.0.0.1:7000@17000 myself,slave bbb 0 0 9 connected\n";
  assertEquals(readNodeView(replica, "abc123").primary, false);
  assertEquals(readNodeView(replica, "abc123").owned.size, 0);
});

Deno.test("readNodeView() refuses replies that do not tell", () => {
  const good = "aaa 127.0.0.1:7000@17000 myself,master - 0 0 9 connected 0-4\n";
  assertEquals(readNodeView(good, "abc123").owned.size, 5);
  for (const nodes of ["", "OK", "aaa x myself"]) {
    assertThrows(() => readNodeView(nodes, "abc123"), UnexpectedReplyError);
  }
});

Deno.test("readNodeView() uses names of nodes where the node itself was asked by its name", () => {
  const nodes =
    "aaa 10.0.0.1:7000@17000,a.example.com myself,master - 0 0 9 connected 0 [0->-bbb] [1->-ccc]\n" +
    "bbb 10.0.0.2:7001@17001,b.example.com master - 0 0 2 connected\n" +
    "ccc 10.0.0.3:7002@17002 master - 0 0 2 connected\n";
  const hosts = (asked?: string) =>
    [...readNodeView(nodes, "abc123", asked).migrating.values()].map(({ host }) => host);
  assertEquals(hosts("a.example.com"), ["b.example.com", "10.0.0.3"]);
  assertEquals(hosts("10.0.0.1"), ["10.0.0.2", "10.0.0.3"]);
  const unknown = nodes.replace("10.0.0.2", "");
  assertEquals([...readNodeView(unknown, "abc123").migrating.values()][0].host, "b.example.com");
});

Deno.test("readRunId() reads what names a process, if it is there", () => {
  assertEquals(readRunId(INFO), "abc123");
  assertEquals(readRunId("# Server\r\n"), undefined);
});
