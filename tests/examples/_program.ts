/**
 * A program of this folder as a process, for its test.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { until } from "../../lib/testing/_poll.ts";

/** A program that runs. Dispose of it with `await using`, which kills it if it has not ended. */
export class Program implements AsyncDisposable {
  /** What it has printed so far. */
  output = "";
  readonly #process: Deno.ChildProcess;
  readonly #read: Promise<void>;

  /**
   * Starts a program.
   *
   * @param file Its name.
   * @param args Its arguments.
   * @param permissions Flags of `deno run`.
   */
  constructor(file: string, args: readonly string[], permissions: readonly string[]) {
    const path = new URL(file, import.meta.url).pathname;
    this.#process = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-check", "--no-prompt", ...permissions, path, ...args],
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#read = this.#collect();
  }

  /** Waits for a text in its output, and returns what a group of the pattern matches. */
  async printed(pattern: RegExp): Promise<string> {
    return await until(
      `it prints ${pattern}`,
      () => Promise.resolve(this.output.match(pattern)?.[1]),
      { timeout: 30_000 },
    );
  }

  /** Ends it as Ctrl-C does, and checks that it closes everything. */
  async interrupt(): Promise<void> {
    this.#process.kill("SIGINT");
    const { success } = await this.#process.status;
    await this.#read;
    assert(success, this.output);
    assertEquals(this.output.trimEnd().split("\n").at(-1), "Closed");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.#process.status;
    await this.#read;
  }

  async #collect(): Promise<void> {
    for await (const text of this.#process.stdout.pipeThrough(new TextDecoderStream())) {
      this.output += text;
    }
  }
}
