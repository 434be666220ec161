/**
 * What is counted of all subscriptions of one client.
 *
 * @module
 */

/** Figures about all subscriptions of a client since it was created: a snapshot. */
export interface SubscriptionFigures {
  /** Subscriptions that have not ended. */
  open: number;
  /** Messages that came for subscriptions. One that came for two of them counts twice. */
  received: number;
  /** Messages that were dropped because a buffer was full; `received` includes them. */
  dropped: number;
  /** How often messages may be missing: after a lost connection, a move to another node, or an overflow. */
  gaps: number;
}

/** Figures about one subscription. */
export type Figures = Omit<SubscriptionFigures, "open">;

/** Adds up the figures of subscriptions. */
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
