/**
 * Keeps servers and clients on processor cores of their own, so that they do not take each other's time.
 *
 * @module
 */

/** Where servers and clients run. */
export interface Pinning {
  /** The core of the servers; undefined = nobody is pinned. */
  readonly server?: number;
  /** The core of the clients. */
  readonly client?: number;
}

/**
 * Chooses the cores.
 *
 * @returns Two cores; none if there is only one, or no `taskset`.
 */
export async function choosePinning(): Promise<Pinning> {
  try {
    const { success, stdout } = await taskset(["-cp", String(Deno.pid)]);
    const list = /: ([\d,-]+)\s*$/.exec(new TextDecoder().decode(stdout))?.[1] ?? "";
    const [server, client] = list.split(",").flatMap(coresOf);
    return success && client !== undefined ? { server, client } : {};
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    throw error;
  }
}

/** Moves a server that runs to its core. */
export async function pinServer({ server }: Pinning, pid: number): Promise<void> {
  if (server === undefined) return;
  const { success } = await taskset(["-acp", String(server), String(pid)]);
  if (!success) throw new Error(`Cannot move process ${pid} to core ${server}`);
}

/** The command that runs a client's command on its core. */
export function pinned({ client }: Pinning, command: readonly string[]): string[] {
  return client === undefined ? [...command] : ["taskset", "-c", String(client), ...command];
}

function taskset(args: string[]): Promise<Deno.CommandOutput> {
  return new Deno.Command("taskset", { args, stdout: "piped", stderr: "null" }).output();
}

/** The cores of "3", or of "0-3". */
function coresOf(range: string): number[] {
  const [first, last = first] = range.split("-").map(Number);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
