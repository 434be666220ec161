/**
 * All workers.
 *
 * @module
 */

import type { Worker } from "../round.ts";
import { appendInOrder } from "./appends.ts";
import { runBatches } from "./batches.ts";
import { count } from "./counters.ts";
import { liveShortly } from "./lifetimes.ts";
import { setInOrder } from "./ordered_sets.ts";
import { exceedLimit } from "./overloads.ts";
import { produceAndConsume } from "./queues.ts";
import { scanAll } from "./scans.ts";
import { runScripts } from "./scripts.ts";
import { splitOverNodes } from "./splits.ts";
import { readInCrowds } from "./storms.ts";
import { changeTogether } from "./transactions.ts";
import { watchAndIncrement } from "./watchers.ts";

/** Workers that use the client with all rights. */
export const WORKERS: readonly Worker[] = [
  { name: "sets", run: setInOrder },
  { name: "sets2", run: setInOrder },
  { name: "appends", run: appendInOrder },
  { name: "appends2", run: appendInOrder },
  { name: "counters", run: count },
  { name: "transactions", run: changeTogether },
  { name: "watchers", run: watchAndIncrement },
  { name: "batches", run: runBatches },
  { name: "queues", run: produceAndConsume },
  { name: "queues2", run: produceAndConsume },
  { name: "scripts", run: runScripts },
  { name: "scans", run: scanAll },
  { name: "storms", run: readInCrowds },
  { name: "splits", run: splitOverNodes },
  { name: "lifetimes", run: liveShortly },
];

/** Workers that use a client of a user with few rights, with RESP2. */
export const RESTRICTED_WORKERS: readonly Worker[] = [
  { name: "restricted sets", run: setInOrder },
  { name: "restricted counters", run: count },
  { name: "restricted queues", run: produceAndConsume },
  { name: "restricted watchers", run: watchAndIncrement },
  { name: "restricted scans", run: scanAll },
];

/** Workers that use a client with a low limit of requests in flight. */
export const LIMITED_WORKERS: readonly Worker[] = [{ name: "overloads", run: exceedLimit }];
