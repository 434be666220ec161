/**
 * The Sentinel part of the demo: its servers, and its scene.
 *
 * @module
 */

import { startSentinels, type TestServer } from "../../../lib/testing/mod.ts";
import { duration } from "./number_text.ts";
import type { Stage } from "./scene.ts";
import { failOverBySentinel, type SentinelFigures } from "./scenes/sentinel_failover.ts";
import { serverName } from "./server_name.ts";

export { judgeSentinel } from "./scenes/sentinel_failover.ts";

/** Milliseconds after which a sentinel takes a node for down. */
const DOWN_AFTER = 500;

/**
 * Plays the scene, on servers that are gone afterwards.
 *
 * @param stage Where the demo runs.
 */
export async function playSentinel(stage: Stage): Promise<SentinelFigures> {
  const { terminal } = stage;
  terminal.part("Sentinel: one primary, two replicas, three sentinels");
  const started = performance.now();
  await using sentinels = await startSentinels({ downAfter: DOWN_AFTER });
  const [primary, ...replicas] = sentinels.nodes;
  terminal.say(
    `Started ${await serverName(primary)} six times in ${duration(performance.now() - started)}:`,
  );
  const row = ({ host, port }: TestServer, role: string) => [`${host}:${port}`, role];
  terminal.table(["server", "role"], [
    row(primary, "primary"),
    ...replicas.map((replica) => row(replica, "replica")),
    ...sentinels.sentinels.map((sentinel) => row(sentinel, "sentinel")),
  ]);
  return await failOverBySentinel(stage, sentinels);
}
