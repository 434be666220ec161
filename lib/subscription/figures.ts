/**
 * Counters of all subscriptions of a client.
 *
 * @module
 */

/** Counters of all subscriptions of a client since it was created: a snapshot. */
export interface SubscriptionFigures {
  /** Number of open subscriptions. */
  open: number;
  /** Number of received messages. A message for two subscriptions counts twice. */
  received: number;
  /** Number of messages that were dropped because a buffer was full. `received` includes them. */
  dropped: number;
  /** Number of gaps: lost connections, moves to another node, and overflows. */
  gaps: number;
}

/** Counters of one subscription. */
export type Figures = Omit<SubscriptionFigures, "open">;

/** Adds up the counters of subscriptions. */
export class SubscriptionCounts {
  /** Those of subscriptions that have ended. */
  readonly #ended: Figures = { received: 0, dropped: 0, gaps: 0 };

  /**
   * Adds a subscription that has ended.
   *
   * @param figures Its last figures.
   */
  add(figures: Figures): void {
    addTo(this.#ended, figures);
  }

  /**
   * The figures of all subscriptions.
   *
   * @param open Those that have not ended.
   */
  sum(open: Iterable<{ readonly figures: Figures }>): SubscriptionFigures {
    const sum = { open: 0, ...this.#ended };
    for (const { figures } of open) {
      sum.open++;
      addTo(sum, figures);
    }
    return sum;
  }
}

function addTo(sum: Figures, { received, dropped, gaps }: Figures): void {
  sum.received += received;
  sum.dropped += dropped;
  sum.gaps += gaps;
}
