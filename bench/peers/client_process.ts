/**
 * A contestant's process, as the bench sees it.
 *
 * @module
 */

import type { Endpoint } from "./clients/adapter.ts";
import type { Figures } from "./clients/figures.ts";
import type { Answer, Order } from "./clients/serve.ts";

/** How long connecting may take, and by how much a measurement may overrun. */
const PATIENCE = 15_000;

const STDERR_LINES_IN_ERRORS = 4;

/**
 * A contestant's process. Dispose of it with `await using`.
 *
 * It stands still while it has nothing to do. What a client leaves behind, such as a timer for each command that rings
 * seconds later, would else take the time of whoever is measured then; so it has to do that in its own time.
 */
export class ClientProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #orders: WritableStreamDefaultWriter<Uint8Array>;
  readonly #answers: AsyncGenerator<string>;
  readonly #stderr: Promise<string>;

  /**
   * Starts the process.
   *
   * @param command Its command.
   * @param env Variables for its environment.
   */
  constructor(command: readonly string[], env: Record<string, string>) {
    const [program, ...args] = command;
    this.#child = new Deno.Command(program, {
      args,
      env: { ...env, NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#orders = this.#child.stdin.getWriter();
    this.#answers = linesOf(this.#child.stdout);
    this.#stderr = new Response(this.#child.stderr).text();
  }

  /**
   * Has the client connect.
   *
   * @param workload Name of the workload to come.
   * @param endpoint Where to.
   * @returns Undefined if it has; else why it can't do this.
   * @throws {Error} If it fails.
   */
  async open(workload: string, endpoint: Endpoint): Promise<string | undefined> {
    const answer = await this.#ask({ do: "open", workload, endpoint }, PATIENCE);
    return answer.is === "unsupported" ? answer.reason : undefined;
  }

  /**
   * Has the client do the workload.
   *
   * @param milliseconds For how long.
   * @returns Its figures.
   * @throws {Error} If it fails, or got a wrong reply.
   */
  async measure(milliseconds: number): Promise<Figures> {
    const answer = await this.#ask({ do: "measure", milliseconds }, milliseconds + PATIENCE);
    if (answer.is !== "measured") throw new Error(`Cannot measure: the client says ${answer.is}`);
    return answer.figures;
  }

  /** Lets the process end, or kills it if it does not. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#signal("SIGCONT");
    await this.#orders.close().catch(() => {});
    const timer = setTimeout(() => this.#signal("SIGKILL"), PATIENCE / 5);
    await this.#child.status;
    clearTimeout(timer);
    await this.#answers.return(undefined);
    await this.#stderr;
  }

  async #ask(order: Order, timeout: number): Promise<Answer> {
    this.#signal("SIGCONT");
    await this.#orders.write(new TextEncoder().encode(JSON.stringify(order) + "\n"));
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.#signal("SIGKILL");
    }, timeout);
    const { value, done } = await this.#answers.next();
    clearTimeout(timer);
    this.#signal("SIGSTOP");
    if (done) {
      const tail = (await this.#stderr).trim().split("\n").slice(-STDERR_LINES_IN_ERRORS);
      const what = late ? `did not answer within ${timeout} ms` : "ended";
      throw new Error([`Cannot go on: the client's process ${what}`, ...tail].join("\n"));
    }
    const answer: Answer = JSON.parse(value);
    if (answer.is === "failed") throw new Error(answer.reason);
    return answer;
  }

  #signal(signal: "SIGCONT" | "SIGSTOP" | "SIGKILL"): void {
    try {
      this.#child.kill(signal);
    } catch {
      // It has ended by itself.
    }
  }
}

/** The answers among what a process prints; clients may print warnings in between. */
async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  for await (const part of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + part).split("\n");
    rest = lines.pop()!;
    yield* lines.filter((line) => line.startsWith('{"is":'));
  }
}
