/**
 * Makes subscriptions for the methods of the clients.
 *
 * @module
 */

import { ConfigurationError } from "../errors.ts";
import { describe, isPlain } from "../option_shape.ts";
import type { Message } from "./message.ts";
import { namesOf, type OneOrMany } from "./names.ts";
import type { Item } from "./reader.ts";
import type { Subscriptions, WantOptions } from "./registry.ts";
import { type SubscribeOptions, Subscription, type WithGaps } from "./subscription.ts";
import type { Kind, Name } from "./topic.ts";

/** The view of a client on which the method was called. */
export interface SubscribingView {
  /** Whether messages are bytes. */
  readonly bytes: boolean;
  /** Milliseconds for the call, if the view says so. */
  readonly timeout?: number;
  /** Ends the call and the subscription. */
  readonly signal?: AbortSignal;
  /** Whether the view has a route, which a subscription cannot have. */
  readonly routed?: boolean;
}

const METHODS: Readonly<Record<Kind, string>> = {
  message: "subscribe()",
  pmessage: "psubscribe()",
  smessage: "ssubscribe()",
};

/**
 * Subscribes to names.
 *
 * @param open Finds all subscriptions of the client.
 * @param kind Kind of the names.
 * @param names One name or several.
 * @param options What the caller gave as options.
 * @param view The view of the client.
 * @returns The subscription, once the server has confirmed all names.
 */
export async function subscribe<
  T extends string | Uint8Array,
  M extends Message<T>,
  G extends boolean,
>(
  open: () => Promise<Subscriptions>,
  kind: Kind,
  names: OneOrMany<Name>,
  options: SubscribeOptions<M, G> | undefined,
  view: SubscribingView,
): Promise<Subscription<T, WithGaps<M, G>>> {
  const method = METHODS[kind];
  const forms = namesOf(method, names);
  if (view.routed) {
    throw new ConfigurationError(
      `Cannot call ${method} with a route: the client selects the nodes; see the option "nodes"`,
      "route",
    );
  }
  const given = options ?? {};
  check(method, given);
  const { onMessage, gaps, overflow, maxMessages, maxBytes, nodes, signal } = given;
  if (nodes !== undefined && kind === "smessage") {
    refuse(method, "nodes", "shard channels are subscribed on the primary of their slot");
  }
  const signals = [signal, view.signal].filter((signal) => signal !== undefined);
  const ending = signals.length > 1 ? AbortSignal.any(signals) : signals[0];
  const want: WantOptions = { timeout: view.timeout, signal: ending };
  const subscriptions = await open();
  const reader = await subscriptions.open(kind, forms, {
    bytes: view.bytes,
    gaps,
    overflow,
    maxMessages,
    maxBytes,
    everywhere: nodes === "primaries",
    onMessage: onMessage as ((item: Item) => unknown) | undefined,
  }, want);
  return new Subscription<T, WithGaps<M, G>>(reader, subscriptions);
}

const NAMES = ["onMessage", "gaps", "overflow", "maxMessages", "maxBytes", "nodes", "signal"];
const OVERFLOWS: readonly unknown[] = ["dropOldest", "dropNewest", "error"];

function check(method: string, options: unknown): void {
  if (!isPlain(options)) {
    throw new TypeError(
      `Cannot call ${method}: expected options as an object { ${NAMES.join(", ")} }, got ${
        describe(options)
      }`,
    );
  }
  for (const name of Object.keys(options)) {
    if (!NAMES.includes(name)) {
      refuse(method, name, `there is no such option, only ${NAMES.join(", ")}`);
    }
  }
  const { onMessage, gaps, overflow, nodes, signal } = options;
  if (nodes !== undefined && nodes !== "primaries") refuse(method, "nodes", 'expected "primaries"');
  if (onMessage !== undefined && typeof onMessage !== "function") {
    refuse(method, "onMessage", "expected a function");
  }
  if (gaps !== undefined && typeof gaps !== "boolean") refuse(method, "gaps", "expected a boolean");
  if (overflow !== undefined && !OVERFLOWS.includes(overflow)) {
    refuse(method, "overflow", 'expected "dropOldest", "dropNewest" or "error"');
  }
  for (const name of ["maxMessages", "maxBytes"]) {
    const value = options[name];
    if (value !== undefined && !(Number.isSafeInteger(value) && (value as number) > 0)) {
      refuse(method, name, "expected an integer above 0");
    }
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    refuse(method, "signal", "expected an AbortSignal");
  }
}

function refuse(method: string, option: string, problem: string): never {
  throw new ConfigurationError(
    `Cannot call ${method} with option "${option}": ${problem}`,
    option,
  );
}
