import { assertEquals, assertRejects } from "@std/assert";
import { settingsOf } from "../../lib/configuration/settings.ts";
import type { Link } from "../../lib/connection/link.ts";
import { ConnectionError, ServerError } from "../../lib/errors.ts";
import { until } from "../../lib/testing/_poll.ts";
import { RoleWatch } from "../../standalone/role_watch.ts";

type Role = "master" | "slave" | "silent" | "refused" | "cut";

/** What a watch needs of a link to a node with a role. */
class Node {
  ready = true;
  closed = false;
  waiting = 0;
  readonly endpoint;
  /** How often it was asked for its role. */
  asked = 0;
  /** Names that were opened again. */
  replaced = 0;

  constructor(port: number, public role: Role, public inSync = true, readonly runId = `${port}`) {
    this.endpoint = { host: "localhost", port };
  }

  call([name]: string[]): Promise<unknown> {
    if (this.role === "silent") return new Promise(() => {});
    if (name === "INFO" && this.role !== "refused") return Promise.resolve(`run_id:${this.runId}`);
    if (name === "ROLE") this.asked++;
    switch (this.role) {
      case "refused":
        return Promise.reject(new ServerError(`NOPERM no permission to run ${name}`));
      case "cut":
        return Promise.reject(
          new ConnectionError("Cannot ask: the connection is closed", this.endpoint),
        );
      case "master":
        return Promise.resolve(["master", 0, []]);
      default:
        return Promise.resolve(["slave", "h", 1, this.inSync ? "connected" : "connect", 0]);
    }
  }

  replace(): Promise<boolean> {
    this.replaced++;
    return Promise.resolve(false);
  }

  get link(): Link {
    return this as unknown as Link;
  }
}

/** A watch over nodes that have told their roles. */
class Bench implements Disposable {
  readonly watch: RoleWatch;
  readonly end = new AbortController();
  readonly nodes: readonly Node[];
  answers = 0;

  private constructor(nodes: readonly Node[]) {
    this.nodes = nodes;
    const settings = settingsOf({ addresses: nodes.map(({ endpoint }) => endpoint) }, "standalone");
    const list = { all: nodes.map(({ link }) => link), lone: nodes.length === 1 };
    this.watch = new RoleWatch(list, settings, {
      onAnswer: () => this.answers++,
      isAwaited: () => false,
      onAsking: () => {},
    }, this.end.signal);
  }

  static async of(...nodes: Node[]): Promise<Bench> {
    const bench = new Bench(nodes);
    for (const { link } of nodes) {
      await bench.watch.identify(link);
      bench.watch.onReady(link);
    }
    bench.watch.choosePrimary();
    return bench;
  }

  get primary(): number | undefined {
    return this.watch.primary?.endpoint.port;
  }

  get readable(): number[] {
    return this.watch.readable().map(({ endpoint }) => endpoint.port);
  }

  [Symbol.dispose](): void {
    this.end.abort();
  }
}

Deno.test("RoleWatch finds the primary and its replicas", async () => {
  using bench = await Bench.of(new Node(1, "slave"), new Node(2, "master"), new Node(3, "slave"));
  assertEquals([bench.primary, bench.readable], [2, [1, 3]]);
  assertEquals([bench.watch.hasPrimary, bench.watch.inDoubt], [true, false]);
});

Deno.test("RoleWatch follows a replica that takes over, and not the primary that comes back", async () => {
  const [first, second] = [new Node(1, "master"), new Node(2, "slave")];
  using bench = await Bench.of(first, second);
  first.ready = false;
  bench.watch.forget(first.link);
  bench.watch.choosePrimary();
  assertEquals([bench.primary, bench.watch.hasPrimary], [1, false]);
  second.role = "master";
  await bench.watch.refreshed();
  bench.watch.choosePrimary();
  assertEquals([bench.primary, bench.watch.hasPrimary], [2, true]);
  first.ready = true;
  await bench.watch.identify(first.link);
  bench.watch.choosePrimary();
  assertEquals(bench.primary, 2);
});

Deno.test("RoleWatch reads old values only while there is no primary", async () => {
  const primary = new Node(1, "master");
  using bench = await Bench.of(primary, new Node(2, "slave", false));
  assertEquals(bench.readable, []);
  primary.ready = false;
  bench.watch.forget(primary.link);
  assertEquals(bench.readable, [2]);
});

Deno.test("RoleWatch doubts a primary that refuses a write, and takes it for a replica if it does so again", async () => {
  const [primary, replica] = [new Node(1, "master"), new Node(2, "slave")];
  using bench = await Bench.of(primary, replica);
  bench.watch.distrust(replica.link, 0);
  assertEquals(bench.watch.inDoubt, false);
  bench.watch.distrust(primary.link, 0);
  assertEquals([bench.watch.inDoubt, bench.readable], [true, [2]]);
  await bench.watch.refreshed();
  assertEquals(bench.watch.inDoubt, false);
  bench.watch.distrust(primary.link, 1);
  assertEquals([bench.watch.inDoubt, bench.readable], [true, [1, 2]]);
});

Deno.test("RoleWatch asks a node once at a time", async () => {
  const [primary, silent] = [new Node(1, "master"), new Node(2, "slave")];
  using bench = await Bench.of(primary, silent);
  silent.role = "silent";
  const before = primary.asked;
  bench.watch.refresh();
  assertEquals([bench.watch.isKnown(primary.link), bench.watch.isKnown(silent.link)], [
    false,
    false,
  ]);
  await until("the primary has answered", () => Promise.resolve(bench.watch.isKnown(primary.link)));
  bench.watch.refresh();
  assertEquals(primary.asked, before + 2);
  assertEquals(bench.watch.isKnown(silent.link), false);
});

Deno.test("RoleWatch refuses one of several nodes that does not tell its role, and takes an only one", async () => {
  using alone = await Bench.of(new Node(1, "refused"));
  assertEquals([alone.primary, alone.watch.hasPrimary], [1, true]);
  const refused = new Node(2, "slave");
  using several = await Bench.of(new Node(1, "master"), refused);
  refused.role = "refused";
  const error = await assertRejects(
    () => several.watch.identify(refused.link),
    ConnectionError,
    "Cannot tell the role of localhost:2: allow the user to run ROLE or INFO (NOPERM",
  );
  assertEquals([several.watch.isUntold(error), several.watch.isUntold(new Error())], [true, false]);
});

Deno.test("RoleWatch stops asking an only node that closes the connection each time", async () => {
  const node = new Node(1, "master");
  using bench = await Bench.of(node);
  node.role = "cut";
  const { link } = node;
  for (let i = 0; i < 2; i++) {
    await assertRejects(() => bench.watch.identify(link), ConnectionError);
  }
  const before = node.asked;
  await bench.watch.identify(link);
  assertEquals([node.asked, bench.watch.hasPrimary], [before, true]);
});

Deno.test("RoleWatch compares the servers of all that say that they are the primary", async () => {
  using same = await Bench.of(new Node(1, "master", true, "a"), new Node(2, "master", true, "a"));
  using other = await Bench.of(new Node(1, "master"), new Node(2, "master"));
  await until("run ids are known", () => Promise.resolve(same.answers >= 2 && other.answers >= 2));
  assertEquals(same.watch.compareClaims(), "same");
  const difference = other.watch.compareClaims();
  assertEquals(typeof difference === "object" && difference.second.endpoint.port, 2);
});

Deno.test("RoleWatch opens fresh connections to names that lead to no primary", async () => {
  const [primary, replica] = [new Node(1, "master"), new Node(2, "slave")];
  using bench = await Bench.of(primary, replica);
  bench.watch.doubt(primary.link);
  bench.watch.renew();
  assertEquals([primary.replaced, replica.replaced], [1, 1]);
});

Deno.test("RoleWatch gives no writes to a primary while sentinels name another node, until that has answered", async () => {
  const [first, second] = [new Node(1, "master"), new Node(2, "slave")];
  using bench = await Bench.of(first, second);
  const { watch } = bench;
  watch.appoint([first.link]);
  assertEquals([watch.hasPrimary, watch.inDoubt], [true, false]);
  watch.appoint([second.link, first.link]);
  assertEquals([watch.hasPrimary, watch.inDoubt, watch.isSuperseded], [false, true, true]);
  // It says again that it is the primary.
  await watch.refreshed();
  assertEquals([watch.hasPrimary, watch.inDoubt], [false, true]);
  // The other one has denied it meanwhile.
  watch.choosePrimary();
  assertEquals([bench.primary, watch.hasPrimary, watch.isSuperseded], [1, true, false]);

  second.role = "master";
  watch.appoint([second.link]);
  await until("it has answered", () => Promise.resolve(watch.isKnown(second.link)));
  watch.choosePrimary();
  assertEquals([bench.primary, watch.hasPrimary, watch.inDoubt], [2, true, false]);
});

Deno.test("RoleWatch does not take the next candidate while the first one does not answer", async () => {
  const [first, second, third] = [
    new Node(1, "slave"),
    new Node(2, "master"),
    new Node(3, "master"),
  ];
  using bench = await Bench.of(first, second, third);
  first.role = "silent";
  bench.watch.appoint([first.link, third.link]);
  bench.watch.choosePrimary();
  assertEquals([bench.primary, bench.watch.inDoubt], [2, true]);
  first.ready = false;
  bench.watch.choosePrimary();
  assertEquals([bench.primary, bench.watch.inDoubt], [2, true]);
});

Deno.test("RoleWatch goes by what the nodes say when no sentinel answers, but not while one is named", async () => {
  const [first, second, away] = [new Node(1, "master"), new Node(2, "slave"), new Node(3, "slave")];
  using bench = await Bench.of(first, second, away);
  bench.watch.appoint([first.link]);
  first.ready = false;
  bench.watch.forget(first.link);
  second.role = "master";
  await bench.watch.refreshed();
  bench.watch.choosePrimary();
  assertEquals(bench.primary, 1, "no sentinel has named the second one");
  bench.watch.appoint(null);
  bench.watch.choosePrimary();
  assertEquals(bench.primary, 2);
  away.ready = false;
  bench.watch.appoint([away.link]);
  bench.watch.appoint(null);
  bench.watch.choosePrimary();
  assertEquals([bench.primary, bench.watch.hasPrimary, bench.watch.inDoubt], [2, false, true]);
});
