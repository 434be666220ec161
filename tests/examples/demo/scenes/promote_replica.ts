/**
 * Scene: the primary is killed while orders are written, and a replica takes its place.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { ConnectionError, TimeoutError } from "../../../../mod.ts";
import type { TestServer } from "../../../../lib/testing/mod.ts";
import { type Audit, audit, lossText } from "../audit.ts";
import type { Product } from "../catalogue.ts";
import { connect } from "../connect.ts";
import { count, duration } from "../number_text.ts";
import { readCatalogue } from "../read_catalogue.ts";
import type { Stage, Verdict } from "../scene.ts";
import { callsOf, resetCounters } from "../server_counters.ts";
import { Timeline } from "../timeline.ts";
import { Traffic } from "../traffic.ts";
import { figuresOf, longestGap, trafficFacts, type TrafficFigures } from "../traffic_figures.ts";

/** What came of it. */
export interface PromotionFigures {
  readonly traffic: TrafficFigures;
  readonly audit: Audit;
  /** Milliseconds in which no write was acknowledged. */
  readonly gap: number;
  /** Milliseconds from the kill to the promotion. */
  readonly hesitation: number;
  /** Milliseconds from the promotion to the first write that was acknowledged. */
  readonly recovery: number;
  /** Products of the catalogue that are missing or wrong now, at the new primary and at the other replica. */
  readonly wrongProducts: { readonly primary: number; readonly replica: number };
  /** Whether those two nodes were read from, each for the whole catalogue. */
  readonly readFromBoth: boolean;
}

/**
 * Kills the primary and promotes the replica that knows most.
 *
 * @param stage Where the demo runs.
 * @param primary A primary with two replicas.
 * @param products The catalogue that they hold.
 */
export async function promoteReplica(
  { terminal, scale }: Stage,
  primary: TestServer,
  products: readonly Product[],
): Promise<PromotionFigures> {
  terminal.heading("Kill the primary while orders come in, and promote a replica");
  const servers = [primary, ...primary.replicas];
  await using client = await connect(servers);
  const keyOf = (n: number) => `order:${n}`;
  const valueOf = (n: number) => `order ${n}: ${1 + n % 3} × product:${1 + n % scale.products}`;
  using timeline = new Timeline(client.events);
  await using traffic = new Traffic({
    requestsPerSecond: scale.requestsPerSecond,
    request: (n) => client.set(keyOf(n), valueOf(n)),
    // Storing the same order again does no harm.
    mayRepeat: (error) => error instanceof ConnectionError || error instanceof TimeoutError,
  });
  let state = "all is well";
  using progress = terminal.progress("Writing");
  progress.follow(() =>
    `${state}; ${count(traffic.made)} orders, ${count(traffic.waiting)} waiting`
  );

  await delay(scale.calm);
  const killed = performance.now();
  await primary.kill();
  state = "the primary is dead";
  // Somebody has to notice first.
  await delay(scale.hesitation);
  const [promoted, replica] = await byKnowledge(primary.replicas);
  const decided = performance.now();
  await promoted.promote();
  state = "a replica was promoted";
  await replica.replicaOf(promoted);
  await delay(scale.calm);
  const outcomes = await traffic.stop();
  progress.end();

  const gap = longestGap(outcomes);
  await resetCounters([promoted, replica]);
  await using reader = await connect(servers, { readFrom: "preferReplica" });
  const figures: PromotionFigures = {
    traffic: figuresOf(outcomes),
    audit: await audit({
      outcomes,
      byDead: () => true,
      lastAnswer: gap.begin,
      read: (n) => client.get(keyOf(n)),
      valueOf,
    }),
    gap: gap.length,
    hesitation: decided - killed,
    recovery: gap.end - decided,
    wrongProducts: {
      primary: await readCatalogue(client, products),
      replica: await readCatalogue(reader, products),
    },
    readFromBoth: await callsOf(promoted, "hgetall") === products.length &&
      await callsOf(replica, "hgetall") === products.length,
  };
  const { port } = primary;
  terminal.say(`What the client told after the kill of ${primary.host}:${port}:\n`);
  for (const line of timeline.lines(killed)) terminal.say(line);
  terminal.say(
    `\nThe demo waited ${duration(figures.hesitation)} before it promoted a replica; ` +
      `the next order was acknowledged ${duration(figures.recovery)} later.`,
  );
  return figures;
}

/**
 * Says what had to hold.
 *
 * @param figures What came of the scene.
 */
export function judgePromotion(figures: PromotionFigures): Verdict {
  const { traffic, audit, gap, hesitation, recovery, wrongProducts, readFromBoth } = figures;
  return {
    title: "Primary killed while writing",
    facts: [
      ...trafficFacts(traffic, "Orders"),
      ["Longest gap", `${duration(gap)}, ${duration(hesitation)} of it before the promotion`],
      ["First order after the promotion", duration(recovery)],
      ["Orders lost with the primary", lossText(audit)],
    ],
    checks: [
      { claim: "Every order was acknowledged in the end", held: traffic.failed === 0 },
      {
        claim: "Every acknowledged order can be read, but for what died with the primary",
        held: audit.readable > 0 && audit.missing === 0 &&
          audit.readable + audit.lostWithPrimary === audit.acknowledged,
      },
      { claim: "No order has a wrong value", held: audit.wrong === 0 },
      {
        claim: "The catalogue is complete on the new primary and on the other replica",
        held: readFromBoth && wrongProducts.primary === 0 && wrongProducts.replica === 0,
      },
    ],
  };
}

/** Sorts replicas by how much they have received, as Sentinel would. */
async function byKnowledge(replicas: readonly TestServer[]): Promise<TestServer[]> {
  const known = await Promise.all(replicas.map(async (replica) => {
    const { slave_repl_offset: offset } = await replica.info("replication");
    return { replica, offset: Number(offset) };
  }));
  return known.sort((a, b) => b.offset - a.offset).map(({ replica }) => replica);
}
