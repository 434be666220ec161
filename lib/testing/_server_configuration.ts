import type { ControlUser } from "./_control.ts";

/** All that decides about the configuration file of a server. */
export interface ServerConfiguration {
  host: string;
  port: number;
  folder: string;
  socket: string;
  password?: string;
  users?: readonly { name: string; rules: string }[];
  control?: ControlUser;
  availabilityZone?: string;
  /** Value of `tls-auth-clients`; absent = no TLS. */
  tlsClients?: "no" | "optional" | "yes";
  primary?: { host: string; port: number };
  /** The caller's directives; they win. */
  config?: Readonly<Record<string, string>>;
  /** More lines, those of a sentinel. */
  directives?: readonly string[];
}

/** Directives that older servers do not have; the kit does without them there. */
const OPTIONAL = new Set([
  "availability-zone",
  "cluster-allow-replica-migration",
  "enable-debug-command",
  "repl-diskless-sync-delay",
]);

/** Optional directives that the server program has been seen to refuse. */
const refused = new Map<string, Set<string>>();

/** The text of the configuration file for a server program. */
export function renderConfiguration(binary: string, plan: ServerConfiguration): string {
  const directives = new Map<string, string>([
    ["bind", plan.host],
    ["protected-mode", "no"],
    ["port", String(plan.port)],
    ["unixsocket", quote(plan.socket)],
    ["unixsocketperm", "700"],
    ["dir", quote(`${plan.folder}/data`)],
    ["daemonize", "no"],
    ["save", '""'],
    ["appendonly", "no"],
    ["enable-debug-command", "yes"],
    // A replica is to be in sync at once, not after the usual five seconds.
    ["repl-diskless-sync", "yes"],
    ["repl-diskless-sync-delay", "0"],
    ["repl-ping-replica-period", "1"],
  ]);
  if (plan.tlsClients !== undefined) {
    directives.set("port", "0");
    directives.set("tls-port", String(plan.port));
    directives.set("tls-cert-file", quote(`${plan.folder}/server.crt`));
    directives.set("tls-key-file", quote(`${plan.folder}/server.key`));
    directives.set("tls-ca-cert-file", quote(`${plan.folder}/ca.crt`));
    directives.set("tls-auth-clients", plan.tlsClients);
    directives.set("tls-replication", "yes");
    directives.set("tls-cluster", "yes");
  }
  if (plan.availabilityZone !== undefined) {
    directives.set("availability-zone", quote(plan.availabilityZone));
  }
  if (plan.password !== undefined) directives.set("requirepass", quote(plan.password));
  if (plan.control) {
    directives.set("masteruser", plan.control.name);
    directives.set("masterauth", plan.control.password);
  }
  if (plan.primary) directives.set("replicaof", `${plan.primary.host} ${plan.primary.port}`);
  for (const [name, value] of Object.entries(plan.config ?? {})) {
    refuseLineBreaks(`config.${name}`, name + value);
    directives.set(name.toLowerCase(), value === "" ? '""' : value);
  }
  for (const name of refused.get(binary) ?? []) directives.delete(name);

  const lines = [...directives].map(([name, value]) => `${name} ${value}`);
  for (const { name, rules } of plan.users ?? []) {
    refuseLineBreaks("users", name + rules);
    lines.push(`user ${name} ${rules}`);
  }
  if (plan.control) {
    lines.push(`user ${plan.control.name} on >${plan.control.password} ~* &* +@all`);
  }
  for (const line of plan.directives ?? []) {
    refuseLineBreaks("name", line);
    lines.push(line);
  }
  return lines.join("\n") + "\n";
}

/**
 * Takes note of an optional directive that the server program does not know, as its log says.
 *
 * Returns whether there was one, so that a start without it is worth a try.
 */
export function learnRefusal(binary: string, log: string): boolean {
  const name = log.match(/^>>> '(\S+)/m)?.[1];
  if (name === undefined || !OPTIONAL.has(name)) return false;
  const names = refused.get(binary) ?? new Set();
  refused.set(binary, names);
  if (names.has(name)) return false;
  names.add(name);
  return true;
}

function refuseLineBreaks(option: string, value: string): void {
  if (/[\r\n\0]/.test(value)) {
    throw new TypeError(`Cannot use the option "${option}": expected text without line breaks`);
  }
}

/** Quotes a value the way the servers' configuration files want it. */
function quote(value: string): string {
  const escaped = value.replace(/["\\]/g, "\\$&").replace(
    // deno-lint-ignore no-control-regex
    /[\x00-\x1f\x7f]/g,
    (c) => "\\x" + c.charCodeAt(0).toString(16).padStart(2, "0"),
  );
  return `"${escaped}"`;
}
