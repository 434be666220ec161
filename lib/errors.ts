/**
 * Error classes of this library.
 *
 * Wrong arguments throw the built-in `TypeError` or `RangeError` instead: a value of the wrong type, for example, or an
 * empty list of keys.
 *
 * `structuredClone()` and `postMessage()` turn an error of this library into a plain `Error`: message, stack and cause
 * are kept, but `code`, `phase`, `maybeExecuted` and the other fields are lost. Send the result of
 * {@linkcode RedisError.prototype.toJSON | RedisError.toJSON} to another thread instead.
 *
 * @module
 */

/**
 * Base class of all errors of this library.
 *
 * @example Handling the errors of this library
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
  /** Name of the class. Minifiers do not change it. */
  override name = "RedisError";

  /**
   * Converts the error to a plain object, which can be cloned and serialized. `JSON.stringify()` calls it.
   *
   * @example Sending an error to another thread
   * ```ts
   * const error = await client.customCommand(["NO"]).catch((error) => error);
   * const { name, code } = structuredClone(error.toJSON());
   * name; // "ServerError"
   * code; // "ERR"
   * ```
   *
   * @returns Name, message, the fields of the class, and the cause in the same form. The stack is not included.
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
 * The server answered a command with an error.
 *
 * An error as the whole reply rejects the request. An error inside an array, set or map is returned as an element.
 *
 * @example Handle an error by its code
 * ```ts
 * import { ServerError } from "@babushka/redis";
 *
 * await client.set("name", "Ada");
 * try {
 *   await client.lpush("name", "Grace");
 * } catch (error) {
 *   if (!(error instanceof ServerError && error.code === "WRONGTYPE")) throw error;
 *   console.error("The key does not hold a list");
 * }
 * ```
 */
export class ServerError extends RedisError {
  /** Name of the class. */
  override name = "ServerError";
  /** Error code of the server, the first word of the reply: `"WRONGTYPE"`, `"NOPERM"`, `"ERR"`, … */
  readonly code: string;
  /** Name of the command that failed, such as `"HSET"` or `"CONFIG SET"`. Undefined if it is not known. */
  command?: string;

  /**
   * Creates the error for an error reply.
   *
   * @param message Text of the reply, without the leading `-` or `!`.
   * @param options The `cause`, if there is one.
   */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    const space = message.indexOf(" ");
    this.code = space === -1 ? message : message.slice(0, space);
  }
}

/** Options of the constructor of {@linkcode ConnectionError}. */
export interface ConnectionErrorOptions extends ErrorOptions {
  /** Host of the server. */
  host: string;
  /** Port of the server. */
  port: number;
  /**
   * Whether the request may have been executed.
   *
   * @default {false}
   */
  maybeExecuted?: boolean;
}

/**
 * A connection could not be opened or was lost.
 *
 * `maybeExecuted` tells whether the request can be repeated. With `false` the server did not execute it, so repeating
 * it is safe. With `true` it was sent, and the server may have executed it.
 *
 * @example Repeat a write only if it was not executed
 * ```ts
 * import { ConnectionError } from "@babushka/redis";
 *
 * async function addJob(job: string): Promise<void> {
 *   try {
 *     await client.rpush("jobs", job);
 *   } catch (error) {
 *     if (!(error instanceof ConnectionError) || error.maybeExecuted) throw error;
 *     await client.rpush("jobs", job);
 *   }
 * }
 * await addJob("resize 17");
 * ```
 */
export class ConnectionError extends RedisError {
  /** Name of the class. */
  override name = "ConnectionError";
  /** Host of the server. */
  readonly host: string;
  /** Port of the server. */
  readonly port: number;
  /** `false`: the server did not execute the request. `true`: it was sent, and may have been executed. */
  readonly maybeExecuted: boolean;

  /**
   * Creates the error.
   *
   * @param message What was attempted, and why it failed.
   * @param options Host and port of the server, the cause, and whether the request may have been executed.
   */
  constructor(message: string, options: ConnectionErrorOptions) {
    super(message, options);
    this.host = options.host;
    this.port = options.port;
    this.maybeExecuted = options.maybeExecuted ?? false;
  }
}

/** State of a request when its timeout expired: `"queued"` (not sent yet) or `"sent"`. */
export type TimeoutPhase = "queued" | "sent";

/** Options of the constructor of {@linkcode TimeoutError}. */
export interface TimeoutErrorOptions extends ErrorOptions {
  /** State of the request when its timeout expired. */
  phase: TimeoutPhase;
  /** The timeout, in milliseconds. */
  timeout: number;
}

/**
 * The timeout of a request, or of `create()`, expired.
 *
 * `phase` tells whether the server may have received the request. If the client was retrying after an error reply, that
 * error is the `cause`.
 */
export class TimeoutError extends RedisError {
  /** Name of the class. */
  override name = "TimeoutError";
  /** `"queued"`: not sent, so not executed. `"sent"`: sent, and perhaps executed. */
  readonly phase: TimeoutPhase;
  /** The timeout, in milliseconds. */
  readonly timeout: number;

  /**
   * Creates the error.
   *
   * @param message What did not complete in time.
   * @param options The phase, the timeout and the cause.
   */
  constructor(message: string, options: TimeoutErrorOptions) {
    super(message, options);
    this.phase = options.phase;
    this.timeout = options.timeout;
  }
}

/** The client was closed before the request, or while the request was waiting. */
export class ClosedError extends RedisError {
  /** Name of the class. */
  override name = "ClosedError";
}

/** The maximum number of requests is in flight (`inflightRequestsLimit`). The request was not sent. */
export class OverloadError extends RedisError {
  /** Name of the class. */
  override name = "OverloadError";
  /** The value of the option `inflightRequestsLimit`. */
  readonly limit: number;

  /**
   * Creates the error.
   *
   * @param message What was rejected.
   * @param limit The limit.
   * @param options The `cause`, if there is one.
   */
  constructor(message: string, limit: number, options?: ErrorOptions) {
    super(message, options);
    this.limit = limit;
  }
}

/** The buffer of a subscription or monitor with the option `overflow: "error"` was full. */
export class OverflowError extends RedisError {
  /** Name of the class. */
  override name = "OverflowError";
}

/** The server sent bytes that are not RESP, or exceeded a limit of the decoder. The connection is closed. */
export class ProtocolError extends RedisError {
  /** Name of the class. */
  override name = "ProtocolError";
  /** Position of the invalid byte, counted from the first byte of the connection. */
  readonly offset: number;

  /**
   * Creates the error.
   *
   * @param message What was found.
   * @param offset Position of the invalid byte.
   * @param options The `cause`, if there is one.
   */
  constructor(message: string, offset: number, options?: ErrorOptions) {
    super(message, options);
    this.offset = offset;
  }
}

/**
 * The reply is valid RESP but does not have the documented form, so it cannot be converted to the type of the method.
 */
export class UnexpectedReplyError extends RedisError {
  /** Name of the class. */
  override name = "UnexpectedReplyError";
}

/** Another client changed a watched key in every attempt of `watch()`. */
export class WatchError extends RedisError {
  /** Name of the class. */
  override name = "WatchError";
}

/**
 * An option is invalid. Options of `create()` are checked before a connection is opened, options of a request before it
 * is sent.
 */
export class ConfigurationError extends RedisError {
  /** Name of the class. */
  override name = "ConfigurationError";
  /** Name of the option, with dots for nested ones: `"reconnectStrategy.factor"`. */
  readonly option: string;

  /**
   * Creates the error.
   *
   * @param message What is wrong with the option, and what was expected.
   * @param option Name of the option.
   * @param options The `cause`, if there is one.
   */
  constructor(message: string, option: string, options?: ErrorOptions) {
    super(message, options);
    this.option = option;
  }
}

/** A key of a split command, with the error of its node. */
export interface FailedPart {
  /** The key. */
  key: string | Uint8Array;
  /** Error of the part with this key. */
  error: Error;
}

/** Outcome of a multi-key command that was split over several nodes and failed at some of them. */
export interface PartialOutcome {
  /** Keys for which the command succeeded. */
  applied: (string | Uint8Array)[];
  /** Keys for which it failed, with the errors. */
  failed: FailedPart[];
}

/** Options of the constructor of {@linkcode ClusterError}. */
export interface ClusterErrorOptions extends ErrorOptions {
  /** The slot of the request. */
  slot?: number;
  /** Outcome of a command that was split over several nodes. */
  partial?: PartialOutcome;
}

/**
 * The cluster could not execute a request: no node owns the slot, there were too many redirections, or the keys are in
 * different slots.
 */
export class ClusterError extends RedisError {
  /** Name of the class. */
  override name = "ClusterError";
  /** The slot of the request; undefined if it has none. */
  readonly slot?: number;
  /** For each key of a split command, whether it succeeded; undefined if the command was not split. */
  readonly partial?: PartialOutcome;

  /**
   * Creates the error.
   *
   * @param message What was rejected or failed.
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
