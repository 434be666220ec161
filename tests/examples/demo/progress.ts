/**
 * One line that tells how far something has come.
 *
 * @module
 */

import type { Screen } from "./screen.ts";

/** Milliseconds between two states of the line where it changes in place. */
const LIVE_INTERVAL = 80;
/** Milliseconds between two lines where each state is a line of its own. */
const LOG_INTERVAL = 2000;
const BAR = 24;
const SPINNER = ["-", "\\", "|", "/"];
const CLEAR = "\r\x1b[K";

/** A line that changes in place on a terminal; elsewhere, a line now and then. */
export class Progress implements Disposable {
  readonly #screen: Screen;
  readonly #title: string;
  #last: number;
  #turn = 0;
  #shown = false;
  #timer: ReturnType<typeof setInterval> | undefined;

  /**
   * Makes a progress line; nothing is printed yet.
   *
   * @param screen Where to print.
   * @param title What goes on.
   */
  constructor(screen: Screen, title: string) {
    this.#screen = screen;
    this.#title = title;
    this.#last = screen.live ? 0 : Date.now();
  }

  /**
   * Tells how far it is, unless it was told a moment ago.
   *
   * @param share From 0 to 1; `undefined` if nobody knows how long it will take.
   * @param text What else there is to say.
   */
  update(share: number | undefined, text: string): void {
    const now = Date.now();
    const { live } = this.#screen;
    if (now - this.#last < (live ? LIVE_INTERVAL : LOG_INTERVAL)) return;
    this.#last = now;
    if (!live) {
      const done = share === undefined ? "" : ` ${Math.floor(share * 100)} %`;
      this.#screen.write(`  ${this.#title}:${done} ${text}\n`);
      return;
    }
    const line = `  ${this.#gauge(share)} ${this.#title}: ${text}`;
    // A line that wraps cannot be printed over.
    this.#screen.write(`${CLEAR}${line.slice(0, this.#screen.columns() - 1)}`);
    this.#shown = true;
  }

  /**
   * Goes on telling how it goes until the line is disposed of.
   *
   * @param state Says it.
   */
  follow(state: () => string): void {
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.update(undefined, state()), LIVE_INTERVAL);
  }

  /** Removes the line, until it is told the next time how far it is. */
  clear(): void {
    if (this.#shown) this.#screen.write(CLEAR);
    this.#shown = false;
  }

  /** Removes the line for good. */
  end(): void {
    clearInterval(this.#timer);
    this.clear();
  }

  /** Removes the line for good. */
  [Symbol.dispose](): void {
    this.end();
  }

  #gauge(share: number | undefined): string {
    if (share === undefined) return SPINNER[this.#turn++ % SPINNER.length];
    const filled = Math.round(Math.min(1, share) * BAR);
    const done = `${Math.floor(Math.min(1, share) * 100)}`.padStart(3);
    return `[${"#".repeat(filled)}${".".repeat(BAR - filled)}] ${done} %`;
  }
}
