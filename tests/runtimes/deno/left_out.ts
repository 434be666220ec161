/**
 * Tests that are left out on old versions of Deno, with the reasons.
 *
 * @module
 */

/** Tests of what a version lacks. */
export interface LeftOut {
  /** The first version that has it. */
  readonly since: string;
  /** What older versions lack. */
  readonly reason: string;
  /** Parts of the names of the tests. */
  readonly names: readonly string[];
}

/** All of them. */
export const LEFT_OUT: readonly LeftOut[] = [
  {
    since: "2.5",
    reason: "`Deno.listen` takes no `tcpBacklog`, so the test kit cannot make a black hole",
    names: [
      "black-holed",
      "close() ends the wait for a server that does not answer",
      "close() ends what waits behind a blocking command of its batch that has no limit",
      "create() that fails leaves nothing open",
      "create() waits for a silent replica",
      "while the client dials leaves nothing behind",
    ],
  },
  {
    since: "2.5",
    reason: "`unsafelyDisableHostnameVerification` has no effect",
    names: ["unsafelyDisableHostnameVerification accepts another host's certificate"],
  },
  {
    since: "2.9",
    reason: "`--allow-net` takes no Unix sockets",
    names: ["a Unix socket needs the permissions for net, read and write"],
  },
];

/**
 * What is left out on a version of Deno.
 *
 * @param version The version.
 */
export function leftOutOn(version: string): LeftOut[] {
  return LEFT_OUT.filter(({ since }) => isOlder(version, since));
}

function isOlder(version: string, other: string): boolean {
  const [major, minor] = version.split(".").map(Number);
  const [otherMajor, otherMinor] = other.split(".").map(Number);
  return major < otherMajor || major === otherMajor && minor < otherMinor;
}
