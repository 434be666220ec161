/**
 * Scene: the catalogue is read through the replicas, which take turns.
 *
 * @module
 */

import type { RedisClient } from "../../../../mod.ts";
import type { TestServer } from "../../../../lib/testing/mod.ts";
import type { Product } from "../catalogue.ts";
import { count, counted, duration, percent, rate } from "../number_text.ts";
import { readCatalogue } from "../read_catalogue.ts";
import type { Stage, Verdict } from "../scene.ts";
import { callsOf, resetCounters } from "../server_counters.ts";

/** What came of it. */
export interface ReplicaFigures {
  readonly reads: number;
  /** Milliseconds that they took. */
  readonly elapsed: number;
  /** Products that were missing, or not as they had been stored. */
  readonly wrong: number;
  /** Reads that the primary has counted. */
  readonly primary: number;
  /** Reads that each replica has counted. */
  readonly replicas: readonly number[];
}

/**
 * Reads the catalogue, and asks each server how much of it it was asked for.
 *
 * @param stage Where the demo runs.
 * @param client A client that prefers replicas.
 * @param primary The primary, whose replicas are all in sync.
 * @param products The catalogue.
 */
export async function readReplicas(
  { terminal }: Stage,
  client: RedisClient,
  primary: TestServer,
  products: readonly Product[],
): Promise<ReplicaFigures> {
  terminal.heading('Read it through the replicas (readFrom: "preferReplica")');
  const servers = [primary, ...primary.replicas];
  await resetCounters(servers);
  const started = performance.now();
  let wrong;
  {
    using progress = terminal.progress("Reading");
    wrong = await readCatalogue(client, products, (read) => {
      const speed = rate(read, performance.now() - started);
      progress.update(read / products.length, `${counted(read, "product")}, ${speed}`);
    });
  }
  const elapsed = performance.now() - started;
  const [ofPrimary, ...ofReplicas] = await Promise.all(
    servers.map((server) => callsOf(server, "hgetall")),
  );
  terminal.say(
    `${counted(products.length, "product")} in ${duration(elapsed)}: ` +
      `${rate(products.length, elapsed)}. What the servers have counted themselves:`,
  );
  terminal.table(
    ["server", "role", "HGETALL", "share"],
    servers.map(({ host, port }, i) => {
      const calls = i === 0 ? ofPrimary : ofReplicas[i - 1];
      return [
        `${host}:${port}`,
        i === 0 ? "primary" : "replica",
        count(calls),
        percent(calls, products.length),
      ];
    }),
  );
  return { reads: products.length, elapsed, wrong, primary: ofPrimary, replicas: ofReplicas };
}

/**
 * Says what had to hold.
 *
 * @param figures What came of the scene.
 */
export function judgeReplicas(figures: ReplicaFigures): Verdict {
  const { reads, elapsed, wrong, primary, replicas } = figures;
  const sum = replicas.reduce((sum, calls) => sum + calls, 0);
  return {
    title: "Read through replicas",
    facts: [
      ["Reads", `${count(reads)} in ${duration(elapsed)}, ${rate(reads, elapsed)}`],
      ["Answered by each replica", replicas.map(count).join(", ")],
    ],
    checks: [
      { claim: `All ${count(reads)} products were right`, held: reads > 0 && wrong === 0 },
      { claim: "The primary was left alone", held: primary === 0 && sum === reads },
      {
        claim: "The replicas took turns",
        held: replicas.length > 1 && Math.max(...replicas) - Math.min(...replicas) <= 1,
      },
    ],
  };
}
