/**
 * Stands for the global `Deno` on Node and Bun, for the tests and the test kit only: the parts that they use. The library
 * itself never sees it.
 *
 * @module
 */

import * as fs from "node:fs";
import * as os from "node:os";
import { inspect } from "node:util";
import { ChildProcess, Command } from "./command.ts";
import { denoError, errors } from "./errors.ts";
export { addEventListener, removeEventListener } from "./events.ts";
export { AsyncDisposableStack } from "./stack.ts";
import { Conn, connect, connectTls, listen, Listener, listenTls } from "./sockets.ts";
import { test } from "./tests.ts";

type Path = string | URL;

/** Has the errors of Deno come out of functions of Node. */
async function told<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw denoError(error);
  }
}

const { readFile, writeFile, mkdir, mkdtemp, rm, stat, readdir } = fs.promises;

/** Stands for `Deno`. */
export const Deno = {
  args: process.argv.slice(2),
  build: { os: os.platform() },
  errors,
  test,
  inspect,
  Command,
  ChildProcess,
  Conn,
  Listener,
  connect,
  connectTls,
  listen,
  listenTls,
  env: {
    get: (name: string): string | undefined => process.env[name],
    has: (name: string): boolean => name in process.env,
    set: (name: string, value: string): void => void (process.env[name] = value),
    delete: (name: string): void => void delete process.env[name],
  },
  execPath: (): string => process.execPath,
  exit: (code?: number): never => process.exit(code),
  memoryUsage: (): NodeJS.MemoryUsage => process.memoryUsage(),
  readTextFile: (path: Path): Promise<string> => told(readFile(path, "utf8")),
  readFile: (path: Path): Promise<Uint8Array> => told(readFile(path)),
  writeTextFile: (path: Path, text: string): Promise<void> => told(writeFile(path, text)),
  writeFile: (path: Path, bytes: Uint8Array): Promise<void> => told(writeFile(path, bytes)),
  mkdir: (path: Path, options?: { recursive?: boolean }): Promise<void> =>
    told(mkdir(path, options).then(() => {})),
  makeTempDir: ({ prefix = "" }: { prefix?: string } = {}): Promise<string> =>
    told(mkdtemp(`${os.tmpdir()}/${prefix}`)),
  remove: (path: Path, options?: { recursive?: boolean }): Promise<void> => told(rm(path, options)),
  removeSync: (path: Path, options?: { recursive?: boolean }): void => fs.rmSync(path, options),
  stat: (path: Path): Promise<fs.Stats> => told(stat(path)),
  async *readDir(path: Path): AsyncGenerator<{ name: string; isFile: boolean }> {
    for (const entry of await told(readdir(path, { withFileTypes: true }))) {
      yield { name: entry.name, isFile: entry.isFile() };
    }
  },
  unrefTimer: (timer: { unref(): void }): void => timer.unref(),
};
