/**
 * The classes of `Deno.errors` that tests and the test kit look for.
 *
 * @module
 */

/** Makes a class of errors. */
function named(name: string): new (message?: string) => Error {
  return class extends Error {
    override readonly name = name;
  };
}

/** Stands for `Deno.errors`. */
export const errors = {
  NotFound: named("NotFound"),
  AddrInUse: named("AddrInUse"),
  AddrNotAvailable: named("AddrNotAvailable"),
  BadResource: named("BadResource"),
  ConnectionRefused: named("ConnectionRefused"),
  ConnectionReset: named("ConnectionReset"),
  Interrupted: named("Interrupted"),
  InvalidData: named("InvalidData"),
  NotCapable: named("NotCapable"),
};

const BY_CODE: Readonly<Record<string, new (message: string) => Error>> = {
  EADDRINUSE: errors.AddrInUse,
  EADDRNOTAVAIL: errors.AddrNotAvailable,
  ECONNREFUSED: errors.ConnectionRefused,
  ECONNRESET: errors.ConnectionReset,
  ENOENT: errors.NotFound,
};

/** Makes the error that Deno would throw of one of Node. */
export function denoError(error: unknown): unknown {
  const { code, message } = error as { code?: string; message?: string };
  const kind = code === undefined ? undefined : BY_CODE[code];
  return kind === undefined ? error : new kind(message ?? code!);
}
