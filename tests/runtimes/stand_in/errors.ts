/**
 * The classes of `Deno.errors` that tests and the test kit look for.
 *
 * @module
 */

class NotFound extends Error {
  override readonly name = "NotFound";
}
class AddrInUse extends Error {
  override readonly name = "AddrInUse";
}
class AddrNotAvailable extends Error {
  override readonly name = "AddrNotAvailable";
}
class BadResource extends Error {
  override readonly name = "BadResource";
}
class ConnectionRefused extends Error {
  override readonly name = "ConnectionRefused";
}
class ConnectionReset extends Error {
  override readonly name = "ConnectionReset";
}
class Interrupted extends Error {
  override readonly name = "Interrupted";
}
class InvalidData extends Error {
  override readonly name = "InvalidData";
}
class NotCapable extends Error {
  override readonly name = "NotCapable";
}

/** Stands for `Deno.errors`. */
export const errors = {
  NotFound,
  AddrInUse,
  AddrNotAvailable,
  BadResource,
  ConnectionRefused,
  ConnectionReset,
  Interrupted,
  InvalidData,
  NotCapable,
};

const BY_CODE: Readonly<Record<string, new (message: string) => Error>> = {
  EADDRINUSE: AddrInUse,
  EADDRNOTAVAIL: AddrNotAvailable,
  ECONNREFUSED: ConnectionRefused,
  ECONNRESET: ConnectionReset,
  ENOENT: NotFound,
};

/** Makes the error that Deno would throw of one of Node. */
export function denoError(error: unknown): unknown {
  const { code, message } = error as { code?: string; message?: string };
  const kind = code === undefined ? undefined : BY_CODE[code];
  return kind === undefined ? error : new kind(message ?? code!);
}
