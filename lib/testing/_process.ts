/**
 * Runs as `sh -c SCRIPT sh FOLDER LOG COMMAND…`.
 *
 * The shell turns itself into the server (`exec`), so its process id is the server's. Before that it leaves a
 * watchdog behind that reads the pipe whose other end only this Deno process holds. A line means that the server has
 * ended and all is well. End of file without a line means that Deno is gone, however that came about: then the
 * watchdog kills the server and removes its folder. The watchdog must outlive Ctrl-C, which the terminal sends to it
 * as well.
 */
const SCRIPT = `
folder=$1 log=$2
shift 2
exec 3<&0
(
  trap '' INT TERM HUP
  if ! read -r _ <&3; then
    kill -9 $$
    rm -rf -- "$folder"
  fi
) </dev/null >/dev/null 2>&1 &
exec "$@" 3<&- </dev/null >>"$log" 2>&1
`;

/** A server process that cannot outlive this one. */
export class ServerProcess {
  readonly #child: Deno.ChildProcess;
  readonly #finished: Promise<Deno.CommandStatus>;
  #running = true;

  /**
   * Starts a command.
   *
   * @param command The program and its arguments.
   * @param folder Folder that goes away should this Deno process die.
   * @param log File that gets what the command prints; it is appended to.
   */
  constructor(command: string[], folder: string, log: string) {
    this.#child = new Deno.Command("sh", {
      args: ["-c", SCRIPT, "sh", folder, log, ...command],
      stdin: "piped",
      stdout: "null",
      stderr: "null",
    }).spawn();
    this.#finished = this.#finish();
  }

  /** Process id of the server. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Whether the process has not ended yet. */
  get running(): boolean {
    return this.#running;
  }

  /** Settles when the process has ended, for whatever reason, and its watchdog has been sent home. */
  get finished(): Promise<Deno.CommandStatus> {
    return this.#finished;
  }

  /** Sends a signal; does nothing if the process has ended. */
  signal(signal: Deno.Signal): void {
    if (!this.#running) return;
    try {
      this.#child.kill(signal);
    } catch (error) {
      // It ended just now, and `finished` is about to tell.
      if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  /** Lets this Deno process end while the server runs; the watchdog then ends the server. */
  unref(): void {
    this.#child.unref();
  }

  async #finish(): Promise<Deno.CommandStatus> {
    const status = await this.#child.status;
    this.#running = false;
    const writer = this.#child.stdin.getWriter();
    try {
      await writer.write(new TextEncoder().encode("ended\n"));
    } catch {
      // Somebody killed the watchdog; the pipe is broken and there is nothing left to tell.
    }
    await writer.close().catch(() => {});
    return status;
  }
}
