/**
 * The counters of clients as metrics. They are read only when metrics are collected.
 *
 * @module
 */

import type {
  TelemetryAttributes,
  TelemetryMeter,
  TelemetryMeterProvider,
} from "../configuration/telemetry.ts";
import type { ClientStatistics } from "./statistics.ts";

/** A counter that is exported as a metric. */
interface Figure {
  /** Name of the metric behind `babushka.client.`. */
  readonly name: string;
  /** Takes it from the statistics. */
  read(statistics: ClientStatistics): number;
  /** Unit of the metric. */
  readonly unit: string;
  /** Description. */
  readonly description: string;
  /** Whether the value can decrease. */
  readonly falls?: true;
}

/** Each figure that is a metric. Numbers of calls are in the histogram of their durations. */
const FIGURES: readonly Figure[] = [
  {
    name: "requests.in_flight",
    read: (statistics) => statistics.inFlight,
    unit: "{request}",
    description: "Requests that have no answer yet.",
    falls: true,
  },
  {
    name: "timeouts",
    read: (statistics) => statistics.timedOut,
    unit: "{request}",
    description: "Requests that were rejected because their timeout was over.",
  },
  {
    name: "retries",
    read: (statistics) => statistics.retries,
    unit: "{retry}",
    description: "Requests that were sent again.",
  },
  {
    name: "redirects",
    read: (statistics) => statistics.redirects,
    unit: "{redirect}",
    description: "Requests that a node of a cluster sent to another node.",
  },
  {
    name: "connections",
    read: (statistics) => statistics.connections,
    unit: "{connection}",
    description: "Connections that are open.",
    falls: true,
  },
  {
    name: "connection_failures",
    read: (statistics) => statistics.connectionFailures,
    unit: "{attempt}",
    description: "Attempts to connect that failed.",
  },
  {
    name: "reconnects",
    read: (statistics) => statistics.reconnects,
    unit: "{reconnect}",
    description: "Lost connections that were replaced.",
  },
  {
    name: "sent",
    read: (statistics) => statistics.bytesSent,
    unit: "By",
    description: "Bytes that were sent.",
  },
  {
    name: "received",
    read: (statistics) => statistics.bytesReceived,
    unit: "By",
    description: "Bytes that were received.",
  },
  {
    name: "cache.hits",
    read: ({ cache }) => cache.hits,
    unit: "{read}",
    description: "Reads that were answered from memory.",
  },
  {
    name: "cache.misses",
    read: ({ cache }) => cache.misses,
    unit: "{read}",
    description: "Cacheable reads that were not answered from memory.",
  },
  {
    name: "cache.invalidations",
    read: ({ cache }) => cache.invalidations,
    unit: "{key}",
    description: "Keys of which a server has said that they were changed.",
  },
  {
    name: "cache.flushes",
    read: ({ cache }) => cache.flushes,
    unit: "{flush}",
    description: "How often entries were dropped all together.",
  },
  {
    name: "cache.evictions",
    read: ({ cache }) => cache.evictions,
    unit: "{entry}",
    description: "Entries that were dropped to make room for others.",
  },
  {
    name: "cache.bytes",
    read: ({ cache }) => cache.bytes,
    unit: "By",
    description: "Estimate of the memory of all entries.",
    falls: true,
  },
  {
    name: "cache.entries",
    read: ({ cache }) => cache.entries,
    unit: "{entry}",
    description: "Replies that are kept.",
    falls: true,
  },
  {
    name: "subscriptions",
    read: ({ subscriptions }) => subscriptions.open,
    unit: "{subscription}",
    description: "Subscriptions that have not ended.",
    falls: true,
  },
  {
    name: "subscriptions.received",
    read: ({ subscriptions }) => subscriptions.received,
    unit: "{message}",
    description: "Messages that came for subscriptions.",
  },
  {
    name: "subscriptions.dropped",
    read: ({ subscriptions }) => subscriptions.dropped,
    unit: "{message}",
    description: "Messages that were dropped because a subscription was read too slowly.",
  },
  {
    name: "subscriptions.gaps",
    read: ({ subscriptions }) => subscriptions.gaps,
    unit: "{gap}",
    description: "How often messages may be missing.",
  },
];

/** A client whose figures are reported. */
export interface FigureSource {
  /** Attributes of its figures. Clients with the same attributes are added up. */
  readonly attributes: TelemetryAttributes;
  /** Takes its figures. */
  read(): ClientStatistics;
}

/** Clients with the same attributes. */
interface Series {
  readonly attributes: TelemetryAttributes;
  readonly sources: Set<FigureSource>;
  /** Sums of closed clients, because a counter must not decrease. */
  readonly ended: Map<Figure, number>;
}

/** The series of each provider. An instrument has one value for each set of attributes, so its clients share it. */
const providers = new WeakMap<TelemetryMeterProvider, Map<string, Series>>();

/**
 * Reports the figures of a client.
 *
 * @param provider Where to.
 * @param getMeter Makes the meter of the provider.
 * @param source The client.
 * @returns Ends it; to be called once.
 */
export function reportFigures(
  provider: TelemetryMeterProvider,
  getMeter: () => TelemetryMeter,
  source: FigureSource,
): () => void {
  let all = providers.get(provider);
  if (all === undefined) {
    all = new Map();
    providers.set(provider, all);
    createInstruments(getMeter(), all);
  }
  const key = JSON.stringify(source.attributes);
  const { attributes } = source;
  const series = all.get(key) ?? { attributes, sources: new Set(), ended: new Map() };
  all.set(key, series);
  series.sources.add(source);
  return () => {
    series.sources.delete(source);
    const last = source.read();
    for (const figure of FIGURES) {
      if (figure.falls) continue;
      series.ended.set(figure, (series.ended.get(figure) ?? 0) + figure.read(last));
    }
  };
}

function createInstruments(meter: TelemetryMeter, all: ReadonlyMap<string, Series>): void {
  for (const figure of FIGURES) {
    const { name, unit, description, falls } = figure;
    const options = { unit, description };
    const instrument = falls
      ? meter.createObservableUpDownCounter(`babushka.client.${name}`, options)
      : meter.createObservableCounter(`babushka.client.${name}`, options);
    instrument.addCallback((result) => {
      for (const { attributes, sources, ended } of all.values()) {
        let sum = ended.get(figure) ?? 0;
        for (const source of sources) sum += figure.read(source.read());
        result.observe(sum, attributes);
      }
    });
  }
}
