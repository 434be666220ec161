/**
 * `deno task test:servers`: the suite, or the given files, on each server version that Debian has.
 *
 *     deno task test:servers
 *     deno task test:servers --only=redis-8.0,valkey-9.1 tests/lib/commands
 *
 * The servers are unpacked into a folder of the system's for temporary files, and kept there for the next run.
 *
 * @module
 */

import { DEBIAN_SERVERS, unpackServer } from "./debian_servers.ts";

const FOLDER = `${Deno.env.get("TMPDIR") ?? "/tmp"}/babushka-servers`;

const only = Deno.args.find((arg) => arg.startsWith("--only="))?.slice("--only=".length).split(",");
const unknown = only?.find((name) => !Object.hasOwn(DEBIAN_SERVERS, name));
if (unknown !== undefined) {
  console.error(
    `Cannot test on ${unknown}: expected one of ${Object.keys(DEBIAN_SERVERS).join(", ")}`,
  );
  Deno.exit(1);
}
const args = Deno.args.filter((arg) => !arg.startsWith("--only="));

const outcomes: string[] = [];
let success = true;
for (const name of only ?? Object.keys(DEBIAN_SERVERS)) {
  const { path, version } = await unpackServer(name, FOLDER);
  console.log(`\n# ${name}: ${version}\n`);
  const { success: passed } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", new URL("run_tests.ts", import.meta.url).href, ...args],
    env: { REDIS_SERVER: path },
  }).spawn().status;
  outcomes.push(`${name}: ${passed ? "passed" : "failed"}`);
  success &&= passed;
}
console.log(`\n${outcomes.join("\n")}`);
Deno.exit(success ? 0 : 1);
