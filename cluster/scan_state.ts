/**
 * Progress of a scan of a whole cluster, and its form as text, with which another process can continue the scan.
 *
 * @module
 */

import type { Endpoint } from "../lib/connection/transport.ts";
import { SLOTS } from "./slot.ts";
import type { Importer, NodeView } from "./node_view.ts";

/** The scan of one node. It counts only if the node stays the same from the first page to the last. */
export interface NodeScan {
  /** The address that the node announces. */
  readonly address: Endpoint;
  /** Its id in the cluster. */
  readonly id: string;
  /** Its process. */
  readonly runId: string;
  /** Version of its claim to its slots. */
  readonly epoch: string;
  /** Slots that it owned when the scan began, and of which it had all keys. */
  readonly whole: ReadonlySet<number>;
  /** Slots that it owned when the scan began, and that were migrating to other nodes. */
  readonly moving: ReadonlySet<number>;
  /** Slots that migrated to it while their former owner was scanned: it has the keys that were missing there. */
  readonly awaited: ReadonlySet<number>;
  /** Where its next page begins. */
  cursor: string;
}

/** What a scan looks for; it is the same from its begin to its end. */
export interface ScanFilter {
  /** The pattern, spelled so that text and bytes cannot be confused; null for none. */
  readonly match: string | null;
  /** The type; null for any. */
  readonly type: string | null;
}

/** How far a scan has come. */
export class ScanState {
  /** Slots that are complete: every key that existed during the whole scan has been read. */
  readonly scanned: Set<number> = new Set();
  /** Slots that migrated while their owner was scanned, with the node that is to be scanned for the rest of their keys. */
  readonly waiting: Map<number, Importer> = new Map();
  /** The node that is being scanned. */
  current: NodeScan | null = null;

  /**
   * Begins the scan of a node.
   *
   * @param address The address that it announces.
   * @param view What it says about itself, before its first page.
   */
  begin(address: Endpoint, { id, runId, epoch, owned, importing, migrating }: NodeView): void {
    const whole = [...owned].filter((slot) => !migrating.has(slot));
    const moving = [...owned].filter((slot) => migrating.has(slot));
    const awaited = [...this.waiting]
      .filter(([slot, importer]) => importer.id === id && (owned.has(slot) || importing.has(slot)))
      .map(([slot]) => slot);
    this.current = {
      address,
      id,
      runId,
      epoch,
      whole: new Set(whole),
      moving: new Set(moving),
      awaited: new Set(awaited),
      cursor: "0",
    };
  }

  /**
   * Ends the scan of the current node, and counts the slots that the node had from the first page to the last.
   *
   * @param view What the node says about itself, after its last page.
   */
  finish(view: NodeView): void {
    const scan = this.current!;
    this.current = null;
    if (!isSame(scan, view)) return;
    const { owned, importing, migrating } = view;
    for (const slot of [...scan.whole, ...scan.moving]) {
      if (!owned.has(slot)) continue;
      const importer = migrating.get(slot);
      // A migration that was cancelled may have brought back keys behind the cursor.
      if (importer !== undefined) this.waiting.set(slot, importer);
      else if (scan.whole.has(slot)) this.#count(slot);
    }
    for (const slot of scan.awaited) {
      if (this.waiting.get(slot)?.id !== scan.id) continue;
      this.waiting.delete(slot);
      // Each key was at the former owner during its scan, or here during this one.
      if ((owned.has(slot) || importing.has(slot)) && !migrating.has(slot)) this.#count(slot);
    }
  }

  #count(slot: number): void {
    this.scanned.add(slot);
    this.waiting.delete(slot);
  }

  /**
   * The state as text.
   *
   * @param filter What the scan looks for.
   */
  toText(filter: ScanFilter): string {
    const { current } = this;
    return JSON.stringify({
      version: VERSION,
      ...filter,
      scanned: toRanges(this.scanned),
      waiting: [...this.waiting],
      current: current && {
        ...current,
        whole: toRanges(current.whole),
        moving: toRanges(current.moving),
        awaited: toRanges(current.awaited),
      },
    });
  }

  /**
   * Reads a state.
   *
   * @param text What {@linkcode ScanState.toText} gave.
   * @param filter What the scan is to look for.
   * @throws {TypeError} If it is none, or that of a scan that looked for something else.
   */
  static fromText(text: string, filter: ScanFilter): ScanState {
    let data: Serialised;
    try {
      data = JSON.parse(text);
    } catch {
      return refuse();
    }
    if (typeof data !== "object" || data === null || data.version !== VERSION) return refuse();
    if (data.match !== filter.match || data.type !== filter.type) {
      throw new TypeError(
        "Cannot resume the scan: its state belongs to a scan with another match or type",
      );
    }
    const state = new ScanState();
    for (const slot of fromRanges(data.scanned)) state.scanned.add(slot);
    if (!Array.isArray(data.waiting)) return refuse();
    for (const [slot, importer] of data.waiting) {
      if (!isSlot(slot) || !isImporter(importer)) return refuse();
      state.waiting.set(slot, importer);
    }
    if (data.current !== null) {
      const { address, id, runId, epoch, cursor, whole, moving, awaited } = data.current ?? {};
      const words = [id, runId, epoch, cursor];
      if (!isAddress(address) || !words.every((word) => typeof word === "string")) return refuse();
      state.current = {
        address,
        id,
        runId,
        epoch,
        whole: fromRanges(whole),
        moving: fromRanges(moving),
        awaited: fromRanges(awaited),
        cursor,
      };
    }
    return state;
  }
}

/**
 * Whether a node is still the same as when its scan began.
 *
 * A cursor is valid only in the process that made it. A node with another epoch may have lost slots and got them back.
 *
 * @param scan The scan.
 * @param view What the node says about itself.
 */
export function isSame(scan: NodeScan, view: NodeView): boolean {
  return view.primary && view.id === scan.id && view.runId === scan.runId &&
    view.epoch === scan.epoch;
}

const VERSION = 1;

/** A state that was parsed from JSON and not checked. */
// deno-lint-ignore no-explicit-any
type Serialised = any;

/** Slots as ranges: `0-99,150`. */
function toRanges(slots: ReadonlySet<number>): string {
  const ranges: [number, number][] = [];
  for (const slot of [...slots].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === slot - 1) last[1] = slot;
    else ranges.push([slot, slot]);
  }
  return ranges.map(([first, last]) => first === last ? `${first}` : `${first}-${last}`).join(",");
}

function fromRanges(text: unknown): Set<number> {
  if (typeof text !== "string" || !/^(\d{1,5}(-\d{1,5})?(,|$))*$/.test(text)) return refuse();
  const slots = new Set<number>();
  for (const range of text === "" ? [] : text.split(",")) {
    const [first, last = first] = range.split("-").map(Number);
    if (!isSlot(last)) return refuse();
    for (let slot = first; slot <= last; slot++) slots.add(slot);
  }
  return slots;
}

function isSlot(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < SLOTS;
}

function isAddress(value: unknown): value is Endpoint {
  const { host, port } = (value ?? {}) as Partial<Endpoint>;
  return typeof host === "string" && Number.isInteger(port);
}

function isImporter(value: unknown): value is Importer {
  return isAddress(value) && typeof (value as Partial<Importer>).id === "string";
}

function refuse(): never {
  throw new TypeError("Cannot resume the scan: expected a state from the state() of a scan");
}
