/**
 * The little that every client has to offer here, and where it is told to connect.
 *
 * @module
 */

/**
 * The time limit of requests, in milliseconds, for clients whose own is so short that a stall of a busy machine would fail the bench.
 * It is what node-redis has.
 */
export const REQUEST_TIMEOUT = 5000;

/** Where a client is to connect, and how. */
export interface Endpoint {
  /** Address of the server; in a cluster that of one node. */
  readonly host: string;
  /** Its port. */
  readonly port: number;
  /** Whether it is a node of a cluster. */
  readonly cluster: boolean;
  /** For TLS: the authority that signed the server's certificate, as PEM text and as a file. */
  readonly tls?: { readonly caCert: string; readonly caCertPath: string };
  /** The protocol to speak, where it is not the client's own choice. */
  readonly protocol?: 2;
  /** Whether GET is to be answered from the client's memory where possible. */
  readonly cached?: true;
}

/**
 * A connected client.
 *
 * The methods hand on the client's own promise: a wrapper around it would be measured too.
 */
export interface Adapter {
  /** GET. */
  get(key: string): Promise<unknown>;
  /** SET, answering "OK". */
  set(key: string, value: string): Promise<unknown>;
  /** The values of many keys, in their order, in the way that users of this client would get them. */
  mget(keys: string[]): Promise<unknown>;
  /** LRANGE. */
  lrange(key: string, start: number, stop: number): Promise<unknown>;
  /** Closes the connections. */
  close(): unknown;
}

/**
 * Takes a message that a client has received.
 *
 * @param channel The channel.
 * @param message The message.
 */
export type TakeMessage = (channel: string, message: string) => void;

/** A client that is subscribed. */
export interface Subscriber {
  /** Closes its connections. */
  close(): unknown;
}

/**
 * Connects a client of its own and subscribes it to channels, in the way that users of this client would who want a function called
 * for each message.
 *
 * @param endpoint Where to.
 * @param channels The channels.
 * @param take To be called for each message.
 * @returns The client, once the server has confirmed the subscriptions.
 */
export type Subscribe = (
  endpoint: Endpoint,
  channels: readonly string[],
  take: TakeMessage,
) => Promise<Subscriber>;

/** Says that a client cannot do what a workload needs; that is no failure. */
export class Unsupported extends Error {
  /** Name of the class. */
  override readonly name = "Unsupported";
}
