import { assert, assertEquals } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { Refresher, type RefresherOwner } from "../../cluster/refresher.ts";
import type { Topology } from "../../cluster/topology.ts";
import { settingsOf } from "../../lib/configuration/settings.ts";
import type { Reply } from "../../lib/resp/reply.ts";

const ENDPOINT = { host: "10.0.0.1", port: 7000 };
const SLOTS: Reply = [[0, 16_383, ["10.0.0.1", 7000, "id", []]]];

/** Keeps the process busy. */
function work(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

/** A refresher of a cluster with one node. */
function refresherOf(
  { onAsked = () => {}, apply, signal }: {
    onAsked?: () => void;
    apply: (topology: Topology) => void;
    signal: AbortSignal;
  },
): Refresher {
  const owner: RefresherOwner = {
    topology: null,
    sources: () => [{
      endpoint: ENDPOINT,
      call: ([, subcommand]) => {
        if (subcommand === "SLOTS") onAsked();
        return Promise.resolve(subcommand === "SLOTS" ? SLOTS : "cluster_current_epoch:1");
      },
    }],
    apply,
    requestsWait: () => false,
    onFailure: () => {},
    onNoAnswer: () => {},
  };
  const { link } = settingsOf({ addresses: [ENDPOINT] }, "cluster");
  return new Refresher(owner, [ENDPOINT], link, signal);
}

Deno.test("a refresh that kept the process busy is followed by a rest of nine times as long", async () => {
  const BUSY = 20;
  const began: number[] = [];
  const applied: Topology[] = [];
  const end = new AbortController();
  const refresher = refresherOf({
    onAsked: () => began.push(performance.now()),
    apply: (topology) => {
      applied.push(topology);
      work(BUSY);
    },
    signal: end.signal,
  });
  await refresher.refreshed();
  await refresher.refreshed();
  end.abort();
  assertEquals(applied.length, 2);
  const [first, second] = began;
  // Time of this process, so a busy machine can only lengthen it.
  assert(second - first >= 10 * BUSY, `${second - first} ms`);
});

Deno.test("a process that was stopped during a refresh does not rest for nine times as long", async () => {
  const { now } = performance;
  const end = new AbortController();
  let skipped = 0;
  performance.now = () => now.call(performance) + skipped;
  try {
    const refresher = refresherOf({ apply: () => skipped += 60_000, signal: end.signal });
    await refresher.refreshed();
    skipped += 3000;
    await deadline(refresher.refreshed(), 10_000);
  } finally {
    end.abort();
    performance.now = now;
  }
});
