import type { Reply } from "../resp/mod.ts";

type Fields = Record<string, string>;

/** What one sentinel thinks. */
export interface SentinelView {
  /** Port of the primary. */
  readonly port: number;
  /** What is known of the primary. */
  readonly primary: Fields;
  readonly replicas: readonly Fields[];
  readonly sentinels: readonly Fields[];
}

/** Reads the replies to `SENTINEL MASTER`, `REPLICAS` and `SENTINELS`, as RESP2 has them. */
export function viewOf([master, replicas, sentinels]: Reply[]): SentinelView {
  const primary = fieldsOf(master);
  return {
    port: Number(primary.port),
    primary,
    replicas: (replicas as Reply[]).map(fieldsOf),
    sentinels: (sentinels as Reply[]).map(fieldsOf),
  };
}

/**
 * Why sentinels do not agree yet.
 *
 * @param views What they think.
 * @param ports Ports of the nodes that run.
 * @returns Undefined if they agree.
 */
export function whyNotAgreed(
  views: readonly SentinelView[],
  ports: readonly number[],
): string | undefined {
  if (views.length === 0) return "no sentinel runs";
  for (const { port, primary, replicas, sentinels } of views) {
    if (port !== views[0].port) return `the primary is on port ${port} or ${views[0].port}`;
    if (primary.flags !== "master") return `the primary on port ${port} is ${primary.flags}`;
    const usable = replicas.filter((replica) =>
      replica.flags === "slave" && replica["master-link-status"] === "ok" &&
      replica["master-port"] === primary.port
    ).map((replica) => Number(replica.port));
    const missing = ports.find((other) => other !== port && !usable.includes(other));
    if (missing !== undefined) return `the node on port ${missing} is no replica in sync yet`;
    const known = sentinels.filter(({ flags }) => flags === "sentinel").length;
    if (known < views.length - 1) return `a sentinel knows only ${known} others`;
  }
  return undefined;
}

/** What has become of a failover that a sentinel was told to begin. */
export type FailoverProgress = "undecided" | "chosen" | "aborted";

/**
 * Finds out what has become of a failover. A sentinel that has heard of no replica lately aborts it, and says so only in
 * its log.
 *
 * @param view What the sentinel thinks now.
 * @param old Port of the primary when the failover was begun.
 */
export function progressOf(
  { port, primary, replicas }: SentinelView,
  old: number,
): FailoverProgress {
  if (port !== old || replicas.some((replica) => hasFlag(replica, "promoted"))) return "chosen";
  return hasFlag(primary, "failover_in_progress") ? "undecided" : "aborted";
}

function hasFlag({ flags }: Fields, flag: string): boolean {
  return flags.split(",").includes(flag);
}

function fieldsOf(reply: Reply): Fields {
  const flat = reply as string[];
  const fields: Fields = {};
  for (let i = 0; i + 1 < flat.length; i += 2) fields[flat[i]] = flat[i + 1];
  return fields;
}
