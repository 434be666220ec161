import { assert, assertEquals } from "@std/assert";
import { type LateRequest, type Peer, Silence } from "../../../lib/connection/silence.ts";
import { TurnedClock } from "./_turned_clock.ts";

/** A connection without a socket. */
class FakePeer implements Peer {
  received = 0;
  answered = 0;
  closed = false;

  close(): void {
    this.closed = true;
  }
}

/** A link without a node: what the node does with a fresh connection is up to the test. */
class FakeLink {
  readonly clock: TurnedClock;
  /** What was done, and when. */
  readonly log: string[] = [];
  readonly fresh: FakePeer[] = [];
  connection: FakePeer | null = new FakePeer();
  /** What comes of the next attempts. */
  node: "answers" | "is away" | "keeps waiting" = "answers";
  readonly silence: Silence<FakePeer> = new Silence<FakePeer>({
    present: () => this.connection,
    probe: () => {
      this.log.push(`asked at ${this.clock.now}`);
      if (this.node === "is away") return Promise.reject(new Error("away"));
      if (this.node === "keeps waiting") return Promise.resolve(null);
      const peer = new FakePeer();
      this.fresh.push(peer);
      return Promise.resolve(peer);
    },
    replace: (silent, fresh) => {
      assertEquals(silent, this.connection);
      this.log.push(`replaced at ${this.clock.now}`);
      this.connection = fresh;
      this.silence.begin(fresh);
    },
  });

  constructor(clock: TurnedClock) {
    this.clock = clock;
  }

  /** A request that is late now. */
  late(timeout: number, receivedBefore: number = this.connection!.received): boolean {
    const { now } = this.clock;
    return this.silence.late({ written: now - timeout, deadline: now, timeout, receivedBefore });
  }

  take(): string[] {
    return this.log.splice(0);
  }
}

Deno.test("a peer that sends nothing for a second is replaced, once the node has answered elsewhere", async () => {
  using clock = new TurnedClock();
  const link = new FakeLink(clock);
  await clock.tick(100);
  assert(link.late(100));
  assert(link.silence.suspected);
  await clock.tick(899);
  assertEquals(link.take(), []);
  await clock.tick(1);
  assertEquals(link.take(), ["asked at 1000"]);
  await clock.tick(60);
  assertEquals(link.take(), ["replaced at 1050"]);
  assert(!link.silence.suspected);
  await clock.tick(10_000);
  assertEquals(link.take(), []);
});

Deno.test("a longer timeout is given twice its time", async () => {
  using clock = new TurnedClock();
  const link = new FakeLink(clock);
  await clock.tick(2000);
  assert(link.late(2000));
  await clock.tick(1999);
  assertEquals(link.take(), []);
  await clock.tick(100);
  assertEquals(link.take(), ["asked at 4000", "replaced at 4050"]);
});

Deno.test("whatever comes from the peer ends the suspicion, before, while or after the node is asked", async () => {
  for (const ms of [0, 500, 899, 901, 940]) {
    using clock = new TurnedClock();
    const link = new FakeLink(clock);
    await clock.tick(100);
    link.late(100);
    await clock.tick(ms);
    link.connection!.received++;
    assert(!link.silence.suspected);
    await clock.tick(10_000);
    assertEquals(link.take().filter((entry) => entry.startsWith("replaced")), []);
    assert(link.fresh.every(({ closed }) => closed));
  }
});

Deno.test("a request during which something came says nothing", async () => {
  using clock = new TurnedClock();
  const link = new FakeLink(clock);
  await clock.tick(100);
  link.connection!.received = 5;
  assert(!link.late(100, 4));
  assert(!link.silence.suspected);
  await clock.tick(10_000);
  assertEquals(link.take(), []);
});

Deno.test("a patient request does not hide that others are late, whichever is late first", async () => {
  for (const patientFirst of [true, false]) {
    using clock = new TurnedClock();
    const link = new FakeLink(clock);
    await clock.tick(3000);
    if (patientFirst) link.late(3000);
    link.late(100);
    if (!patientFirst) link.late(3000);
    await clock.tick(1000);
    assertEquals(link.take(), ["asked at 3900", "replaced at 3950"]);
  }
});

Deno.test("what could not even be written counts from its call", async () => {
  using clock = new TurnedClock();
  const link = new FakeLink(clock);
  await clock.tick(400);
  const request: LateRequest = { written: 0, deadline: 400, timeout: 100, receivedBefore: 0 };
  assert(link.silence.late(request));
  await clock.tick(1000);
  assertEquals(link.take(), ["asked at 1300", "replaced at 1350"]);
});

Deno.test("a node that is away is asked again, less and less often, and the connection is kept meanwhile", async () => {
  using clock = new TurnedClock();
  const link = new FakeLink(clock);
  link.node = "is away";
  await clock.tick(100);
  link.late(100);
  await clock.tick(20_000);
  const asked = link.take();
  assertEquals(asked.slice(0, 4), [
    "asked at 1000",
    "asked at 1250",
    "asked at 1750",
    "asked at 2750",
  ]);
  assert(asked.length <= 14, String(asked.length));
  link.node = "answers";
  await clock.tick(2100);
  assertEquals(link.take().map((entry) => entry.split(" ")[0]), ["asked", "replaced"]);
});

Deno.test("a connection that the node keeps waiting on purpose is kept", async () => {
  using clock = new TurnedClock();
  const link = new FakeLink(clock);
  link.node = "keeps waiting";
  await clock.tick(100);
  link.late(100);
  for (let i = 0; i < 10; i++) {
    await clock.tick(1000);
    link.late(100);
  }
  link.connection!.received++;
  await clock.tick(10_000);
  assertEquals(link.take().filter((entry) => entry.startsWith("replaced")), []);
});

Deno.test("connections that answer nothing are replaced less and less often", async () => {
  using clock = new TurnedClock();
  const link = new FakeLink(clock);
  const replaced: number[] = [];
  while (clock.now < 40_000) {
    await clock.tick(100);
    link.late(100);
    for (const entry of link.take()) {
      if (entry.startsWith("replaced")) replaced.push(Number(entry.split(" ").at(-1)));
    }
  }
  const distances = replaced.slice(1).map((time, i) => time - replaced[i]);
  assert(replaced.length <= 6, String(replaced));
  for (const [i, distance] of distances.slice(1).entries()) {
    assert(distance > 1.7 * distances[i], String(distances));
  }
});

Deno.test("a connection that falls silent after it was of use is replaced as soon as the first", async () => {
  using clock = new TurnedClock();
  const link = new FakeLink(clock);
  for (let i = 0; i < 3; i++) {
    link.connection!.answered += 3;
    link.connection!.received += 3;
    const start = clock.now;
    await clock.tick(100);
    link.late(100);
    await clock.tick(1000);
    assertEquals(link.take(), [`asked at ${start + 1000}`, `replaced at ${start + 1050}`]);
  }
});

Deno.test("connections that are of use but fall silent very often are replaced less often", async () => {
  using clock = new TurnedClock();
  const link = new FakeLink(clock);
  let replaced = 0;
  while (clock.now < 60_000) {
    link.connection!.answered++;
    link.connection!.received++;
    const present = link.connection;
    for (let i = 0; i < 20 && link.connection === present; i++) {
      await clock.tick(100);
      link.late(100);
    }
    replaced += link.take().filter((entry) => entry.startsWith("replaced")).length;
  }
  assert(replaced <= 5, String(replaced));
});

Deno.test("time in which the process was busy does not make a peer silent", async () => {
  using clock = new TurnedClock();
  const link = new FakeLink(clock);
  await clock.tick(100);
  link.late(100);
  clock.late += 3000;
  await clock.tick(60);
  assertEquals(link.take(), []);
});

Deno.test("stop() ends it at any time", async () => {
  for (const ms of [0, 899, 901, 940]) {
    using clock = new TurnedClock();
    const link = new FakeLink(clock);
    await clock.tick(100);
    link.late(100);
    await clock.tick(ms);
    link.silence.stop();
    await clock.tick(10_000);
    assertEquals(link.take().filter((entry) => entry.startsWith("replaced")), []);
    assert(!link.late(100));
    assert(link.fresh.every(({ closed }) => closed));
  }
});
