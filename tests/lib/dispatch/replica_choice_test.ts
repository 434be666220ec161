import { assertEquals } from "@std/assert";
import { lookUp } from "../../../lib/command_table/mod.ts";
import type { Link } from "../../../lib/connection/link.ts";
import { NO_OWNER, Request } from "../../../lib/connection/request.ts";
import { mayReadReplica, readsPages, ReplicaChoice } from "../../../lib/dispatch/replica_choice.ts";
import { ServerError, TimeoutError } from "../../../lib/errors.ts";
import { TurnedClock } from "../connection/_turned_clock.ts";

/** What a choice needs of a link. */
class Replica {
  ready = true;
  started = false;
  /** Answers to PING: an error rejects. */
  readonly answers: (string | Error)[] = [];
  pings = 0;

  constructor(readonly name: string) {}

  start(): void {
    this.started = true;
  }

  call(): Promise<string> {
    this.pings++;
    const answer = this.answers.shift() ?? "PONG";
    return typeof answer === "string" ? Promise.resolve(answer) : Promise.reject(answer);
  }

  get link(): Link {
    return this as unknown as Link;
  }
}

/** Three replicas and a choice among them. */
class Bench implements Disposable {
  readonly clock = new TurnedClock();
  readonly a = new Replica("a");
  readonly b = new Replica("b");
  readonly c = new Replica("c");
  readonly all = [this.a, this.b, this.c];
  readonly turns = { turn: 0 };
  readonly end = new AbortController();
  readonly choice = new ReplicaChoice<Replica>(
    { linkTo: (replica) => replica.link },
    this.end.signal,
  );

  /** Names of the next replicas. */
  next(count: number, replicas = this.all): string {
    return Array.from(
      { length: count },
      () => nameOf(this.choice.next(replicas, this.turns)),
    ).join("");
  }

  [Symbol.dispose](): void {
    this.end.abort();
    this.clock[Symbol.dispose]();
  }
}

function nameOf(link: Link | undefined): string {
  return link === undefined ? "-" : (link as unknown as Replica).name;
}

Deno.test("ReplicaChoice.next() takes the replicas in turn, without those that are not connected", () => {
  using bench = new Bench();
  assertEquals(bench.next(6), "abcabc");
  bench.b.ready = false;
  assertEquals(bench.next(4), "acac");
  for (const replica of bench.all) replica.ready = false;
  assertEquals(bench.next(1), "-");
  assertEquals(bench.next(1, []), "-");
  assertEquals(bench.all.map(({ started }) => started), [false, false, false]);
});

Deno.test("ReplicaChoice leaves out a shunned replica for 100 ms", async () => {
  using bench = new Bench();
  bench.choice.shun(bench.a.link);
  assertEquals(bench.next(4), "bcbc");
  await bench.clock.tick(99);
  assertEquals(bench.choice.isShunned(bench.a.link), true);
  await bench.clock.tick(1);
  assertEquals(bench.choice.isShunned(bench.a.link), false);
  for (const replica of bench.all) bench.choice.shun(replica.link);
  assertEquals(bench.next(1), "-");
});

Deno.test("ReplicaChoice leaves out a silent replica until it answers PING", async () => {
  using bench = new Bench();
  const late = new TimeoutError("Cannot complete PING", { phase: "sent", timeout: 1000 });
  bench.a.answers.push(late, late, "PONG");
  const answered = bench.choice.shunUntilAnswer(bench.a.link);
  // It is asked once at a time, and time alone does not bring it back.
  bench.choice.shunUntilAnswer(bench.a.link);
  bench.choice.shun(bench.a.link);
  assertEquals(bench.next(4), "bcbc");
  await answered;
  assertEquals(bench.a.pings, 3);
  await bench.clock.tick(100);
  assertEquals(bench.choice.isShunned(bench.a.link), false);
});

Deno.test("ReplicaChoice takes an error reply to PING for an answer, unless a script is running", async () => {
  using bench = new Bench();
  bench.a.answers.push(
    new ServerError("BUSY Redis is busy running a script"),
    new ServerError("NOPERM no permissions"),
  );
  const answered = bench.choice.shunUntilAnswer(bench.a.link);
  await bench.clock.tick(999);
  assertEquals([bench.a.pings, bench.choice.isShunned(bench.a.link)], [1, true]);
  await bench.clock.tick(1);
  await answered;
  assertEquals([bench.a.pings, bench.choice.isShunned(bench.a.link)], [2, false]);
});

for (const how of ["forgotten", "closed"] as const) {
  Deno.test(`ReplicaChoice asks a silent replica no more once it is ${how}`, async () => {
    using bench = new Bench();
    bench.a.ready = false;
    for (let i = 0; i < 9; i++) bench.a.answers.push(new Error("Cannot send PING: not connected"));
    const over = bench.choice.shunUntilAnswer(bench.a.link);
    await bench.clock.tick(1500);
    assertEquals(bench.a.pings, 2);
    if (how === "forgotten") bench.choice.forget(bench.a.link);
    else bench.end.abort();
    await bench.clock.tick(1000);
    await over;
    assertEquals(bench.a.pings, 2);
  });
}

Deno.test("ReplicaChoice.demand() connects to the replicas that it meets, and waits for a lone one", () => {
  using bench = new Bench();
  const { a, b, c, choice, turns } = bench;
  a.ready = false;
  assertEquals(nameOf(choice.demand(bench.all, turns)), "b");
  assertEquals([a.started, b.started, c.started], [true, true, false]);
  assertEquals(nameOf(choice.demand([a], turns)), "a");
  choice.shun(a.link);
  assertEquals(nameOf(choice.demand([a], turns)), "-");
});

Deno.test("ReplicaChoice.demand() without turns chooses the same replica each time", () => {
  using bench = new Bench();
  const pages = () => nameOf(bench.choice.demand(bench.all, null));
  assertEquals([pages(), pages(), bench.turns.turn], ["a", "a", 0]);
  bench.a.ready = false;
  assertEquals([pages(), pages()], ["b", "b"]);
});

Deno.test("mayReadReplica() is true of reads of keys that are no page of a scan", () => {
  const request = (...words: string[]) =>
    new Request(words, lookUp(words), (reply) => reply, NO_OWNER);
  const allowed: string[][] = [["GET", "k"], ["MGET", "k", "l"], ["SORT_RO", "k"]];
  const refused: string[][] = [
    ["SET", "k", "v"],
    ["GETEX", "k"],
    ["DBSIZE"],
    ["SCAN", "0"],
    ["HSCAN", "k", "0"],
    ["NO.SUCH", "k"],
  ];
  for (const words of allowed) assertEquals(mayReadReplica(request(...words)), true, words[0]);
  for (const words of refused) assertEquals(mayReadReplica(request(...words)), false, words[0]);
  assertEquals(readsPages(request("HSCAN", "k", "0")), true);
  assertEquals(readsPages(request("GET", "k")), false);
});
