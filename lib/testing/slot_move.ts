/**
 * Moves hash slots from one cluster node to another, step by step.
 *
 * @module
 */

import { type Epochs, readEpochs } from "./_cluster_view.ts";
import { CONTROL_USER } from "./_control.ts";
import { until } from "./_poll.ts";
import type { Argument } from "../resp/mod.ts";
import type { TestServer } from "./server.ts";

/** Keys that travel in one `MIGRATE`. */
const KEYS_AT_ONCE = 100;
/** Slots that a node is told about at the same time. */
export const SLOTS_AT_ONCE = 32;

/**
 * A migration of hash slots from one node to another, as returned by
 * {@linkcode TestCluster.prototype.beginSlotMove | TestCluster.beginSlotMove}.
 *
 * While it is in progress, the source answers `ASK` for keys that it does not have, and commands on several keys may
 * get `TRYAGAIN`.
 */
export class SlotMove {
  /** The slots. */
  readonly slots: readonly number[];
  /** Node that owns the slots. */
  readonly source: TestServer;
  /** Node that receives the slots. */
  readonly target: TestServer;

  readonly #others: readonly TestServer[];
  readonly #secured: boolean;

  /**
   * Prepares a migration without sending anything. Use
   * {@linkcode TestCluster.prototype.beginSlotMove | TestCluster.beginSlotMove} instead.
   *
   * @param slots The slots.
   * @param source Node that owns the slots.
   * @param target Node that receives the slots.
   * @param others The other primaries, which are informed at the end.
   * @param secured Whether the target requires a password.
   */
  constructor(
    slots: readonly number[],
    source: TestServer,
    target: TestServer,
    others: readonly TestServer[],
    secured: boolean,
  ) {
    this.slots = slots;
    this.source = source;
    this.target = target;
    this.#others = others;
    this.#secured = secured;
  }

  /** Marks the slots as importing on the target and as migrating on the source. */
  async begin(): Promise<void> {
    const source = String(await this.source.command(["CLUSTER", "MYID"]));
    await this.#setSlots(this.target, "IMPORTING", source);
    const target = String(await this.target.command(["CLUSTER", "MYID"]));
    await this.#setSlots(this.source, "MIGRATING", target);
  }

  /**
   * Moves keys of the slots.
   *
   * @param limit Maximum number of keys. By default all.
   * @returns Number of moved keys.
   */
  async moveKeys(limit: number = Infinity): Promise<number> {
    let moved = 0;
    for (const slot of this.slots) {
      while (moved < limit) {
        const keys = await this.source.command(
          ["CLUSTER", "GETKEYSINSLOT", slot, Math.min(KEYS_AT_ONCE, limit - moved)],
          { bytes: true },
        ) as Uint8Array[];
        if (keys.length === 0) break;
        await this.moveTheseKeys(keys);
        moved += keys.length;
      }
    }
    return moved;
  }

  /**
   * Moves the given keys with one `MIGRATE`. Keys that do not exist are ignored.
   *
   * @param keys Keys in the slots of this migration.
   */
  async moveTheseKeys(keys: Argument[]): Promise<void> {
    const { host, port } = this.target;
    const { name, password } = CONTROL_USER;
    await this.source.command([
      ...["MIGRATE", host, port, "", 0, 5000, "REPLACE"],
      ...(this.#secured ? ["AUTH2", name, password] : []),
      "KEYS",
      ...keys,
    ]);
  }

  /**
   * Moves the remaining keys, makes the target the owner of the slots, and informs the other primaries.
   */
  async finish(): Promise<void> {
    await this.moveKeys();
    await this.#epochsKnown();
    const target = String(await this.target.command(["CLUSTER", "MYID"]));
    for (const node of [this.target, this.source, ...this.#others]) {
      if (node.running && !node.paused) await this.#setSlots(node, "NODE", target);
    }
  }

  /**
   * Cancels the migration (`SETSLOT STABLE`). Keys that were already moved stay on the target, where clients do not
   * find them.
   */
  async cancel(): Promise<void> {
    for (const node of [this.source, this.target]) await this.#setSlots(node, "STABLE");
  }

  /**
   * Waits until the target knows the epoch of every other primary, and has another one than the source. Its claim to
   * the slots gets the highest epoch that it knows, plus one. An epoch that another node has already makes one of the
   * two take a higher one: if that is the source, it gets the slots back.
   */
  async #epochsKnown(): Promise<void> {
    await until("the target knows the epochs of the other primaries", async () => {
      const { own: target, known } = await this.#epochs(this.target);
      for (const node of [this.source, ...this.#others]) {
        if (!node.running || node.paused) continue;
        const { id, own } = await this.#epochs(node);
        if ((known.get(id) ?? -1) < own) return false;
        if (node === this.source && own === target) return false;
      }
      return true;
    });
  }

  async #epochs(node: TestServer): Promise<Epochs> {
    return readEpochs(await node.command(["CLUSTER", "NODES"]));
  }

  /**
   * Tells a node about the slots, several at a time: some servers write a file to disk and ask their replicas before
   * they answer, for all that has come meanwhile at once.
   */
  async #setSlots(node: TestServer, ...state: string[]): Promise<void> {
    for (let at = 0; at < this.slots.length; at += SLOTS_AT_ONCE) {
      await Promise.all(
        this.slots.slice(at, at + SLOTS_AT_ONCE).map((slot) =>
          node.command(["CLUSTER", "SETSLOT", slot, ...state])
        ),
      );
    }
  }
}
