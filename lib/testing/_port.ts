/**
 * Free ports on loopback.
 *
 * Ports come from below the range that systems hand out for outgoing connections. A port from inside that range could
 * be taken by any connection while a server is down between stop and restart; worse, a client that keeps dialling
 * such a port of its own machine sooner or later gets it as its own source port and then talks to itself.
 */
const FIRST_PORT = 12_000;
const LAST_PORT = 21_999;

/** Where a cluster node listens for other nodes, counted from its own port: fixed by the servers' default. */
const BUS_OFFSET = 10_000;

/** Ports of servers of this process, those that are stopped and may be restarted included. */
const reserved = new Set<number>();

/** Reserves a port that nobody listens on, and whose cluster bus port is free too if `withBus` says so. */
export function reservePort(host: string, withBus = false): number {
  for (let attempt = 0; attempt < 1000; attempt++) {
    const port = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT + 1));
    if (reserved.has(port) || !isFree(host, port)) continue;
    if (withBus && !isFree(host, port + BUS_OFFSET)) continue;
    reserved.add(port);
    return port;
  }
  throw new Error(
    `Cannot reserve a port on ${host}: no free one was found between ${FIRST_PORT} and ${LAST_PORT}`,
  );
}

/** How often to try to listen, and how long to wait in between, in milliseconds. */
const ATTEMPTS = 50;
const PAUSE = 2;

/**
 * Listens on a port. Tries again for a tenth of a second if the port is taken: another process that looks for a free port
 * takes it for a moment.
 *
 * @param host Address to listen on.
 * @param port Port to listen on; undefined for a free one, which is then reserved.
 * @param listen Listens on a port.
 * @returns The listener and its port.
 */
export function listenOn<L>(
  host: string,
  port: number | undefined,
  listen: (port: number) => L,
): { listener: L; port: number } {
  for (let attempt = 1;; attempt++) {
    const tried = port ?? reservePort(host);
    try {
      return { listener: listen(tried), port: tried };
    } catch (error) {
      if (port === undefined) releasePort(tried);
      if (!(error instanceof Deno.errors.AddrInUse) || attempt === ATTEMPTS) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
    }
  }
}

/** Gives a port back. */
export function releasePort(port: number): void {
  reserved.delete(port);
}

function isFree(hostname: string, port: number): boolean {
  try {
    Deno.listen({ hostname, port }).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return false;
    throw error;
  }
}
