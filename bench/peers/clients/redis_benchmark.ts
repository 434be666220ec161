/**
 * The servers' own load generator, in C, on one connection with as many requests under way as the others have.
 *
 * It sends one command at a time, so that for workloads of GETs and SETs both are measured and weighed; latencies are those of the
 * GETs. Its CPU time is that of the whole program, from its start; its memory cannot be told from here.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import process from "node:process";
import { BIG_KEYS, BIG_VALUES, KEY_COUNT, LIST_ITEMS, LIST_KEY, VALUE_LENGTH } from "../data.ts";
import { mgetKeys, type RequestWorkload } from "../workloads.ts";
import { type Endpoint, Unsupported } from "./adapter.ts";
import type { Figures } from "./figures.ts";
import { serveSessions } from "./serve.ts";

/** A command and its share of the workload's requests. */
interface Part {
  readonly share: number;
  readonly args: readonly string[];
}

/** What it reports on one command. */
interface Result {
  /** CPU time for each request, in microseconds; null if the system does not tell. */
  readonly cpuUsPerOp: number | null;
  readonly opsPerSec: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

const program = process.env.BENCH_REDIS_BENCHMARK;

/** What it says at the end of a run that has failed by accident. */
const ABORTED = "All clients disconnected";

/** It measures in whole milliseconds, so that a run needs some of them. */
const SHORTEST_RUN = 50;

await serveSessions((workload, endpoint) => {
  if (endpoint.cluster) throw new Unsupported("It would open connections to all nodes at once");
  if (workload.cached) throw new Unsupported("It keeps nothing");
  if (workload.measures === "messages") throw new Unsupported("It cannot subscribe");
  const parts = partsOf(workload);
  // It wants to know how many requests, not how long: the run before tells.
  const rates = parts.map(() => 1000);
  return {
    async measure(milliseconds) {
      const results: Result[] = [];
      for (const [i, part] of parts.entries()) {
        const seconds = Math.max(SHORTEST_RUN, milliseconds * part.share) / 1000;
        results[i] = await run(part, workload, endpoint, rates[i] * seconds);
        rates[i] = results[i].opsPerSec;
      }
      return weigh(parts, results);
    },
    close: () => {},
  };
});

function partsOf(workload: RequestWorkload): Part[] {
  switch (workload.name) {
    case "get1MiB":
      return [{ share: 1, args: ["GET", BIG_KEYS[0]] }];
    case "set1MiB":
      // An argument of that length does not fit into a command line.
      return [{ share: 1, args: ["-t", "set", "-d", String(BIG_VALUES[0].length)] }];
    case "lrange1000":
      return [{ share: 1, args: ["LRANGE", LIST_KEY, "0", String(LIST_ITEMS.length - 1)] }];
    case "mget100":
      return [{ share: 1, args: ["MGET", ...mgetKeys(0)] }];
    default:
      return [
        { share: 0.8, args: ["-r", String(KEY_COUNT), "GET", "key:__rand_int__"] },
        // Not to the keys of the others: their values would be wrong then.
        {
          share: 0.2,
          args: ["-r", String(KEY_COUNT), "SET", "other:__rand_int__", "x".repeat(VALUE_LENGTH)],
        },
      ];
  }
}

async function run(
  part: Part,
  workload: RequestWorkload,
  endpoint: Endpoint,
  requests: number,
  retries = 2,
): Promise<Result> {
  const { inFlight } = workload;
  const { host, port, tls } = endpoint;
  const count = Math.round(Math.max(inFlight, requests));
  const before = cpuOfChildren();
  const { success, stdout, stderr } = await new Deno.Command(program!, {
    args: [
      ...["-h", host, "-p", String(port), "-c", "1", "-P", String(inFlight), "-n", String(count)],
      ...tls ? ["--tls", "--cacert", tls.caCertPath] : [],
      "--csv",
      ...part.args,
    ],
  }).output();
  const after = cpuOfChildren();
  const cpuUsPerOp = before === null || after === null ? null : (after - before) / count;
  const text = new TextDecoder().decode(stdout);
  // "test","rps","avg","min","p50","p95","p99","max", the times in milliseconds
  const row = text.trim().split("\n").at(-1)!.split('","').map((cell) => cell.replaceAll('"', ""));
  // Less than a millisecond is no time at all to it.
  if (success && row[1] === "inf") return await run(part, workload, endpoint, requests * 10);
  // It sometimes looks for its clients just when the last one has finished, and takes them for lost.
  if (!success && retries > 0 && (text + new TextDecoder().decode(stderr)).includes(ABORTED)) {
    return await run(part, workload, endpoint, requests, retries - 1);
  }
  const [rps, , , p50, , p99] = row.slice(1).map(Number);
  if (!success || !(rps > 0)) {
    const complaint = new TextDecoder().decode(stderr).trim() || text.trim();
    throw new Error(`Cannot run ${program}: ${complaint}`);
  }
  return { cpuUsPerOp, opsPerSec: rps, p50Us: p50 * 1000, p99Us: p99 * 1000 };
}

/** CPU time, in microseconds, of the programs that have run and ended; null where there is no /proc. */
function cpuOfChildren(): number | null {
  try {
    const text = readFileSync("/proc/self/stat", "latin1");
    // The name of the program, in parentheses, may have spaces. Behind it, fields 3 to …; 16 and 17 are in ticks of 10 ms.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[13]) + Number(fields[14])) * 10_000;
  } catch {
    return null;
  }
}

function weigh(parts: readonly Part[], results: readonly Result[]): Figures {
  const secondsPerOp = parts.reduce((sum, { share }, i) => sum + share / results[i].opsPerSec, 0);
  const cpu = parts.reduce((sum, { share }, i) => sum + share * (results[i].cpuUsPerOp ?? NaN), 0);
  return {
    opsPerSec: Math.round(10 / secondsPerOp) / 10,
    p50Us: Math.round(10 * results[0].p50Us) / 10,
    p99Us: Math.round(10 * results[0].p99Us) / 10,
    cpuUsPerOp: cpu > 0 ? Math.round(cpu * 1000) / 1000 : null,
    rssMb: null,
  };
}
