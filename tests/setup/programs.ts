/**
 * The programs that the tests run: a Redis or Valkey server, and openssl for test certificates.
 *
 * @module
 */
import { findServerBinary } from "../../lib/testing/binary.ts";

/** What is looked for, and what it is called where it can be installed. */
interface Program {
  readonly name: string;
  readonly packages: { readonly apt: string; readonly brew: string; readonly dnf: string };
  isThere(): Promise<boolean>;
}

const PROGRAMS: readonly Program[] = [
  {
    name: "a Redis or Valkey server",
    packages: { apt: "redis-server", brew: "valkey", dnf: "valkey" },
    isThere: () => findServerBinary().then(() => true, () => false),
  },
  {
    name: "openssl",
    packages: { apt: "openssl", brew: "openssl", dnf: "openssl" },
    isThere: () => runs("openssl", ["version"]),
  },
];

/**
 * See to it that the programs are there. As root on Debian and its kin the missing ones are installed.
 *
 * @throws {Error} If one is missing and cannot be installed; the message has the one command to run.
 */
export async function ensurePrograms(): Promise<void> {
  // A wrong path is the caller's to mend: installing something else would hide it.
  if (Deno.env.get("REDIS_SERVER")) await findServerBinary();

  const missing = await findMissing();
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name).join(" and ");
  if (Deno.uid() !== 0 || !(await runs("apt-get", ["--version"]))) {
    throw new Error(
      `Cannot find ${names}. Run this, then try again:\n\n    ${await advice(missing)}`,
    );
  }

  const packages = missing.map((program) => program.packages.apt);
  console.log(`Cannot find ${names}: installing ${packages.join(" and ")} with apt-get`);
  await withoutServices(async () => {
    await aptGet(["update"]);
    await aptGet(["install", "--no-install-recommends", ...packages]);
  });
  const stillMissing = await findMissing();
  if (stillMissing.length > 0) {
    throw new Error(`Cannot find ${names}, although apt-get installed ${packages.join(" and ")}`);
  }
  console.log("Installed; no service was started");
}

async function findMissing(): Promise<Program[]> {
  const there = await Promise.all(PROGRAMS.map((program) => program.isThere()));
  return PROGRAMS.filter((_, index) => !there[index]);
}

async function advice(missing: Program[]): Promise<string> {
  const packages = (manager: keyof Program["packages"]) =>
    missing.map((program) => program.packages[manager]).join(" ");
  if (await runs("brew", ["--version"])) return `brew install ${packages("brew")}`;
  if (await runs("apt-get", ["--version"])) {
    return `sudo apt-get update && sudo apt-get install -y ${packages("apt")}`;
  }
  if (await runs("dnf", ["--version"])) return `sudo dnf install -y ${packages("dnf")}`;
  // Wherever Docker runs, the whole run can move into a container in which this file is root.
  return 'docker run --rm -it -v "$PWD":/app -w /app denoland/deno:debian deno task test';
}

async function aptGet(args: string[]): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command("apt-get", {
    args: ["-q", "-y", ...args],
    env: { DEBIAN_FRONTEND: "noninteractive" },
    stdin: "null",
  }).output();
  if (success) return;
  const decoder = new TextDecoder();
  throw new Error(
    `Cannot run "apt-get ${args.join(" ")}":\n${decoder.decode(stdout)}${decoder.decode(stderr)}`,
  );
}

/**
 * Debian starts a service as soon as its package is installed, which would take port 6379 and outlive
 * the tests. Its maintainer scripts ask this file first.
 */
const POLICY_FILE = "/usr/sbin/policy-rc.d";

async function withoutServices(install: () => Promise<void>): Promise<void> {
  try {
    await Deno.writeTextFile(POLICY_FILE, "#!/bin/sh\nexit 101\n", {
      mode: 0o755,
      createNew: true,
    });
  } catch (error) {
    // The machine has a policy of its own (container images do): that one is to be kept.
    if (error instanceof Deno.errors.AlreadyExists) return await install();
    throw error;
  }
  try {
    await install();
  } finally {
    await Deno.remove(POLICY_FILE);
  }
}

async function runs(program: string, args: string[]): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(program, {
      args,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
