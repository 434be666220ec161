/**
 * Clients that come and go.
 *
 * @module
 */

import { CREATION_TIMEOUT, REQUEST_TIMEOUT } from "../target.ts";
import type { Round } from "../round.ts";
import { checkOwner } from "../model.ts";

/** A client that is created, used, and ended with requests under way: all of them settle. */
export async function liveShortly(round: Round): Promise<void> {
  const { random } = round;
  const { target, stable } = round.context;
  const lazyConnect = round.chance(30);
  const protocol = round.chance(50) ? 3 : 2;
  const readFrom = round.chance(50) ? "primary" : "preferReplica";
  const created = await round.perform(
    "create()",
    "create",
    CREATION_TIMEOUT,
    () => target.connect({ lazyConnect, protocol, readFrom }),
  );
  const client = created.value;
  if (client === undefined) return;
  const reads = Array.from({ length: random.integer(1, 50) }, async () => {
    const key = random.pick(stable.keys);
    const { value } = await round.perform(
      "GET of a short life",
      "GET",
      REQUEST_TIMEOUT,
      () => client.get(key),
    );
    return value === undefined ? [] : checkOwner(key, value);
  });
  if (round.chance(50)) await Promise.all(reads);
  const blocked = round.perform(
    "BLPOP at the end",
    "BLPOP 0",
    Infinity,
    () => client.blpop(round.key(), 0),
  );
  if (round.chance(50)) client.destroy();
  // Requests under way have their own time, and no more.
  const closed = round.perform("close()", "close", REQUEST_TIMEOUT, () => client.close());
  const due = REQUEST_TIMEOUT;
  await round.perform("settling at the end", "all settle", due, async () => {
    await Promise.all([blocked, ...reads]);
  });
  await closed;
  const problems = (await Promise.all(reads)).flat();
  await round.check("replies reach their callers", () => problems);
}
