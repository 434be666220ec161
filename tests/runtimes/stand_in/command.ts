/**
 * Child processes in the shape of `Deno.Command`.
 *
 * @module
 */

import {
  type ChildProcess as NodeProcess,
  spawn,
  spawnSync,
  type StdioOptions,
} from "node:child_process";
import { closeSync, constants, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { Readable } from "node:stream";
import { denoError } from "./errors.ts";

interface CommandOptions {
  args?: string[];
  cwd?: string;
  env?: Record<string, string>;
  clearEnv?: boolean;
  stdin?: "piped" | "inherit" | "null";
  stdout?: "piped" | "inherit" | "null";
  stderr?: "piped" | "inherit" | "null";
}

interface Status {
  success: boolean;
  code: number;
  signal: string | null;
}

const STDIO = { piped: "pipe", inherit: "inherit", null: "ignore" } as const;

/** Stands for `Deno.Command`. */
export class Command {
  readonly #program: string;
  readonly #options: CommandOptions;

  constructor(program: string | URL, options: CommandOptions = {}) {
    this.#program = String(program);
    this.#options = options;
  }

  spawn(): ChildProcess {
    if (this.#options.stdin !== "piped") return new ChildProcess(this.#start("inherit"));
    const { readEnd, writeEnd } = openPipe();
    const child = this.#start("inherit", readEnd);
    closeSync(readEnd);
    return new ChildProcess(child, writeEnd);
  }

  async output() {
    const child = new ChildProcess(this.#start("piped"));
    const [status, stdout, stderr] = await Promise.all([
      child.status,
      this.#options.stdout === "null" ? new Uint8Array() : bytesOf(child.stdout),
      this.#options.stderr === "null" ? new Uint8Array() : bytesOf(child.stderr),
    ]);
    return { ...status, stdout, stderr };
  }

  #start(byDefault: "piped" | "inherit", input?: number): NodeProcess {
    const { args = [], cwd, env, clearEnv, stdin, stdout, stderr } = this.#options;
    const stdio: StdioOptions = [
      input ?? STDIO[stdin ?? (byDefault === "piped" ? "null" : "inherit")],
      STDIO[stdout ?? byDefault],
      STDIO[stderr ?? byDefault],
    ];
    return spawn(this.#program, args, {
      cwd,
      env: clearEnv ? env : { ...process.env, ...env },
      stdio,
    });
  }
}

/** Stands for `Deno.ChildProcess`. */
export class ChildProcess {
  readonly status: Promise<Status>;
  readonly #child: NodeProcess;
  readonly #stdin: number | undefined;

  /**
   * @param child The process.
   * @param stdin The end of a pipe that leads to it.
   */
  constructor(child: NodeProcess, stdin?: number) {
    this.#child = child;
    this.#stdin = stdin;
    this.status = new Promise((resolve, reject) => {
      child.once("error", (error) => reject(denoError(error)));
      child.once("exit", (code, signal) => {
        resolve({ success: code === 0, code: code ?? 128, signal });
      });
    });
    this.status.catch(() => {});
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get stdin(): WritableStream<Uint8Array> {
    const fd = this.#stdin!;
    return new WritableStream({
      write: (bytes) => void writeSync(fd, bytes),
      close: () => closeSync(fd),
    });
  }

  get stdout(): ReadableStream<Uint8Array> {
    return Readable.toWeb(this.#child.stdout!) as ReadableStream<Uint8Array>;
  }

  get stderr(): ReadableStream<Uint8Array> {
    return Readable.toWeb(this.#child.stderr!) as ReadableStream<Uint8Array>;
  }

  async output() {
    const [status, stdout, stderr] = await Promise.all([
      this.status,
      bytesOf(this.stdout),
      bytesOf(this.stderr),
    ]);
    return { ...status, stdout, stderr };
  }

  kill(signal: NodeJS.Signals = "SIGTERM"): void {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
      throw new TypeError("Child process has already terminated");
    }
    this.#child.kill(signal);
  }

  ref(): void {
    this.#child.ref();
  }

  unref(): void {
    this.#child.unref();
  }
}

/** Keeps a file out of programs that are started later. Bun has no name for it; 1.3.0 does not set it by itself. */
const CLOSE_ON_EXEC = process.platform === "darwin" ? 0x1000000 : 0o2000000;

let pipes = 0;

/**
 * Opens a pipe. Those of Node and Bun are closed when the child ends, but others may still read what is written then.
 *
 * No other child may have the end to write: the watchdog of a server waits for the end of it.
 */
function openPipe(): { readEnd: number; writeEnd: number } {
  const path = `${tmpdir()}/babushka-pipe-${process.pid}-${pipes++}`;
  spawnSync("mkfifo", [path]);
  // Opening one end alone would wait for the other one.
  const both = openSync(path, constants.O_RDWR | CLOSE_ON_EXEC);
  const readEnd = openSync(path, constants.O_RDONLY | CLOSE_ON_EXEC);
  const writeEnd = openSync(path, constants.O_WRONLY | CLOSE_ON_EXEC);
  closeSync(both);
  rmSync(path);
  return { readEnd, writeEnd };
}

async function bytesOf(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(stream as BodyInit).arrayBuffer());
}
