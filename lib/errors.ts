/**
 * Every error that this library throws of its own accord.
 *
 * This is the ground layer: it imports nothing. Misuse that a type checker would refuse (an argument of a wrong
 * type, an empty key list) throws the built-in `TypeError` or `RangeError` instead.
 *
 * The platform does not copy classes: after `structuredClone()` or `postMessage()` an error of this library is a plain
 * `Error`, with its message, stack and cause, and without `code`, `phase`, `maybeExecuted` and the like. Send
 * {@linkcode RedisError.toJSON} to another thread instead.
 *
 * @module
 */

/**
 * Base of all errors of this library: the one `instanceof` check for "it came from the Redis client".
 *
 * @example Telling this library's errors from others
 * ```ts
 * import { RedisError } from "@babushka/redis";
 *
 * function isRedisTrouble(error: unknown): boolean {
 *   return error instanceof RedisError;
 * }
 * isRedisTrouble(new TypeError("No")); // false
 * ```
 */
export class RedisError extends Error {
  /** Name of the class; a literal, so that minifiers leave it alone. */
  override name = "RedisError";

  /**
   * Makes a plain object of the error, which survives `postMessage()`. `JSON.stringify()` calls it.
   *
   * @example Telling another thread what went wrong
   * ```ts
   * const error = await client.customCommand(["NO"]).catch((error) => error);
   * const { name, code } = structuredClone(error.toJSON());
   * name; // "ServerError"
   * code; // "ERR"
   * ```
   *
   * @returns Its name, its message, the fields of its class, and its cause in the same form. The stack is left out.
   */
  toJSON(): Record<string, unknown> {
    const object: Record<string, unknown> = { name: this.name, message: this.message };
    for (const [field, value] of Object.entries(this)) {
      if (value !== undefined) object[field] = value;
    }
    if (this.cause !== undefined) object.cause = plain(this.cause);
    return object;
  }
}

/**
 * An error reply of the server.
 *
 * At the top level of a reply it rejects the request. Inside an array, set or map it is a value in its place.
 */
export class ServerError extends RedisError {
  /** Name of the class. */
  override name = "ServerError";
  /** First word of the reply, which is the server's own error code: `"WRONGTYPE"`, `"NOPERM"`, `"ERR"`, … */
  readonly code: string;
  /** Name of the command that was refused (`"HSET"`, `"CONFIG SET"`), when it is known. */
  command?: string;

  /**
   * Makes an error of the text that the server sent.
   *
   * @param message Text of the reply, without its type byte.
   * @param options The usual `cause`.
   */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    const space = message.indexOf(" ");
    this.code = space === -1 ? message : message.slice(0, space);
  }
}

/** What a {@linkcode ConnectionError} tells besides its message. */
export interface ConnectionErrorOptions extends ErrorOptions {
  /** Host of the peer. */
  host: string;
  /** Port of the peer. */
  port: number;
  /** Whether the request may have been executed. @default {false} */
  maybeExecuted?: boolean;
}

/**
 * A connection could not be opened, or broke.
 *
 * `maybeExecuted` answers the question that a caller has: `false` means that the server never saw the request, so
 * sending it again is safe; `true` means that it had been written and nobody knows.
 */
export class ConnectionError extends RedisError {
  /** Name of the class. */
  override name = "ConnectionError";
  /** Host of the peer. */
  readonly host: string;
  /** Port of the peer. */
  readonly port: number;
  /** `false`: the request was not executed. `true`: it had been written, so it may have been. */
  readonly maybeExecuted: boolean;

  /**
   * Makes a connection error.
   *
   * @param message What was attempted and what came of it.
   * @param options The peer, the cause, and whether the request may have been executed.
   */
  constructor(message: string, options: ConnectionErrorOptions) {
    super(message, options);
    this.host = options.host;
    this.port = options.port;
    this.maybeExecuted = options.maybeExecuted ?? false;
  }
}

/** Where a request was when its time ran out: still `"queued"` (never written) or already `"sent"`. */
export type TimeoutPhase = "queued" | "sent";

/** What a {@linkcode TimeoutError} tells besides its message. */
export interface TimeoutErrorOptions extends ErrorOptions {
  /** Where the request was when its time ran out. */
  phase: TimeoutPhase;
  /** The budget that ran out, in milliseconds. */
  timeout: number;
}

/**
 * The time for a request, or for the creation of a client, ran out.
 *
 * `phase` tells whether the server can have seen the request. Where the client had retried after an error of the
 * server, that error is the `cause`.
 */
export class TimeoutError extends RedisError {
  /** Name of the class. */
  override name = "TimeoutError";
  /** `"queued"`: never written, hence not executed. `"sent"`: written, and perhaps executed. */
  readonly phase: TimeoutPhase;
  /** The budget that ran out, in milliseconds. */
  readonly timeout: number;

  /**
   * Makes a timeout error.
   *
   * @param message What did not end in time.
   * @param options The phase and the budget.
   */
  constructor(message: string, options: TimeoutErrorOptions) {
    super(message, options);
    this.phase = options.phase;
    this.timeout = options.timeout;
  }
}

/** The client was closed, before the request or while it waited. */
export class ClosedError extends RedisError {
  /** Name of the class. */
  override name = "ClosedError";
}

/** The limit of requests in flight is reached; nothing was sent. */
export class OverloadError extends RedisError {
  /** Name of the class. */
  override name = "OverloadError";
  /** The limit, as configured by `inflightRequestsLimit`. */
  readonly limit: number;

  /**
   * Makes an overload error.
   *
   * @param message What was refused.
   * @param limit The limit that is reached.
   * @param options The usual `cause`.
   */
  constructor(message: string, limit: number, options?: ErrorOptions) {
    super(message, options);
    this.limit = limit;
  }
}

/** The buffer of a subscription was full, and its option `overflow` is `"error"`. */
export class OverflowError extends RedisError {
  /** Name of the class. */
  override name = "OverflowError";
}

/** The peer sent bytes that are not RESP, or more than the decoder's limits allow. The connection is dropped. */
export class ProtocolError extends RedisError {
  /** Name of the class. */
  override name = "ProtocolError";
  /** Position of the offending byte, counted from the first byte of the connection. */
  readonly offset: number;

  /**
   * Makes a protocol error.
   *
   * @param message What was found.
   * @param offset Position of the offending byte.
   * @param options The usual `cause`.
   */
  constructor(message: string, offset: number, options?: ErrorOptions) {
    super(message, options);
    this.offset = offset;
  }
}

/** A well-formed reply that is not what the command is documented to answer, so that no typed value can be made of it. */
export class UnexpectedReplyError extends RedisError {
  /** Name of the class. */
  override name = "UnexpectedReplyError";
}

/** A watched key was changed by somebody else, each time that the transaction was tried. */
export class WatchError extends RedisError {
  /** Name of the class. */
  override name = "WatchError";
}

/**
 * An option that the client cannot work with. A bad option of `create()` is refused before a socket is opened; a bad route
 * or timeout before anything is sent.
 */
export class ConfigurationError extends RedisError {
  /** Name of the class. */
  override name = "ConfigurationError";
  /** Name of the option, with dots for nested ones: `"reconnectStrategy.factor"`. */
  readonly option: string;

  /**
   * Makes a configuration error.
   *
   * @param message What is wrong with the option, and what would be right.
   * @param option Name of the option.
   * @param options The usual `cause`.
   */
  constructor(message: string, option: string, options?: ErrorOptions) {
    super(message, options);
    this.option = option;
  }
}

/** One part of a multi-key command that failed. */
export interface FailedPart {
  /** The key, as the caller gave it. */
  key: string | Uint8Array;
  /** Why its part failed. */
  error: Error;
}

/** How far a split multi-key command came before a part of it failed. */
export interface PartialOutcome {
  /** Keys whose part succeeded. */
  applied: (string | Uint8Array)[];
  /** Keys whose part failed, each with its error. */
  failed: FailedPart[];
}

/** What a {@linkcode ClusterError} tells besides its message. */
export interface ClusterErrorOptions extends ErrorOptions {
  /** The slot in question. */
  slot?: number;
  /** How far a split command came. */
  partial?: PartialOutcome;
}

/** A cluster could not serve a request: no node for a slot, too many redirects, or keys that do not share a slot. */
export class ClusterError extends RedisError {
  /** Name of the class. */
  override name = "ClusterError";
  /** The slot in question, where there is one. */
  readonly slot?: number;
  /** How far a command that was split over several nodes came. */
  readonly partial?: PartialOutcome;

  /**
   * Makes a cluster error.
   *
   * @param message What was refused or failed.
   * @param options The slot, the cause and the partial outcome.
   */
  constructor(message: string, options?: ClusterErrorOptions) {
    super(message, options);
    this.slot = options?.slot;
    this.partial = options?.partial;
  }
}

function plain(cause: unknown): unknown {
  if (cause instanceof RedisError) return cause.toJSON();
  return cause instanceof Error ? { name: cause.name, message: cause.message } : String(cause);
}
