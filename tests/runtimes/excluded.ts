/**
 * What does not run on other runtimes, with the reasons.
 *
 * @module
 */

import type { Runtime } from "./programs.ts";

/** Tests that are left out. */
export interface Exclusion {
  /** The file, or the folder with a slash at its end. */
  readonly files: string;
  /** A part of the names of the tests; by default all of the file. */
  readonly name?: string;
  /** Where it does not run; by default on neither. */
  readonly runtime?: Runtime;
  /** Why. */
  readonly reason: string;
}

/** All exclusions. */
export const EXCLUDED: readonly Exclusion[] = [
  { files: "tests/lib/testing/", reason: "The test kit is for Deno only" },
  { files: "tests/cluster/memory_test.ts", reason: "It measures programs that Deno runs" },
  { files: "tests/standalone/memory_test.ts", reason: "It measures programs that Deno runs" },
  { files: "tests/lib/connection/transport_deno_test.ts", reason: "It is about Deno's sockets" },
  { files: "tests/lib/resp/memory_test.ts", reason: "It measures programs that Deno runs" },
  { files: "tests/standalone/programs_test.ts", reason: "It looks at programs that Deno runs" },
  { files: "tests/lib/telemetry/deno_test.ts", reason: "It is about the telemetry of Deno itself" },
  {
    files: "tests/lib/cache/replies_test.ts",
    name: "is near to what the runtime takes",
    reason: "It measures a program that Deno runs",
  },
  {
    files: "tests/lib/connection/deadlines_test.ts",
    name: "do not keep the process alive",
    reason: "It looks at a program that Deno runs",
  },
  {
    files: "tests/cluster/scan_test.ts",
    name: "in another process",
    reason: "Deno runs the other process",
  },
  ...["a missing client certificate", "a client certificate of another authority"].map((name) => ({
    files: "tests/standalone/tls_test.ts",
    name,
    runtime: "bun" as const,
    reason: "Bun does not tell why the server has closed the connection: it is tried again",
  })),
  {
    files: "tests/lib/resp/stream_test.ts",
    name: "chunks that are views into one buffer",
    runtime: "bun",
    reason: "The test makes its stream by `ReadableStream.from()`, which Bun lacks",
  },
  {
    files: "tests/lib/connection/transport_node_test.ts",
    name: "the end of the sending half",
    runtime: "bun",
    reason: "Its peer, in the same process, cannot write after the end of the other half on Bun",
  },
  {
    files: "tests/standalone/sentinels_test.ts",
    name: "close() and destroy() end the connections",
    runtime: "bun",
    reason: "The scripted server, in the same process, is not told of the end; no socket is left",
  },
  ...["bad_input", "groups", "parity"].map((name) => ({
    files: `tests/lib/commands/${name}_test.ts`,
    reason: "It reads the documentation with `deno doc`",
  })),
  {
    files: "tests/lib/configuration/settings_test.ts",
    name: "a bad tls.serverName",
    reason: "Only Deno cannot expect another name with a client certificate",
  },
  {
    files: "tests/standalone/sockets_test.ts",
    name: "needs the permissions",
    reason: "The permissions are those of Deno",
  },
  {
    files: "tests/standalone/sockets_test.ts",
    name: "is resolved again",
    reason: "It takes the place of `Deno.connect`",
  },
];

/** Whether no test of a file runs. */
export function isExcluded(file: string, runtime: Runtime): boolean {
  return EXCLUDED.some((exclusion) =>
    exclusion.name === undefined && concerns(exclusion, file, runtime)
  );
}

/** The reasons for which tests of a file are left out, by the part of their names. */
export function excludedIn(file: string, runtime: Runtime): Record<string, string> {
  return Object.fromEntries(
    EXCLUDED.flatMap((exclusion) =>
      exclusion.name !== undefined && concerns(exclusion, file, runtime)
        ? [[exclusion.name, exclusion.reason]]
        : []
    ),
  );
}

function concerns({ files, runtime: only }: Exclusion, file: string, runtime: Runtime): boolean {
  return (files.endsWith("/") ? file.startsWith(files) : file === files) &&
    (only === undefined || only === runtime);
}
