/**
 * Chooses the node for a read by the option `readFrom`.
 *
 * @module
 */

import type { ReadFrom } from "../configuration/options.ts";
import type { Link } from "../connection/link.ts";
import type { LinkSource, ReplicaChoice, Turns } from "./replica_choice.ts";

/** Finds the links to nodes, and the availability zones of nodes. */
export interface ZonedLinks<N> extends LinkSource<N> {
  /** The zone of a node; undefined if it is not known. */
  zoneOf(node: N): string | undefined;
  /** Whether the zone of any node is known. */
  readonly knowsZones: boolean;
}

/** Settings for reads. */
export interface ReadChoiceSettings {
  /** The strategy. */
  readonly readFrom: ReadFrom;
  /** The zone of the client; undefined for strategies without zones. */
  readonly clientAz: string | undefined;
}

/** Nodes that are in the zone of the client, all others, or both. */
type Where = "local" | "elsewhere" | "anywhere";

/**
 * Chooses the nodes for reads. The nodes of one rung, such as the replicas in the zone of the client, take turns; the
 * next rung is used when none of them can serve.
 *
 * @typeParam N What stands for a node: a link, or something that a {@linkcode ZonedLinks} knows the link of.
 */
export class ReadChoice<N> {
  /** Whether other nodes than the primary get reads. */
  readonly usesReplicas: boolean;
  readonly #settings: ReadChoiceSettings;
  readonly #links: ZonedLinks<N>;
  readonly #replicas: ReplicaChoice<N>;
  readonly #onZonesUnknown: () => void;
  /** Whether it has been determined whether zones are known. */
  #zonesSettled = false;

  /**
   * Makes a choice.
   *
   * @param settings Where reads go.
   * @param links Finds links and zones.
   * @param replicas Knows which nodes cannot serve at present.
   * @param onZonesUnknown Called once if the zone of the client is to be used and no node has told its zone.
   */
  constructor(
    settings: ReadChoiceSettings,
    links: ZonedLinks<N>,
    replicas: ReplicaChoice<N>,
    onZonesUnknown: () => void,
  ) {
    this.usesReplicas = settings.readFrom !== "primary";
    this.#settings = settings;
    this.#links = links;
    this.#replicas = replicas;
    this.#onZonesUnknown = onZonesUnknown;
  }

  /**
   * Chooses the node for a read.
   *
   * @param primary The primary; null if it must not be used.
   * @param replicas Its replicas.
   * @param turns Whose turn it is.
   * @returns The link to the node; undefined if it is the primary, or no node can serve.
   */
  next(primary: N | null, replicas: readonly N[], turns: Turns): Link | undefined {
    switch (this.#settings.readFrom) {
      case "primary":
        return undefined;
      case "preferReplica":
        return this.#replicas.next(replicas, turns);
      case "any":
        return this.#pick(replicas, primary, turns, "anywhere");
      case "azAffinity": {
        const local = this.#pick(replicas, null, turns, "local");
        if (local !== undefined) return local;
        this.#settleZones();
        return this.#pick(replicas, null, turns, "elsewhere");
      }
      case "azAffinityReplicasAndPrimary": {
        const local = this.#pick(replicas, null, turns, "local") ??
          this.#pick(NONE, primary, turns, "local");
        if (local !== undefined) return local;
        this.#settleZones();
        return this.#pick(replicas, null, turns, "elsewhere");
      }
    }
  }

  /** Chooses the next of some replicas, and perhaps the primary, that can serve. No turn passes if there is none. */
  #pick(
    replicas: readonly N[],
    primary: N | null,
    turns: Turns,
    where: Where,
  ): Link | undefined {
    const count = replicas.length + (primary === null ? 0 : 1);
    const { turn } = turns;
    for (let i = 0; i < count; i++) {
      const at = (turn + i) % count;
      const node = at < replicas.length ? replicas[at] : primary!;
      if (where !== "anywhere" && this.#isLocal(node) !== (where === "local")) continue;
      const link = this.#links.linkTo(node);
      if (!link.ready || this.#replicas.isShunned(link)) continue;
      turns.turn = turn + i + 1;
      return link;
    }
    return undefined;
  }

  #isLocal(node: N): boolean {
    return this.#links.zoneOf(node) === this.#settings.clientAz;
  }

  /** Tells, once, that no zone is known. */
  #settleZones(): void {
    if (this.#zonesSettled) return;
    this.#zonesSettled = true;
    if (!this.#links.knowsZones) this.#onZonesUnknown();
  }
}

const NONE: readonly never[] = [];
