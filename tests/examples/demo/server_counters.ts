/**
 * What servers count themselves: the witness to where requests went.
 *
 * @module
 */

import type { TestServer } from "../../../lib/testing/mod.ts";
import { count } from "./number_text.ts";

/** Errors that mean: not here, or not now. */
const REDIRECTIONS = [
  "MOVED",
  "ASK",
  "TRYAGAIN",
  "CLUSTERDOWN",
  "MASTERDOWN",
  "LOADING",
  "READONLY",
];

/**
 * Sets the counters of servers to zero.
 *
 * @param servers The servers.
 */
export async function resetCounters(servers: readonly TestServer[]): Promise<void> {
  await Promise.all(servers.map((server) => server.command(["CONFIG", "RESETSTAT"])));
}

/**
 * Asks a server how often it has executed a command since its counters were reset.
 *
 * @param server The server.
 * @param command Name of the command.
 */
export async function callsOf(server: TestServer, command: string): Promise<number> {
  const fields = await server.info("commandstats");
  return figure(fields[`cmdstat_${command.toLowerCase()}`], "calls");
}

/**
 * Asks servers how often they have sent requests away since their counters were reset, as the client ought to deal with
 * by itself.
 *
 * @param servers The servers.
 * @returns The sums over the servers by code (`MOVED`, `ASK`, …); only those that are not zero.
 */
export async function redirectionsOf(servers: readonly TestServer[]): Promise<Map<string, number>> {
  const sums = new Map<string, number>();
  for (const fields of await Promise.all(servers.map((server) => server.info("errorstats")))) {
    for (const code of REDIRECTIONS) {
      const sum = (sums.get(code) ?? 0) + figure(fields[`errorstat_${code}`], "count");
      if (sum > 0) sums.set(code, sum);
    }
  }
  return sums;
}

/**
 * Says it in words.
 *
 * @param redirections Sums by code.
 */
export function redirectionText(redirections: ReadonlyMap<string, number>): string {
  const parts = [...redirections].map(([code, sum]) => `${count(sum)} ${code}`);
  return parts.length === 0 ? "0" : parts.join(", ");
}

/** Reads one of the figures of `calls=12,usec=34,…`; a command that was not called has no such line. */
function figure(line: string | undefined, name: string): number {
  return Number(line?.match(new RegExp(`\\b${name}=(\\d+)`))?.[1] ?? 0);
}
