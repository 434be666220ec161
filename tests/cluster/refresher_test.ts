import { assert, assertEquals } from "@std/assert";
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

Deno.test("a refresh that kept the process busy is followed by a rest of nine times as long", async () => {
  const BUSY = 20;
  const began: number[] = [];
  const applied: Topology[] = [];
  const owner: RefresherOwner = {
    topology: null,
    sources: () => [{
      endpoint: ENDPOINT,
      call: ([, subcommand]) => {
        if (subcommand === "SLOTS") began.push(performance.now());
        return Promise.resolve(subcommand === "SLOTS" ? SLOTS : "cluster_current_epoch:1");
      },
    }],
    apply: (topology) => {
      applied.push(topology);
      work(BUSY);
    },
    requestsWait: () => false,
    onFailure: () => {},
    onNoAnswer: () => {},
  };
  const end = new AbortController();
  const { link } = settingsOf({ addresses: [ENDPOINT] }, "cluster");
  const refresher = new Refresher(owner, [ENDPOINT], link, end.signal);
  await refresher.refreshed();
  await refresher.refreshed();
  end.abort();
  assertEquals(applied.length, 2);
  const [first, second] = began;
  // Time of this process, so a busy machine can only lengthen it.
  assert(second - first >= 10 * BUSY, `${second - first} ms`);
});
