/**
 * Servers of other versions than the machine's own, from Debian's packages, unpacked beside the system: nothing is
 * installed, and the system's package lists stay as they are.
 *
 * @module
 */

import { exists } from "./exists.ts";

/** A server that Debian has. */
interface DebianServer {
  /** The release with this version, by its name. */
  readonly suite: string;
  /** Packages: the program, and the libraries that it is linked with. */
  readonly packages: readonly string[];
  /** Name of the program. */
  readonly program: "redis-server" | "valkey-server";
}

const LIBRARIES = [
  ...["libatomic1", "libc6", "libcap2", "libgcc-s1", "libgcrypt20", "libgpg-error0"],
  ...["libjemalloc2", "liblz4-1", "liblzf1", "liblzma5", "libstdc++6", "libsystemd0", "libzstd1"],
  "zlib1g",
];
const OLD = [...LIBRARIES, "libssl3"];
const NEW = [...LIBRARIES, "libssl3t64"];
const REDIS = ["redis-server", "redis-tools"];
const VALKEY = ["valkey-server", "valkey-tools"];

/** The servers by name. */
export const DEBIAN_SERVERS: Readonly<Record<string, DebianServer>> = {
  "redis-7.0": { suite: "bookworm", packages: [...REDIS, ...OLD], program: "redis-server" },
  "redis-8.0": { suite: "trixie", packages: [...REDIS, ...NEW], program: "redis-server" },
  "valkey-8.0": {
    suite: "bookworm-backports",
    packages: [...VALKEY, ...OLD],
    program: "valkey-server",
  },
  "valkey-8.1": { suite: "trixie", packages: [...VALKEY, ...NEW], program: "valkey-server" },
  "valkey-9.1": { suite: "sid", packages: [...VALKEY, ...NEW], program: "valkey-server" },
};

/**
 * Unpacks a server, if it is not unpacked already.
 *
 * @param name Name of the server.
 * @param folder Where to unpack it.
 * @returns Path of a program that starts it, and its version as it tells it.
 * @throws {Error} If this is no machine with Debian's package tools, or the packages cannot be had.
 */
export async function unpackServer(
  name: string,
  folder: string,
): Promise<{ path: string; version: string }> {
  const { program } = DEBIAN_SERVERS[name];
  const path = `${folder}/${name}/${program}`;
  if (!await exists(path)) await unpack(name, `${folder}/${name}`);
  return { path, version: (await run(path, ["--version"])).trim() };
}

async function unpack(name: string, folder: string): Promise<void> {
  const { suite, packages, program } = DEBIAN_SERVERS[name];
  const root = `${folder}/root`;
  const downloads = `${folder}/packages`;
  for (const path of [root, downloads]) await Deno.mkdir(path, { recursive: true });
  const configuration = await writeConfiguration(folder, suite);
  const apt = (args: string[]) =>
    run("apt-get", ["-q", ...args], { configuration, cwd: downloads });
  await apt(["update"]);
  // The libraries of a backport are those of its release.
  const [release] = suite.split("-");
  const lists = packages.map((name) => `${name}/${/^(redis|valkey)/.test(name) ? suite : release}`);
  await apt(["download", ...lists]);
  for await (const { name } of Deno.readDir(downloads)) {
    await run("dpkg-deb", ["--extract", `${downloads}/${name}`, root]);
  }
  const script = `#!/bin/sh
# The program with its own libraries, whatever the system has.
root='${root}'
for loader in "$root"/usr/lib*/ld-linux-* "$root"/lib*/ld-linux-* "$root"/usr/lib/*/ld-linux-* "$root"/lib/*/ld-linux-*; do
  [ -e "$loader" ] && break
done
libraries=$(echo "$root"/usr/lib/*-linux-gnu "$root"/lib/*-linux-gnu | tr ' ' ':')
exec "$loader" --library-path "$libraries" "$root/usr/bin/${program}" "$@"
`;
  await Deno.writeTextFile(`${folder}/${program}`, script, { mode: 0o755 });
  await Deno.remove(downloads, { recursive: true });
}

/** Writes a configuration of the package tools that is apart from the system's. */
async function writeConfiguration(folder: string, suite: string): Promise<string> {
  const [release] = suite.split("-");
  const suites = release === suite ? [suite] : [release, suite];
  const uri = await mirror();
  const key = "/usr/share/keyrings/debian-archive-keyring.gpg";
  const sources = suites.map((suite) => `deb [signed-by=${key}] ${uri} ${suite} main\n`).join("");
  for (const path of ["lists/partial", "cache/archives/partial"]) {
    await Deno.mkdir(`${folder}/apt/${path}`, { recursive: true });
  }
  await Deno.writeTextFile(`${folder}/apt/sources.list`, sources);
  await Deno.writeTextFile(`${folder}/apt/status`, "");
  const path = `${folder}/apt/apt.conf`;
  await Deno.writeTextFile(
    path,
    `Dir::Etc::SourceList "${folder}/apt/sources.list";
Dir::Etc::SourceParts "-";
Dir::State::Lists "${folder}/apt/lists";
Dir::State::Status "${folder}/apt/status";
Dir::Cache "${folder}/apt/cache";
Acquire::Languages "none";
APT::Sandbox::User "root";
`,
  );
  return path;
}

/** The mirror that the system's own packages come from. */
async function mirror(): Promise<string> {
  const targets = await run("apt-get", [
    ...["indextargets", "--format", "$(REPO_URI) $(ORIGIN) $(LABEL)", "Created-By: Packages"],
  ]);
  const line = targets.split("\n").find((line) => / Debian Debian$/.test(line));
  if (line === undefined) {
    throw new Error(
      'Cannot find a mirror of Debian: run "apt-get update" on a Debian machine first',
    );
  }
  return line.split(" ")[0];
}

async function run(
  program: string,
  args: string[],
  options: { configuration?: string; cwd?: string } = {},
): Promise<string> {
  const { configuration, cwd } = options;
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args,
    cwd,
    env: configuration === undefined ? {} : { APT_CONFIG: configuration },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`Cannot run "${program} ${args[0]} …":\n${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}
