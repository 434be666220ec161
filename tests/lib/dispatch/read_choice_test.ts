import { assertEquals } from "@std/assert";
import type { ReadFrom } from "../../../lib/configuration/options.ts";
import type { Link } from "../../../lib/connection/link.ts";
import { ReadChoice } from "../../../lib/dispatch/read_choice.ts";
import { ReplicaChoice } from "../../../lib/dispatch/replica_choice.ts";
import { TurnedClock } from "../connection/_turned_clock.ts";

/** What a choice needs of a link. */
class Node {
  ready = true;

  constructor(readonly name: string, public zone?: string) {}

  get link(): Link {
    return this as unknown as Link;
  }
}

/** A primary, two replicas in the zone of the client, and two elsewhere. */
class Bench implements Disposable {
  readonly clock = new TurnedClock();
  readonly primary = new Node("p", "far");
  readonly replicas = [
    new Node("a", "near"),
    new Node("x", "far"),
    new Node("b", "near"),
    new Node("y", "far"),
  ];
  readonly shunning: ReplicaChoice<Node>;
  readonly choice: ReadChoice<Node>;
  readonly turns = { turn: 0 };
  readonly end = new AbortController();
  /** How often it was told that no zone is known. */
  told = 0;

  constructor(readFrom: ReadFrom, clientAz?: string) {
    const links = {
      linkTo: (node: Node) => node.link,
      zoneOf: (node: Node) => node.zone,
      get knowsZones() {
        return nodes.some(({ zone }) => zone !== undefined);
      },
    };
    const nodes = [this.primary, ...this.replicas];
    this.shunning = new ReplicaChoice<Node>(links, this.end.signal);
    this.choice = new ReadChoice<Node>({ readFrom, clientAz }, links, this.shunning, () => {
      this.told++;
    });
  }

  /** Names of the next nodes; `-` for the primary where no other one can serve. */
  next(count: number, primary: Node | null = this.primary, replicas = this.replicas): string {
    return Array.from({ length: count }, () => {
      const link = this.choice.next(primary, replicas, this.turns);
      return link === undefined ? "-" : (link as unknown as Node).name;
    }).join("");
  }

  [Symbol.dispose](): void {
    this.end.abort();
    this.clock[Symbol.dispose]();
  }
}

Deno.test('ReadChoice with "primary" never chooses another node', () => {
  using bench = new Bench("primary");
  assertEquals(bench.next(2), "--");
  assertEquals(bench.choice.usesReplicas, false);
});

Deno.test('ReadChoice with "any" takes all nodes in turn, the primary included', () => {
  using bench = new Bench("any");
  assertEquals(bench.next(10), "axbypaxbyp");
  bench.replicas[0].ready = false;
  bench.shunning.shun(bench.replicas[2].link);
  assertEquals(bench.next(6), "xypxyp");
  assertEquals(bench.next(4, null), "xyxy");
  assertEquals(bench.next(2, bench.primary, []), "pp");
});

Deno.test('ReadChoice with "azAffinity": local replicas in turn, then the others, then none', () => {
  using bench = new Bench("azAffinity", "near");
  const [a, x, b, y] = bench.replicas;
  assertEquals(bench.next(6), "ababab");
  bench.shunning.shun(a.link);
  assertEquals(bench.next(2), "bb");
  b.ready = false;
  assertEquals(bench.next(4), "yxyx");
  x.ready = y.ready = false;
  assertEquals(bench.next(2), "--");
  a.ready = b.ready = true;
  assertEquals(bench.told, 0);
});

Deno.test('ReadChoice with "azAffinity" does not prefer a local primary', () => {
  using bench = new Bench("azAffinity", "near");
  bench.primary.zone = "near";
  bench.replicas[0].ready = bench.replicas[2].ready = false;
  assertEquals(bench.next(4), "xyxy");
});

Deno.test('ReadChoice with "azAffinityReplicasAndPrimary": local replicas, the local primary, the others', () => {
  using bench = new Bench("azAffinityReplicasAndPrimary", "near");
  const [a, x, b, y] = bench.replicas;
  assertEquals(bench.next(4), "abab");
  a.ready = b.ready = false;
  assertEquals(bench.next(4), "yxyx");
  bench.primary.zone = "near";
  assertEquals(bench.next(2), "pp");
  // A primary that must not be used is not.
  assertEquals(bench.next(2, null), "xy");
  bench.primary.ready = false;
  assertEquals(bench.next(2), "xy");
  x.ready = y.ready = false;
  assertEquals(bench.next(1), "-");
});

Deno.test("ReadChoice shares the turns of a rung evenly, whatever lies between its nodes", () => {
  using bench = new Bench("azAffinity", "near");
  const [a, x, b, y] = bench.replicas;
  const c = new Node("c", "near");
  for (const replicas of [[a, b, c, x, y], [x, a, y, b, c], [a, x, x, x, b, c]]) {
    const chosen = bench.next(300, bench.primary, replicas);
    for (const name of "abc") assertEquals(chosen.split(name).length - 1, 100, name);
  }
});

Deno.test("ReadChoice shares the turns of a lower rung evenly, however many rungs have no node that can serve", () => {
  for (const readFrom of ["azAffinity", "azAffinityReplicasAndPrimary"] as const) {
    for (const zone of ["far", undefined]) {
      for (let count = 1; count <= 5; count++) {
        using bench = new Bench(readFrom, "near");
        bench.primary.zone = zone;
        const replicas = Array.from("vwxyz".slice(0, count), (name) => new Node(name, zone));
        const chosen = bench.next(60 * count, bench.primary, replicas);
        for (const { name } of replicas) assertEquals(chosen.split(name).length - 1, 60, name);
      }
    }
  }
});

Deno.test("ReadChoice uses the next rung while no zone is known, and tells it once", () => {
  using bench = new Bench("azAffinity", "near");
  for (const node of [bench.primary, ...bench.replicas]) node.zone = undefined;
  assertEquals(bench.next(4), "axby");
  assertEquals(bench.told, 1);
  // A reconnect may tell the zone.
  bench.replicas[2].zone = "near";
  assertEquals(bench.next(2), "bb");
  bench.replicas[2].ready = false;
  bench.next(2);
  assertEquals(bench.told, 1);
});

Deno.test("ReadChoice tells nothing where zones are known and none is that of the client", () => {
  using bench = new Bench("azAffinity", "elsewhere");
  assertEquals(bench.next(4), "axby");
  assertEquals(bench.told, 0);
});
