/**
 * Makes monitors for the method of the clients.
 *
 * @module
 */

import type { Settings } from "../configuration/settings.ts";
import type { Endpoint } from "../connection/transport.ts";
import { ConfigurationError } from "../errors.ts";
import type { Events } from "../events.ts";
import { describe, isPlain } from "../option_shape.ts";
import { Monitor, type MonitorEnd, type MonitorOptions } from "./monitor.ts";
import type { MonitoredCommand } from "./monitor_line.ts";
import type { WithGaps } from "./subscription.ts";

/** What a monitor needs of the client. */
export interface MonitoringView {
  /** The checked configuration. */
  readonly settings: Settings;
  /** Takes events. */
  readonly events: Events;
  /** The monitors of the client. */
  readonly monitors: Set<MonitorEnd>;
  /** Whether words are bytes. */
  readonly bytes: boolean;
  /** Milliseconds for the call, if the view says so. */
  readonly timeout?: number;
  /** Ends the call and the monitor. */
  readonly signal?: AbortSignal;
  /** Where to try to reach the node. */
  addresses(): readonly Endpoint[];
}

/**
 * Monitors a node.
 *
 * @param options What the caller gave as options.
 * @param view The view of the client.
 * @returns The monitor, once the server has accepted MONITOR.
 */
export async function openMonitor<T extends string | Uint8Array, G extends boolean>(
  options: MonitorOptions<G> | undefined,
  view: MonitoringView,
): Promise<Monitor<T, WithGaps<MonitoredCommand<T>, G>>> {
  const given = options ?? {};
  check(given);
  const { settings: { link, requestTimeout, clientCreationTimeout }, events, monitors } = view;
  const signals = [given.signal, view.signal].filter((signal) => signal !== undefined);
  const signal = signals.length > 1 ? AbortSignal.any(signals) : signals[0];
  const monitor = new Monitor<T, WithGaps<MonitoredCommand<T>, G>>({
    options: { ...given, signal },
    bytes: view.bytes,
    timeout: view.timeout ?? Math.max(requestTimeout, clientCreationTimeout),
    events,
    link,
    requestTimeout,
    addresses: () => view.addresses(),
    onEnded: (monitor) => void monitors.delete(monitor),
  });
  monitors.add(monitor);
  await monitor.open();
  return monitor;
}

const NAMES = ["gaps", "overflow", "maxCommands", "maxBytes", "signal"];
const OVERFLOWS: readonly unknown[] = ["dropOldest", "dropNewest", "error"];

function check(options: unknown): void {
  if (!isPlain(options)) {
    throw new TypeError(
      `Cannot call monitor(): expected options as an object { ${NAMES.join(", ")} }, got ${
        describe(options)
      }`,
    );
  }
  for (const name of Object.keys(options)) {
    if (!NAMES.includes(name)) refuse(name, `there is no such option, only ${NAMES.join(", ")}`);
  }
  const { gaps, overflow, signal } = options;
  if (gaps !== undefined && typeof gaps !== "boolean") refuse("gaps", "expected a boolean");
  if (overflow !== undefined && !OVERFLOWS.includes(overflow)) {
    refuse("overflow", 'expected "dropOldest", "dropNewest" or "error"');
  }
  for (const name of ["maxCommands", "maxBytes"]) {
    const value = options[name];
    if (value !== undefined && !(Number.isSafeInteger(value) && (value as number) > 0)) {
      refuse(name, "expected an integer above 0");
    }
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    refuse("signal", "expected an AbortSignal");
  }
}

function refuse(option: string, problem: string): never {
  throw new ConfigurationError(
    `Cannot call monitor() with option "${option}": ${problem}`,
    option,
  );
}
