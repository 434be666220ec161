/**
 * Scans all keys of a cluster while slots move and primaries change.
 *
 * Nodes are scanned one after the other. The scan of a node counts for the slots that the node had from the first page to
 * the last. The other slots are scanned again at their present owner.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import type { ScanKeysOptions, ScanPage } from "../lib/commands/mod.ts";
import type { AddressRoute } from "../lib/dispatch/route.ts";
import { type Endpoint, show } from "../lib/connection/transport.ts";
import { ClusterError, ConnectionError, ServerError, TimeoutError } from "../lib/errors.ts";
import type { Words } from "../lib/executor.ts";
import { faultOfOptions, type OptionShape } from "../lib/option_shape.ts";
import type { Reply } from "../lib/resp/reply.ts";
import { taken } from "../lib/words.ts";
import type { ClusterDispatcher } from "./dispatcher.ts";
import { type Importer, type NodeView, readNodeView, readRunId } from "./node_view.ts";
import { isSame, type NodeScan, type ScanFilter, ScanState } from "./scan_state.ts";
import { SLOTS } from "./slot.ts";
import type { ClusterNode, Topology } from "./topology.ts";

/** Time for which a shard may be unreachable, in milliseconds. A failover takes a while. */
const PATIENCE = 60_000;
/** Time between two attempts to reach a shard, in milliseconds. */
const PAUSE = 50;

/** Identifies this program in states of scans. */
const PROGRAM = crypto.randomUUID();

/** Why a scan cannot begin. */
const UNKNOWN = "Cannot scan: no node reports the topology of the cluster";

/** Options for {@linkcode ClusterScan}. */
export interface ClusterScanOptions extends ScanKeysOptions {
  /**
   * State of an earlier scan with the same options, from {@linkcode ClusterScan.prototype.state | ClusterScan.state}.
   * It may come from another process. The new scan continues there. By default the scan starts from the beginning.
   */
  resume?: string;
}

const SCAN_OPTIONS: OptionShape<ClusterScanOptions> = {
  match: "word",
  count: "word",
  type: "word",
  resume: "word",
};

/** Sends commands to one node. */
interface NodeSurface<T> {
  scan(cursor: string, options: ScanKeysOptions): Promise<ScanPage<T>>;
  /** Asks the node about itself. */
  ask(words: Words): Promise<Reply>;
}

/**
 * Iterator over the keys of a cluster, from
 * {@linkcode RedisClusterClient.prototype.scanIterator | RedisClusterClient.scanIterator}.
 *
 * @typeParam T Type of keys: `string`, or `Uint8Array` on a `bytes` view.
 */
export class ClusterScan<T extends string | Uint8Array = string>
  implements AsyncGenerator<T, void, undefined> {
  readonly #dispatcher: ClusterDispatcher;
  readonly #open: (route: AddressRoute, signal: AbortSignal) => NodeSurface<T>;
  readonly #options: ScanKeysOptions;
  readonly #filter: ScanFilter;
  readonly #state: ScanState;
  /** The fault of the options; undefined if they are good. */
  readonly #fault: string | undefined;
  readonly #end = new AbortController();
  readonly #signal: AbortSignal;
  readonly #keys: AsyncGenerator<T, void, undefined>;
  /** Names of nodes to which requests are allowed for this scan. */
  readonly #admitted = new Set<string>();
  /** When attempts began to fail; undefined while they succeed. */
  #troubleSince: number | undefined;
  /** Whether the address of the current node may belong to another process by now. */
  #inDoubt: boolean;

  /**
   * Begins nothing yet. Scans are made by `scanIterator()`.
   *
   * @param dispatcher What knows the topology.
   * @param open Makes a surface whose requests go to one node.
   * @param options What to look for.
   * @param signal Ends the scan.
   * @throws {TypeError} If `resume` is no state of such a scan.
   * @ignore
   */
  constructor(
    dispatcher: ClusterDispatcher,
    open: (route: AddressRoute, signal: AbortSignal) => NodeSurface<T>,
    options: ClusterScanOptions | undefined = {},
    signal: AbortSignal | undefined,
  ) {
    this.#fault = faultOfOptions(options, SCAN_OPTIONS);
    const { resume, ...rest } = this.#fault === undefined ? options : {};
    this.#dispatcher = dispatcher;
    this.#open = open;
    this.#options = rest.match === undefined ? rest : { ...rest, match: taken(rest.match) };
    this.#filter = { match: spell(rest.match), type: rest.type ?? null };
    this.#state = resume === undefined ? new ScanState() : ScanState.fromText(resume, this.#filter);
    this.#inDoubt = this.#state.current !== null;
    this.#signal = signal === undefined
      ? this.#end.signal
      : AbortSignal.any([this.#end.signal, signal]);
    this.#keys = this.#run();
  }

  /**
   * Saves the progress of the scan.
   *
   * A scan that resumes from it returns the keys of the current page again, including the key that was returned last.
   *
   * @returns JSON text of a few hundred characters, for the option `resume` of a later scan with the same options.
   */
  state(): string {
    return this.#state.toText(this.#filter);
  }

  /** Returns the next key. */
  next(): Promise<IteratorResult<T, void>> {
    return this.#keys.next();
  }

  /**
   * Ends the scan at once, even while it waits for a page. {@linkcode ClusterScan.prototype.state | ClusterScan.state}
   * still works.
   */
  return(): Promise<IteratorResult<T, void>> {
    this.#end.abort();
    return this.#keys.return();
  }

  /** Ends the scan with an error. */
  throw(error: unknown): Promise<IteratorResult<T, void>> {
    this.#end.abort();
    return this.#keys.throw(error);
  }

  /** Returns the scan itself. It can be iterated over once. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Ends the scan at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  async *#run(): AsyncGenerator<T, void, undefined> {
    if (this.#fault !== undefined) throw new TypeError(`Cannot scan: ${this.#fault}`);
    try {
      for (let scan = await this.#currentScan(); scan; scan = await this.#currentScan()) {
        const { address, cursor } = scan;
        const page = await this.#attempt(() => this.#surface(address).scan(cursor, this.#options));
        if (page === undefined) continue;
        this.#troubleSince = undefined;
        for (const key of page.items) yield key;
        if (page.cursor === "0") await this.#finish(scan);
        else scan.cursor = page.cursor;
      }
    } catch (error) {
      if (error !== this.#end.signal.reason) throw error;
    } finally {
      for (const name of this.#admitted) this.#dispatcher.nodes.dismiss(name);
    }
  }

  /** The scan of a node to go on with; null if all slots have been scanned. */
  async #currentScan(): Promise<NodeScan | null> {
    while (true) {
      const { current } = this.#state;
      if (this.#dispatcher.nodes.topology === null) {
        this.#troubleSince ??= performance.now();
        await this.#dispatcher.discovery.refreshed();
        if (this.#dispatcher.nodes.topology === null) await this.#waitForMap();
      } else if (current === null) {
        if (!await this.#begin()) return null;
      } else if (this.#inDoubt) {
        await this.#recognise(current);
      } else {
        return current;
      }
    }
  }

  /** Checks that the current node is still the same one. If not, its scan is given up. */
  async #recognise(scan: NodeScan): Promise<void> {
    const view = await this.#attempt(() => this.#look(scan.address));
    if (view !== undefined) this.#inDoubt = false;
    if (view === undefined ? this.#hasLeft(scan) : !isSame(scan, view)) this.#state.current = null;
  }

  /** Whether the node is no primary on the map any more. A node that waits for its first slot is on no map. */
  #hasLeft({ address, awaited }: NodeScan): boolean {
    const name = this.#topology.find(show(address))?.name;
    return awaited.size === 0 &&
      !this.#topology.shards.some(({ primary }) => primary.name === name);
  }

  /**
   * Begins the scan of another node, if it can.
   *
   * @returns False if there is none left.
   */
  async #begin(): Promise<boolean> {
    const owned = this.#nextOwned();
    if (owned !== undefined) {
      const { slot, address } = owned;
      const view = await this.#attempt(() => this.#look(address));
      if (view === undefined) return true;
      if (view.primary && view.owned.has(slot)) this.#state.begin(address, view);
      else {await this.#wait(
          new ClusterError(`Cannot scan slot ${slot}: the slot is moving to another owner`, {
            slot,
          }),
        );}
      return true;
    }
    for (const [slot, importer] of this.#state.waiting) {
      await this.#beginImporter(slot, importer);
      return true;
    }
    return this.#state.scanned.size < SLOTS && this.#findOwners();
  }

  /** Begins the scan of the node to which a slot migrates, if it still does. */
  async #beginImporter(slot: number, importer: Importer): Promise<void> {
    const { waiting } = this.#state;
    const view = await this.#attempt(() => this.#look(importer));
    if (view === undefined) {
      const owner = this.#topology.shardOf(slot)?.primary;
      const its = owner && await this.#attempt(() => this.#look(addressOf(owner)));
      if (its && its.migrating.get(slot)?.id !== importer.id) waiting.delete(slot);
    } else if (view.id === importer.id && view.primary && isThere(slot, view)) {
      this.#state.begin(importer, view);
    } else {
      waiting.delete(slot);
    }
  }

  /** The first slot that has not been scanned, and whose owner is known. */
  #nextOwned(): { slot: number; address: Endpoint } | undefined {
    const { scanned, waiting } = this.#state;
    for (let slot = 0; slot < SLOTS; slot++) {
      if (scanned.has(slot) || waiting.has(slot)) continue;
      const owner = this.#topology.shardOf(slot)?.primary;
      if (owner !== undefined) return { slot, address: addressOf(owner) };
    }
    return undefined;
  }

  /** Refreshes the map to find owners of the slots that are left. Throws if one of the slots has no owner. */
  async #findOwners(): Promise<true> {
    await this.#dispatcher.discovery.refreshed();
    if (this.#nextOwned() !== undefined) return true;
    const slot = Array.from({ length: SLOTS }, (_, slot) => slot)
      .find((slot) => !this.#state.scanned.has(slot));
    throw new ClusterError(
      `Cannot complete the scan: no node of the cluster owns slot ${slot}`,
      { slot },
    );
  }

  /** After the last page of a node: counts the slots that it had all the time. */
  async #finish(scan: NodeScan): Promise<void> {
    while (this.#state.current === scan) {
      const view = await this.#attempt(() => this.#look(scan.address));
      if (view !== undefined) return this.#state.finish(view);
      if (this.#hasLeft(scan)) this.#state.current = null;
    }
  }

  /** Asks a node about itself. */
  async #look(address: Endpoint): Promise<NodeView> {
    const surface = this.#surface(address);
    const before = this.#dispatcher.nodes.connectionTo(address);
    const [nodes, runId] = await Promise.all([
      surface.ask(["CLUSTER", "NODES"]),
      this.#runId(surface),
    ]);
    if (runId !== undefined) return readNodeView(textOf(nodes), runId, address.host);
    // While the connection is the same, so is the process.
    const connection = this.#dispatcher.nodes.connectionTo(address);
    if (connection === undefined || connection !== before) {
      throw new ConnectionError(
        `Cannot scan ${show(address)}: its connection was replaced during the scan`,
        address,
      );
    }
    return readNodeView(textOf(nodes), `connection ${connection} of ${PROGRAM}`, address.host);
  }

  /** Asks a node for its run id; undefined if it does not tell, for example because the user may not run INFO. */
  async #runId(surface: NodeSurface<T>): Promise<string | undefined> {
    try {
      return readRunId(textOf(await surface.ask(["INFO", "server"])));
    } catch (error) {
      if (error instanceof ServerError) return undefined;
      throw error;
    }
  }

  #surface({ host, port }: Endpoint): NodeSurface<T> {
    this.#admitted.add(this.#dispatcher.nodes.admit({ host, port }));
    return this.#open({ host, port }, this.#signal);
  }

  /** Runs an operation. If it fails because a node is away, waits for a refresh of the map and returns undefined. */
  async #attempt<R>(operation: () => Promise<R>): Promise<R | undefined> {
    try {
      return await operation();
    } catch (error) {
      if (!isOfTheMoment(error)) throw error;
      this.#inDoubt = true;
      await this.#wait(error);
      return undefined;
    }
  }

  /** Waits for the first map, as long as `create()` would. */
  #waitForMap(): Promise<void> {
    const { settings, discovery } = this.#dispatcher;
    const error = new ClusterError(UNKNOWN, { cause: discovery.failure });
    return this.#wait(error, settings.clientCreationTimeout);
  }

  /** Waits for a refresh of the map. Throws the error if attempts have failed for too long. */
  async #wait(error: Error, patience = PATIENCE): Promise<void> {
    const now = performance.now();
    this.#troubleSince ??= now;
    if (now - this.#troubleSince > patience) throw error;
    await delay(PAUSE, { signal: this.#signal });
    await this.#dispatcher.discovery.refreshed();
  }

  /** The map of the cluster, which is there once the scan has begun. */
  get #topology(): Topology {
    return this.#dispatcher.nodes.topology!;
  }
}

/** Whether a node may have keys of a slot. */
function isThere(slot: number, { owned, importing }: NodeView): boolean {
  return owned.has(slot) || importing.has(slot);
}

/** Whether an error is transient. */
function isOfTheMoment(error: unknown): error is Error {
  return error instanceof ConnectionError || error instanceof TimeoutError ||
    error instanceof ClusterError;
}

function addressOf({ name }: ClusterNode): Endpoint {
  const colon = name.lastIndexOf(":");
  return {
    host: name.slice(0, colon).replace(/^\[(.*)\]$/, "$1"),
    port: Number(name.slice(colon + 1)),
  };
}

const utf8 = new TextDecoder();

function textOf(reply: Reply): string {
  return reply instanceof Uint8Array ? utf8.decode(reply) : String(reply);
}

/** Spells a pattern so that text and bytes cannot be confused. */
function spell(pattern: string | Uint8Array | undefined): string | null {
  if (pattern === undefined) return null;
  return typeof pattern === "string" ? `text:${pattern}` : `bytes:${pattern.join(" ")}`;
}
