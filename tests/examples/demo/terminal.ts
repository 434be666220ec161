/**
 * What the demo prints, and how: headings, tables, and a progress line that changes in place.
 *
 * @module
 */

import { Progress } from "./progress.ts";
import type { Screen } from "./screen.ts";
import { alignTable } from "./table.ts";

/** What colours are used for. */
export type Emphasis = "strong" | "faint" | "good" | "bad";

const CODES: Record<Emphasis, number> = { strong: 1, faint: 2, good: 32, bad: 31 };

/** Prints in the manner of the demo. */
export class Terminal {
  readonly #screen: Screen;
  /** Whether the line above is empty; two of them would be a hole. */
  #blank = false;
  #progress: Progress | undefined;

  /**
   * Makes a terminal of a screen.
   *
   * @param screen Where to print.
   */
  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** Begins a part of the demo. */
  part(title: string): void {
    this.#line("");
    this.#line(this.style(title, "strong"));
    this.#line("=".repeat(title.length));
  }

  /** Begins a scene. */
  heading(title: string): void {
    this.#line("");
    this.#line(this.style(title, "strong"));
  }

  /** Prints a line, or several. */
  say(text: string): void {
    for (const line of text.split("\n")) this.#line(`  ${line}`.trimEnd());
  }

  /**
   * Prints a table.
   *
   * @param header Titles of the columns.
   * @param rows The cells, row by row.
   */
  table(header: readonly string[], rows: readonly (readonly string[])[]): void {
    const [titles, ...lines] = alignTable(header, rows);
    this.say("");
    this.say(this.style(titles, "faint"));
    for (const line of lines) this.say(line);
    this.say("");
  }

  /**
   * Begins a line that tells how far something has come.
   *
   * @param title What goes on.
   * @returns The line; to be held with `using`, so that an error does not leave half of it behind.
   */
  progress(title: string): Progress {
    return this.#progress = new Progress(this.#screen, title);
  }

  /** Text in a colour, where colours are wanted. */
  style(text: string, emphasis: Emphasis): string {
    return this.#screen.colour ? `\x1b[${CODES[emphasis]}m${text}\x1b[0m` : text;
  }

  #line(text: string): void {
    this.#progress?.clear();
    const blank = text === "";
    if (blank && this.#blank) return;
    this.#blank = blank;
    this.#screen.write(`${text}\n`);
  }
}
