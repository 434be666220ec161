/**
 * Scene: commands that concern several shards at once.
 *
 * @module
 */

import { ClusterError, type RedisClusterClient } from "../../../../mod.ts";
import type { TestCluster } from "../../../../lib/testing/mod.ts";
import { count, counted, duration } from "../number_text.ts";
import type { Stage, Verdict } from "../scene.ts";
import { callsOf, resetCounters } from "../server_counters.ts";
import { keysOf } from "../slot_map.ts";
import type { SlotRecord } from "../slot_records.ts";

/** One call, and what came of it. */
export interface Call {
  readonly what: string;
  /** How many shards were involved, as their servers count. */
  readonly shards: number;
  /** Milliseconds that it took. */
  readonly elapsed: number;
  /** What it answered, in short. */
  readonly answer: string;
  /** Whether that was right. */
  readonly right: boolean;
}

/** What came of it. */
export interface CommandFigures {
  readonly calls: readonly Call[];
  /** Whether keys in different slots were refused where they cannot be split, and accepted with a hash tag. */
  readonly unsplittable: { readonly refused: boolean; readonly acceptedWithTag: boolean };
}

/** Keys of the commands on several keys. */
const KEYS = 300;

/**
 * Calls commands on several keys, and commands on the whole cluster.
 *
 * @param stage Where the demo runs.
 * @param client A client for the cluster.
 * @param cluster The cluster.
 * @param records What it holds.
 */
export async function callAcrossShards(
  { terminal }: Stage,
  client: RedisClusterClient,
  cluster: TestCluster,
  records: readonly SlotRecord[],
): Promise<CommandFigures> {
  terminal.heading("Commands across shards");
  const primaries = await cluster.primaries();
  const call = async <T>(
    command: string,
    what: string,
    run: () => Promise<T>,
    judge: (value: T) => { answer: string; right: boolean },
  ): Promise<Call> => {
    await resetCounters(primaries);
    const started = performance.now();
    const value = await run();
    const elapsed = performance.now() - started;
    const counts = await Promise.all(primaries.map((node) => callsOf(node, command)));
    const shards = counts.filter((calls) => calls > 0).length;
    return { what: `${command.toUpperCase()} ${what}`, shards, elapsed, ...judge(value) };
  };
  const isNumber = (wanted: number) => (value: unknown) => {
    return { answer: count(Number(value)), right: value === wanted };
  };

  const entries: [string, string][] = Array.from(
    { length: KEYS },
    (_, i) => [`bulk:${i}`, `value ${i}`],
  );
  const keys = entries.map(([key]) => key);
  const named = `of ${counted(KEYS, "key")}`;
  // With a key that is not there in the middle, to see that the order is kept.
  const asked = keys.toSpliced(KEYS / 2, 0, "bulk:none");
  const prefix = "record:1";
  const matching = records.filter(({ key }) => key.startsWith(prefix)).map(({ key }) => key);
  const calls = [
    await call("mset", named, () => client.mset(entries), (answer) => {
      return { answer, right: answer === "OK" };
    }),
    await call("mget", named, () => client.mget(asked), (values) => {
      const wanted = entries.map(([, value]): string | null => value).toSpliced(KEYS / 2, 0, null);
      return {
        answer: `${counted(values.length, "value")} in order, one of them null`,
        right: JSON.stringify(values) === JSON.stringify(wanted),
      };
    }),
    await call("exists", named, () => client.exists(keys), isNumber(KEYS)),
    await call(
      "dbsize",
      "",
      () => client.customCommand(["DBSIZE"]),
      isNumber(records.length + KEYS),
    ),
    await call("del", named, () => client.del(keys), isNumber(KEYS)),
    await call("keys", `${prefix}*`, () => client.keys(`${prefix}*`), (found) => {
      return {
        answer: counted(found.length, "key"),
        right: found.toSorted().join() === matching.toSorted().join(),
      };
    }),
  ];
  terminal.table(
    ["command", "shards", "took", "answered"],
    calls.map(({ what, shards, elapsed, answer }) => {
      return [what.trim(), String(shards), duration(elapsed), answer];
    }),
  );
  const perNode = await Promise.all(primaries.map(async (node) => {
    return `${node.host}:${node.port} ${count(await keysOf(client, node))}`;
  }));
  terminal.say(`DBSIZE of each primary, by a route to it: ${perNode.join(", ")}`);

  const refused = await refusal(client.rename("cart:1", "cart:2"));
  terminal.say(`RENAME over two slots: ${refused?.message ?? "was let through"}`);
  await client.set("{cart}:1", "apples");
  const acceptedWithTag = await client.rename("{cart}:1", "{cart}:2") === "OK" &&
    await client.get("{cart}:2") === "apples";
  await client.del("{cart}:2");
  return { calls, unsplittable: { refused: refused !== undefined, acceptedWithTag } };
}

/**
 * Says what had to hold.
 *
 * @param figures What came of the scene.
 */
export function judgeCommands({ calls, unsplittable }: CommandFigures): Verdict {
  return {
    title: "Cluster: commands across shards",
    facts: calls.map(({ what, shards, elapsed }) => {
      return [what.trim(), `${counted(shards, "shard")}, ${duration(elapsed)}`];
    }),
    checks: [
      {
        claim: "Each reply was the right one for the whole cluster",
        held: calls.length > 0 && calls.every(({ right }) => right),
      },
      { claim: "Each command reached all shards", held: calls.every(({ shards }) => shards === 3) },
      {
        claim: "What cannot be split was refused before it was sent, and runs with a hash tag",
        held: unsplittable.refused && unsplittable.acceptedWithTag,
      },
    ],
  };
}

async function refusal(call: Promise<unknown>): Promise<ClusterError | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    if (error instanceof ClusterError) return error;
    throw error;
  }
}
