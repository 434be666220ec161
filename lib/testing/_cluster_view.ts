import type { Reply } from "../resp/mod.ts";

/** Slots with the same nodes. */
export interface SlotRange {
  first: number;
  last: number;
  /** Node id of the primary. */
  primary: string;
  /** Node ids of the replicas. */
  replicas: string[];
}

/** The cluster as one node sees it. */
export interface ClusterView {
  /** Node id of the node itself. */
  id: string;
  /** Whether the node thinks that it is a primary. */
  primary: boolean;
  /** Version of the node's claim to its slots. */
  epoch: number;
  /** Whether the node thinks that the cluster works. */
  ok: boolean;
  /** Number of nodes that it knows, itself included. */
  known: number;
  ranges: SlotRange[];
  /** Whether it is a primary, or in sync with its own. */
  inSync: boolean;
}

/** Epochs as one node sees them. */
export interface Epochs {
  /** Node id of the node itself. */
  id: string;
  /** Whether the node thinks that it is a primary. */
  primary: boolean;
  /** Its own epoch. */
  own: number;
  /** The epoch of each node that it knows, by node id. */
  known: Map<string, number>;
}

/** Reads the epochs out of the reply to `CLUSTER NODES`. */
export function readEpochs(nodes: Reply): Epochs {
  const known = new Map<string, number>();
  let id = "";
  let primary = false;
  for (const line of String(nodes).trim().split("\n")) {
    const [node, , flags, , , , epoch] = line.split(" ");
    if (flags.includes("myself")) {
      id = node;
      primary = flags.includes("master");
    }
    known.set(node, Number(epoch));
  }
  return { id, primary, own: known.get(id)!, known };
}

type SlotsEntry = [number, number, ...[string, number, string][]];

/** Makes a view of the replies to `CLUSTER INFO`, `CLUSTER SLOTS`, `CLUSTER NODES` and `ROLE`. */
export function readView([info, slots, nodes, role]: Reply[]): ClusterView {
  const field = (name: string) => String(info).match(new RegExp(`^${name}:(\\S+)`, "m"))?.[1];
  const { id, primary, own } = readEpochs(nodes);
  const [kind, , , link] = role as string[];
  return {
    id,
    primary,
    epoch: own,
    ok: field("cluster_state") === "ok",
    known: Number(field("cluster_known_nodes")),
    ranges: (slots as unknown as SlotsEntry[]).map(([first, last, primary, ...replicas]) => ({
      first,
      last,
      primary: primary[2],
      replicas: replicas.map((replica) => replica[2]).sort(),
    })).sort((a, b) => a.first - b.first),
    inSync: kind === "master" || link === "connected",
  };
}

/**
 * Says on what nodes do not agree, or `undefined` if they do.
 *
 * @param views What each node that runs sees.
 * @param shards Ids of the nodes that run, by shard.
 * @param count Number of nodes that each must know, those that do not run included.
 */
export function whyNotAgreed(
  views: ClusterView[],
  shards: string[][],
  count: number,
): string | undefined {
  const running = new Set(shards.flat());
  for (const { id, ok, known, ranges, inSync } of views) {
    if (known !== count) return `node ${id} knows ${known} nodes of ${count}`;
    if (!ok) return `node ${id} thinks that the cluster is down`;
    if (!inSync) return `node ${id} is not in sync with its primary`;
    for (const { first, last, primary, replicas } of ranges) {
      const gone = [primary, ...replicas].find((member) => !running.has(member));
      if (gone !== undefined) return `node ${id} still counts on ${gone}, which does not run`;
      const shard = shards.find((ids) => ids.includes(primary)) ?? [];
      const missing = shard.find((member) => member !== primary && !replicas.includes(member));
      if (missing !== undefined) {
        return `node ${id} does not see the replica ${missing} of slots ${first} to ${last}`;
      }
    }
  }
  const maps = new Set(views.map(({ ranges }) => JSON.stringify(ranges)));
  return maps.size > 1 ? `there are ${maps.size} opinions on who has which slots` : undefined;
}
