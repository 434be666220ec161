/**
 * Views of a client: the same connections with other request options, or with bytes for text.
 *
 * @module
 */

import type { ReadCache } from "../cache/read_cache.ts";
import type { Route } from "../dispatch/route.ts";
import type { Request } from "../connection/request.ts";
import type { Dispatcher } from "../dispatch/dispatcher.ts";
import type { ClusterRequestOptions } from "../dispatch/request_options.ts";
import { ConfigurationError } from "../errors.ts";
import type { Decoder, Words } from "../executor.ts";
import { describe, isPlain } from "../option_shape.ts";
import { taken } from "../words.ts";

/** How the requests of a view differ from those of its client. */
export interface ViewOptions {
  /**
   * Whether bulk strings of replies are bytes.
   *
   * @default {false}
   */
  readonly bytes?: boolean;
  /** Options of the requests. */
  readonly options?: ClusterRequestOptions;
  /** Where replies are kept. */
  readonly cache?: ReadCache<ClusterRequestOptions> | null;
}

/** What a client sends its requests with. */
export class View {
  /** Sends the requests; all views of a client have the same. */
  readonly dispatcher: Dispatcher;
  /** Whether bulk strings of replies are bytes. */
  readonly bytes: boolean;
  /** Options of the requests; undefined for the defaults. */
  readonly options: ClusterRequestOptions | undefined;
  /** Where replies are kept; null if they are not. */
  readonly cache: ReadCache<ClusterRequestOptions> | null;

  /**
   * Makes a view.
   *
   * @param dispatcher Sends the requests.
   * @param options How the requests differ from those of the client.
   */
  constructor(dispatcher: Dispatcher, { bytes = false, options, cache = null }: ViewOptions = {}) {
    this.dispatcher = dispatcher;
    this.bytes = bytes;
    this.options = options;
    this.cache = cache;
  }

  /** Makes the same view with bytes for text. */
  inBytes(): View {
    const { dispatcher, options, cache } = this;
    return new View(dispatcher, { bytes: true, options, cache });
  }

  /** Makes the same view with a cache. */
  cached(): View {
    const { dispatcher, bytes, options } = this;
    return new View(dispatcher, { bytes, options, cache: dispatcher.openCache() });
  }

  /**
   * Makes the same view with other options.
   *
   * @param options Options to put over those of this view. Undefined counts as not given.
   * @throws {TypeError} If they are no object.
   * @throws {ConfigurationError} If one is unknown or bad.
   */
  with(options: ClusterRequestOptions): View {
    const { dispatcher, bytes, cache } = this;
    return new View(dispatcher, { bytes, options: this.merge(options), cache });
  }

  /**
   * Puts options over those of this view, after a check.
   *
   * @param options The options. Undefined counts as not given.
   * @returns New options.
   * @throws {TypeError} If they are no object.
   * @throws {ConfigurationError} If one is unknown or bad.
   */
  merge(options: ClusterRequestOptions): ClusterRequestOptions {
    checkOptions(options);
    const { timeout, signal, route } = options;
    if (route !== undefined) this.dispatcher.checkRoute(route);
    const merged = { ...this.options };
    if (timeout !== undefined) merged.timeout = timeout;
    if (signal !== undefined) merged.signal = signal;
    if (route !== undefined) merged.route = typeof route === "object" ? copyOf(route) : route;
    return merged;
  }

  /**
   * Makes a request without sending it.
   *
   * @param words Words of the command.
   * @param decode Makes the value of the reply.
   * @param bytes Whether bulk strings of the reply are bytes; by default as on this view.
   * @throws Whatever the request would reject with: the words or the options are bad, or the client is closed.
   */
  make(words: Words, decode: Decoder<unknown>, bytes: boolean = this.bytes): Request {
    return this.dispatcher.make(words, decode, bytes, this.options);
  }

  /**
   * Sends a request.
   *
   * @param request A request that was not launched before.
   * @param send Sends it; by default it goes where it belongs.
   */
  launch(request: Request, send?: () => void): void {
    this.dispatcher.launch(request, this.options, send);
  }
}

const NAMES = ["timeout", "signal", "route"];

function checkOptions(options: ClusterRequestOptions): void {
  const given: unknown = options;
  if (!isPlain(given)) {
    throw new TypeError(
      `Cannot use request options: expected an object { ${NAMES.join(", ")} }, got ${
        describe(given)
      }`,
    );
  }
  const { timeout, signal } = options;
  if (timeout !== undefined && !(typeof timeout === "number" && timeout > 0 && timeout < 2 ** 31)) {
    throw new ConfigurationError(
      'Cannot use option "timeout": expected a number of milliseconds above 0',
      "timeout",
    );
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new ConfigurationError('Cannot use option "signal": expected an AbortSignal', "signal");
  }
  for (const name of Object.keys(options)) {
    if (!NAMES.includes(name)) {
      throw new ConfigurationError(
        `Cannot use option "${name}": there is no such option, only ${NAMES.join(", ")}`,
        name,
      );
    }
  }
}

/** Copies a route, so that changes to the caller's object, or to the bytes of its key, have no effect. */
function copyOf(route: Exclude<Route, string>): Route {
  return "slotKey" in route ? { ...route, slotKey: taken(route.slotKey) } : { ...route };
}
