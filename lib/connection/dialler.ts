/**
 * Opens connections to one node.
 *
 * @module
 */

import { ask } from "./ask.ts";
import type { Connection, ConnectionEvents } from "./connection.ts";
import type { Attempt } from "./open.ts";
import { openFirst } from "./open_first.ts";
import type { LinkSettings } from "./settings.ts";
import type { Endpoint } from "./transport.ts";

/** Opens connections to one node, under the addresses that it has at the time. */
export class Dialler {
  /** The address that was tried last. */
  endpoint: Endpoint;
  /** Whether fresh connections are told to answer reads although the node is a replica of a cluster. */
  readOnly: boolean;
  readonly #addresses: () => readonly Endpoint[];
  readonly #settings: LinkSettings;
  readonly #events: ConnectionEvents;
  /** The address at which a connection was opened last. */
  #reachedAt: Endpoint | undefined;

  /**
   * Makes a dialler.
   *
   * @param endpoint Address of the node for messages, until one is tried.
   * @param addresses Where to try to reach the node, in order; asked before each attempt. If it throws, the attempt
   * fails.
   * @param settings How to connect.
   * @param events Learns of the end of each connection.
   */
  constructor(
    endpoint: Endpoint,
    addresses: () => readonly Endpoint[],
    settings: LinkSettings,
    events: ConnectionEvents,
  ) {
    this.endpoint = endpoint;
    this.readOnly = settings.readOnly;
    this.#addresses = addresses;
    this.#settings = settings;
    this.#events = events;
  }

  /**
   * Opens a connection and shakes hands.
   *
   * @param attempt How.
   * @returns The connection.
   */
  async open(attempt: Attempt): Promise<Connection> {
    const settings = { ...this.#settings, readOnly: this.readOnly };
    const connection = await this.#dial(settings, attempt);
    connection.readOnly = settings.readOnly;
    this.tellReadOnly(connection);
    return connection;
  }

  /**
   * Opens a connection that is only logged in: a server accepts no more while a script runs.
   *
   * @param attempt How.
   * @returns The connection.
   */
  openBare(attempt: Attempt): Promise<Connection> {
    const bare = {
      clientName: undefined,
      databaseId: 0,
      readOnly: false,
      clientInfo: false,
      availabilityZone: false,
    };
    return this.#dial({ ...this.#settings, ...bare }, attempt);
  }

  /**
   * Sends READONLY or READWRITE, unless it was sent already: the role may have changed during the dial.
   *
   * @param connection A connection that this dialler has opened.
   */
  tellReadOnly(connection: Connection): void {
    if (connection.readOnly === this.readOnly || connection.closed) return;
    connection.readOnly = this.readOnly;
    ask(connection, [this.readOnly ? "READONLY" : "READWRITE"]).catch(ignore);
  }

  async #dial(settings: LinkSettings, attempt: Attempt): Promise<Connection> {
    const addresses = this.#addresses();
    // The one that worked last comes first: another one may take its time to fail.
    const last = addresses.find(({ host, port }) =>
      host === this.#reachedAt?.host && port === this.#reachedAt.port
    );
    const ordered = last === undefined
      ? addresses
      : [last, ...addresses.filter((address) => address !== last)];
    let tried: Endpoint | undefined;
    const connection = await openFirst(ordered, settings, attempt, this.#events, (address) => {
      this.endpoint = tried = address;
    });
    this.#reachedAt = tried;
    return connection;
  }
}

function ignore(): void {}
