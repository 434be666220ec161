/**
 * What is behind a facade: the client, how calls are sent with it, and the subscriptions.
 *
 * @module
 */

import type { EventEmitter } from "node:events";
import type { Client } from "../../client/client.ts";
import type { ClusterRequestOptions } from "../../dispatch/request_options.ts";
import type { NodeRoute } from "../../dispatch/route.ts";
import { ClosedError } from "../../errors.ts";
import type { Argument } from "../../resp/reply.ts";
import { type Carrier, NodeCarrier } from "../carrier.ts";
import { checkConfiguration, type ClientClass, type ClientConfiguration } from "../client_class.ts";
import type { SubscriptionKind } from "../kept_subscriptions.ts";
import { ReopenedClient } from "../reopened_client.ts";
import { routeOfPattern } from "../scan_route.ts";
import { clientOf, type StoreClient } from "../store_client.ts";
import { primariesOf } from "./cluster_nodes.ts";
import { type CallOptions, inVersion4, version4Options } from "./command_options.ts";
import { METHODS } from "./commands/mod.ts";
import { clientIsClosed } from "./errors.ts";
import { type Method, several, wordsIn } from "./methods.ts";
import { type Shaped, shaped } from "./replies.ts";
import { ListenerSubscriptions, type MessageListener } from "./subscriptions.ts";

/** Options of SCAN. */
interface ScanOptions {
  MATCH?: unknown;
}

/** What a facade is made of: a class and its configuration, a client, or the way to one node of a cluster. */
export interface CoreParts {
  /** The class; undefined if there is a client. */
  readonly client: ClientClass | StoreClient | undefined;
  /** What `create()` of the class takes. */
  readonly configuration?: ClientConfiguration | string | URL;
  /** Whether a command that could not be sent waits until there is a server again. */
  readonly waitForServer: boolean;
  /** Sends the commands, if it is not a client of its own. */
  readonly carrier?: Carrier;
}

/** States in which there is a connection, or soon will be. */
const OPEN: ReadonlySet<string> = new Set(["connecting", "ready", "reconnecting"]);

/** What is behind a facade, and behind its views. */
export class FacadeCore {
  /** What it was made of. */
  readonly parts: CoreParts;
  /** Whether it leads to a cluster, not to one of its nodes. */
  readonly isCluster: boolean;
  /** Whether the client belongs to somebody else. */
  readonly isShared: boolean;
  /** What libraries look up: the URL, the address, and the database. */
  readonly options: Record<string, unknown>;
  /** Sends the commands. */
  readonly carrier: Carrier;
  readonly #subscriptions = new ListenerSubscriptions();

  /**
   * Makes it. Nothing is opened yet.
   *
   * @param parts What it is made of.
   * @param emitter Emits its events.
   * @throws {ConfigurationError} If an option is bad.
   * @throws {TypeError} If the client is none.
   */
  constructor(parts: CoreParts, emitter: EventEmitter) {
    this.parts = parts;
    const { client, configuration, waitForServer, carrier } = parts;
    this.isShared = carrier === undefined && typeof client !== "function";
    this.options = {};
    if (carrier !== undefined) {
      this.isCluster = false;
      this.carrier = carrier;
      return;
    }
    let create: () => Promise<Client>;
    if (this.isShared) {
      const given = clientOf(client as StoreClient, "a facade");
      this.isCluster = (given.constructor as unknown as ClientClass).isCluster;
      create = () => Promise.resolve(given);
    } else {
      const type = client as ClientClass;
      const checked = checkConfiguration(type, configuration!);
      const { addresses: [address], link } = checked.settings;
      const url = "path" in address ? undefined : `redis://${address.host}:${address.port}`;
      this.options = { url, socket: { ...address }, database: link.databaseId };
      this.isCluster = type.isCluster;
      const own = { ...checked.configuration, protocol: 2, lazyConnect: true } as const;
      create = () => type.create(own) as Promise<Client>;
    }
    const reopened: ReopenedClient = this.carrier = new ReopenedClient({
      isCluster: this.isCluster,
      failsFast: !waitForServer,
      emitter,
      isShared: this.isShared,
      create,
      lost: clientIsClosed,
      onOpen: async (client) => {
        if (!this.isCluster || reopened.primaries.length > 0) return;
        reopened.primaries = await primariesOf(client);
      },
      onReached: () => {},
    });
  }

  /** Whether it was opened, and is not closed since. */
  get isOpen(): boolean {
    return OPEN.has(this.carrier.status);
  }

  /** Whether there are subscriptions. */
  get isSubscribed(): boolean {
    return this.#subscriptions.isActive;
  }

  /** Makes what sends commands to one node of the cluster. */
  nodeCarrier(route: NodeRoute): Carrier {
    return new NodeCarrier(this.carrier, route);
  }

  /** Closes it when the commands under way have their replies. */
  async close(): Promise<void> {
    // They end by themselves if the client was closed meanwhile.
    if (this.isShared) await this.#subscriptions.end().catch(() => {});
    this.#subscriptions.clear();
    await this.carrier.quit();
  }

  /** Closes it at once. */
  destroy(): void {
    if (this.isShared) this.#subscriptions.end().catch(() => {});
    this.#subscriptions.clear();
    this.carrier.disconnect(false);
  }

  /**
   * Runs a command by its method.
   *
   * @param call How it is sent.
   * @param method The method.
   * @param args Its arguments.
   */
  run(call: CallOptions, method: Method, args: readonly unknown[]): Promise<unknown> {
    const older = version4Options(args[0]);
    const given = older === undefined ? args : args.slice(1);
    let words: Argument[];
    let route: NodeRoute | undefined;
    try {
      words = wordsIn(method.words(...given));
      if (method === METHODS.scan && this.isCluster) route = routeOfScan(given[1] as ScanOptions);
    } catch (error) {
      return Promise.reject(error);
    }
    const value = this.send(older ?? call, words, route)
      .then((reply) => method.reply === undefined ? reply : method.reply(reply));
    return older === undefined ? value : value.then(inVersion4);
  }

  /**
   * Sends a command.
   *
   * @param call How it is sent.
   * @param words Its words.
   * @param route To which node of a cluster it goes; by default its keys tell.
   */
  send(
    { buffers, request: own }: CallOptions,
    words: readonly Argument[],
    route?: NodeRoute,
  ): Promise<Shaped> {
    if (!this.isOpen) return Promise.reject(clientIsClosed());
    const request: ClusterRequestOptions | undefined = route === undefined
      ? own
      : { ...own, route };
    const reply = buffers
      ? this.carrier.use((client) =>
        (client.bytes as unknown as Client).customCommand(words, request)
      )
      : this.carrier.send(words, request);
    return reply.then(shaped);
  }

  /** Runs something with the client. */
  use<R>(run: (client: Client) => Promise<R>): Promise<R> {
    return this.isOpen ? this.carrier.use(run) : Promise.reject(clientIsClosed());
  }

  /**
   * Subscribes a listener to names.
   *
   * @param kind Kind of the names.
   * @param names One name, or several.
   * @param call The listener.
   * @param buffers Whether it gets buffers.
   */
  subscribe(
    kind: SubscriptionKind,
    names: string | string[],
    call: MessageListener,
    buffers: boolean | undefined,
  ): Promise<void> {
    if (typeof call !== "function") {
      return Promise.reject(new TypeError("Cannot subscribe: expected a listener"));
    }
    const listener = { call, buffers: buffers ?? false };
    return this.use((client) =>
      this.#subscriptions.subscribe(client, kind, several(names).map(String), listener)
    );
  }

  /**
   * Ends subscriptions.
   *
   * @param kind Kind of the names.
   * @param names One name, or several; undefined for all of the kind.
   * @param call The listener; undefined for all.
   * @param buffers Whether the listener gets buffers.
   */
  async unsubscribe(
    kind: SubscriptionKind,
    names: string | string[] | undefined,
    call: MessageListener | undefined,
    buffers: boolean | undefined,
  ): Promise<void> {
    const wanted = names === undefined ? undefined : several(names).map(String);
    const listener = call && { call, buffers: buffers ?? false };
    try {
      await this.#subscriptions.unsubscribe(kind, wanted, listener);
    } catch (error) {
      throw error instanceof ClosedError ? clientIsClosed(error) : error;
    }
  }
}

/** The node whose pages are wanted. A cursor belongs to one node. */
function routeOfScan(options: ScanOptions | undefined): NodeRoute {
  const route = routeOfPattern(options?.MATCH);
  if (route !== undefined) return route;
  throw new TypeError(
    "Cannot scan a cluster page by page without a hash tag in MATCH: use scanIterator(), or scan() of nodeClient()",
  );
}
