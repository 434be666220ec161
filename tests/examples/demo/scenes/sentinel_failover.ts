/**
 * Scene: the primary is killed while orders are written, and sentinels choose another one.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { ConnectionError, RedisClient, TimeoutError } from "../../../../mod.ts";
import type { TestSentinels } from "../../../../lib/testing/mod.ts";
import { type Audit, audit, lossText } from "../audit.ts";
import { PATIENCE } from "../connect.ts";
import { count, duration } from "../number_text.ts";
import type { Stage, Verdict } from "../scene.ts";
import { Timeline } from "../timeline.ts";
import { Traffic } from "../traffic.ts";
import { figuresOf, longestGap, trafficFacts, type TrafficFigures } from "../traffic_figures.ts";

/** What came of it. */
export interface SentinelFigures {
  readonly traffic: TrafficFigures;
  readonly audit: Audit;
  /** Milliseconds in which no write was acknowledged. */
  readonly gap: number;
  /** Milliseconds from the kill to the time when most sentinels named another primary. */
  readonly decision: number;
  /** Milliseconds from then to the next write that was acknowledged; negative if that came first. */
  readonly recovery: number;
}

/** After how many milliseconds the next write must have been acknowledged, once most sentinels agree. */
const LONGEST_RECOVERY = 300;

/**
 * Kills the primary, and leaves the rest to the sentinels.
 *
 * @param stage Where the demo runs.
 * @param sentinels The nodes and their sentinels.
 */
export async function failOverBySentinel(
  { terminal, scale }: Stage,
  sentinels: TestSentinels,
): Promise<SentinelFigures> {
  terminal.heading("Kill the primary while orders come in; the sentinels choose another one");
  await using client = await RedisClient.create({
    sentinel: { name: sentinels.name, addresses: sentinels.addresses },
    requestTimeout: PATIENCE,
    clientCreationTimeout: PATIENCE,
  });
  const keyOf = (n: number) => `order:${n}`;
  const valueOf = (n: number) => `order ${n}`;
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
  const primary = await sentinels.killPrimary();
  state = "the primary is dead";
  while (await sentinels.primary() === primary) await delay(2);
  const decided = performance.now();
  state = "the sentinels name another one";
  await delay(scale.calm);
  const outcomes = await traffic.stop();
  progress.end();

  const gap = longestGap(outcomes);
  const figures: SentinelFigures = {
    traffic: figuresOf(outcomes),
    audit: await audit({
      outcomes,
      byDead: () => true,
      lastAnswer: gap.begin,
      read: (n) => client.get(keyOf(n)),
      valueOf,
    }),
    gap: gap.length,
    decision: decided - killed,
    recovery: gap.end - decided,
  };
  terminal.say(`What the client told after the kill of ${primary.host}:${primary.port}:\n`);
  for (const line of timeline.lines(killed)) terminal.say(line);
  terminal.say(
    `\nMost sentinels named another primary after ${duration(figures.decision)}; the next order ` +
      `was acknowledged ${recoveryText(figures)}.`,
  );
  return figures;
}

/**
 * Says what had to hold.
 *
 * @param figures What came of the scene.
 */
export function judgeSentinel(figures: SentinelFigures): Verdict[] {
  const { traffic, audit, gap, decision, recovery } = figures;
  return [{
    title: "Primary killed under Sentinel",
    facts: [
      ...trafficFacts(traffic, "Orders"),
      ["Longest gap", duration(gap)],
      ["Most sentinels agreed after", duration(decision)],
      ["Next order", recoveryText(figures)],
      ["Orders lost with the primary", lossText(audit)],
    ],
    checks: [
      {
        claim: "Every order was acknowledged in the end, under Sentinel",
        held: traffic.failed === 0,
      },
      {
        claim: `An order was acknowledged within ${LONGEST_RECOVERY} ms after the sentinels agreed`,
        held: recovery <= LONGEST_RECOVERY,
      },
      {
        claim: "Every acknowledged order can be read, but for what died with the primary",
        held: audit.readable > 0 && audit.missing === 0 && audit.wrong === 0 &&
          audit.readable + audit.lostWithPrimary === audit.acknowledged,
      },
    ],
  }];
}

function recoveryText({ recovery }: SentinelFigures): string {
  return `${duration(Math.abs(recovery))} ${recovery < 0 ? "before" : "after"} that`;
}
