import {
  assert,
  assertEquals,
  assertMatch,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { retry } from "@std/async/retry";
import { FakeTime } from "@std/testing/time";
import { ReadFrom, type RedisClientConfiguration } from "../../../lib/configuration/options.ts";
import { settingsOf } from "../../../lib/configuration/settings.ts";
import { Dials } from "../../../lib/connection/dials.ts";
import { PeerNotes } from "../../../lib/connection/peer_notes.ts";
import { Tally } from "../../../lib/connection/tally.ts";
import { ConfigurationError } from "../../../lib/errors.ts";
import { testCertificates } from "../../../lib/testing/mod.ts";

const { caCert, client, otherClient } = await testCertificates();

const addresses = [{ host: "localhost" }];

/** Settings of options that a type checker may refuse. */
function settings(options: object, client: "standalone" | "cluster" = "standalone") {
  return settingsOf({ addresses, ...options } as RedisClientConfiguration, client);
}

function refused(run: () => unknown): ConfigurationError {
  return assertThrows(run, ConfigurationError) as ConfigurationError;
}

Deno.test("settingsOf() fills in the defaults", async () => {
  const given = settings({});
  assertEquals(given, {
    addresses: [{ host: "localhost", port: 6379 }],
    readFrom: "primary",
    clientAz: undefined,
    clientCreationTimeout: 2500,
    requestTimeout: 250,
    blockingConnections: 0,
    inflightRequestsLimit: 100_000,
    lazyConnect: false,
    periodicTopologyCheck: 60_000,
    addressMap: undefined,
    telemetry: undefined,
    cache: { maxBytes: 67_108_864, maxTtl: 60_000 },
    sentinel: undefined,
    link: {
      protocol: 3,
      credentials: given.link.credentials,
      clientName: undefined,
      databaseId: 0,
      readOnly: false,
      availabilityZone: false,
      tls: undefined,
      backoff: { multiplier: 2, minTimeout: 10, maxTimeout: 3000, jitter: 1 },
      attemptTimeout: 2500,
      keepAlive: 30_000,
      clientInfo: true,
      peers: new PeerNotes(),
      dials: new Dials(),
      tally: new Tally(),
    },
  });
  assertEquals(await given.link.credentials.issue(), { login: undefined, version: 0 });
});

Deno.test("settingsOf() takes every option", async () => {
  const addressMap = (host: string, port: number) => ({ host, port });
  const given = settings({
    addresses: [{ host: "a", port: 1 }, { host: "b", port: 65535 }],
    credentials: { username: "me", password: "secret" },
    useTls: true,
    tls: { caCerts: [caCert], ...client, unsafelyDisableHostnameVerification: true },
    readFrom: ReadFrom.AZ_AFFINITY,
    clientAz: "north",
    clientCreationTimeout: 1000.5,
    requestTimeout: 0.5,
    reconnectStrategy: { numOfRetries: 3, factor: 20, exponentBase: 3, maxDelay: 400 },
    protocol: 2,
    databaseId: 15,
    clientName: "test!",
    blockingConnections: 3,
    inflightRequestsLimit: 1,
    lazyConnect: true,
    periodicTopologyCheck: 0,
    keepAlive: 0,
    clientInfo: false,
    cache: { maxBytes: 1000, maxTtl: 0.5 },
    addressMap,
    telemetry: { traces: false, metrics: true, requireParent: false, queryText: true },
  }, "cluster");
  assertEquals(given, {
    addresses: [{ host: "a", port: 1 }, { host: "b", port: 65535 }],
    readFrom: "azAffinity",
    clientAz: "north",
    clientCreationTimeout: 1000.5,
    requestTimeout: 0.5,
    blockingConnections: 3,
    inflightRequestsLimit: 1,
    lazyConnect: true,
    periodicTopologyCheck: 0,
    addressMap,
    telemetry: {
      traces: false,
      metrics: true,
      tracerProvider: undefined,
      meterProvider: undefined,
      requireParent: false,
      queryText: true,
    },
    cache: { maxBytes: 1000, maxTtl: 0.5 },
    sentinel: undefined,
    link: {
      protocol: 2,
      credentials: given.link.credentials,
      clientName: "test!",
      databaseId: 15,
      readOnly: given.link.readOnly,
      availabilityZone: true,
      tls: {
        caCerts: [caCert],
        ...client,
        serverName: undefined,
        unsafelyDisableHostnameVerification: true,
      },
      backoff: { multiplier: 3, minTimeout: 20, maxTimeout: 400, jitter: 1 },
      attemptTimeout: 1000.5,
      keepAlive: 0,
      clientInfo: false,
      peers: new PeerNotes(),
      dials: new Dials(),
      tally: new Tally(),
    },
  });
  const { login } = await given.link.credentials.issue();
  assertEquals(login, { username: "me", password: "secret" });
});

Deno.test("settingsOf() takes an option that is undefined as one that is not given", () => {
  const undefineds = Object.fromEntries(
    [
      "credentials",
      "useTls",
      "tls",
      "readFrom",
      "clientCreationTimeout",
      "requestTimeout",
      "reconnectStrategy",
      "protocol",
      "databaseId",
      "clientName",
      "clientInfo",
      "blockingConnections",
      "inflightRequestsLimit",
      "lazyConnect",
      "periodicTopologyCheck",
      "keepAlive",
      "cache",
      "clientInfo",
      "addressMap",
      "telemetry",
    ].map((name) => [name, undefined]),
  );
  assertEquals(settings(undefineds, "cluster"), settings({}, "cluster"));
});

Deno.test("settingsOf() takes host names and addresses of all kinds", () => {
  for (
    const [host, expected] of [
      ["redis.example.com", "redis.example.com"],
      ["under_score", "under_score"],
      ["127.0.0.1", "127.0.0.1"],
      ["::1", "::1"],
      ["[::1]", "::1"],
      ["::", "::"],
      ["2001:db8::7", "2001:db8::7"],
      ["::ffff:127.0.0.1", "::ffff:127.0.0.1"],
      ["fe80::1%eth0", "fe80::1%eth0"],
      ["[FE80::1%en-0.1]", "FE80::1%en-0.1"],
      ["bücher.example", "bücher.example"],
    ]
  ) {
    assertEquals(settings({ addresses: [{ host }] }).addresses, [{ host: expected, port: 6379 }]);
  }
});

Deno.test("settingsOf() takes an instance of a class with host and port as an address", () => {
  class Server {
    host = "a";
    password = "secret";
    get port() {
      return 7000;
    }
  }
  assertEquals(settings({ addresses: [new Server()] }).addresses, [{ host: "a", port: 7000 }]);
  const bare = Object.assign(Object.create(null), { host: "a", hots: "b" });
  assertEquals(refused(() => settings({ addresses: [bare] })).option, "addresses[0].hots");
});

Deno.test("settingsOf() drops addresses that were given before", () => {
  const twice = [{ host: "a" }, { host: "a", port: 7000 }, { host: "a", port: 6379 }, {
    host: "b",
  }];
  assertEquals(settings({ addresses: twice }).addresses, [
    { host: "a", port: 6379 },
    { host: "a", port: 7000 },
    { host: "b", port: 6379 },
  ]);
});

Deno.test("settingsOf() takes TLS without anything more, and a server name", () => {
  assertEquals(settings({ useTls: true }).link.tls, {});
  const { tls } = settings({ useTls: true, tls: { serverName: "redis" } }).link;
  assertEquals(tls?.serverName, "redis");
  assertEquals(tls?.unsafelyDisableHostnameVerification, false);
});

const NO_NUMBERS = ["x", null, NaN, true, {}];
const NO_TIMES = [...NO_NUMBERS, Infinity, 2 ** 31, -1];

/** Options that are refused, by the name that the error is to have. */
const BAD: Record<string, object[]> = {
  addresses: [undefined, null, [], "localhost", { host: "localhost" }].map((addresses) => ({
    addresses,
  })),
  "addresses[0]": ["localhost", null, undefined, []].map((address) => ({ addresses: [address] })),
  "addresses[0].host": [
    "",
    " ",
    "a b",
    "localhost:6379",
    "cafe:6379",
    "redis://localhost",
    "user@host",
    "[localhost]",
    "a/1",
    5,
    null,
    undefined,
  ].map((host) => ({ addresses: [{ host }] })),
  "addresses[0].hots": [{ addresses: [{ host: "a", hots: "b" }] }],
  "addresses[1].port": [0, -1, 65536, 1.5, "6379", ...NO_NUMBERS].map((port) => ({
    addresses: [{ host: "a" }, { host: "b", port }],
  })),
  credentials: ["secret", null, ["secret"], 5].map((credentials) => ({ credentials })),
  "credentials.password": [{}, { username: "me" }, { password: 5 }, { password: null }].map(
    (credentials) => ({ credentials }),
  ),
  "credentials.username": ["", 5, null].map((username) => ({
    credentials: { username, password: "secret" },
  })),
  "credentials.user": [{ credentials: { user: "me", password: "secret" } }],
  useTls: ["yes", 1, null].map((useTls) => ({ useTls })),
  tls: [
    { tls: {} },
    { useTls: false, tls: { caCerts: [] } },
    { useTls: true, tls: true },
    { useTls: true, tls: null },
  ],
  "tls.caCerts": [
    "pem",
    [5],
    null,
    ["/etc/ssl/certs/ca.pem"],
    [caCert, "ca.pem"],
    [""],
    [client.key],
    [pem("CERTIFICATE", "AAAA")],
    [pem("CERTIFICATE", "!!!!")],
    // Deno would pass over lines that do not begin at the margin.
    [caCert.replaceAll(/^/gm, "  ")],
  ].map((caCerts) => ({ useTls: true, tls: { caCerts } })),
  "tls.cert": [
    { key: "key" },
    { cert: 5, key: "key" },
    { cert: "client.crt", key: client.key },
    { cert: client.key, key: client.cert },
    { cert: pem("CERTIFICATE", "AAAA"), key: client.key },
  ].map((tls) => ({ useTls: true, tls })),
  "tls.key": [
    { cert: "cert" },
    { cert: "cert", key: 5 },
    { cert: client.cert, key: "./client.key" },
    { cert: client.cert, key: otherClient.key },
    { cert: client.cert, key: pem("PRIVATE KEY", "AAAA") },
    { cert: client.cert, key: pem("ENCRYPTED PRIVATE KEY", "AAAA") },
  ].map((tls) => ({ useTls: true, tls })),
  "tls.serverName": [
    { serverName: "" },
    { serverName: 5 },
    { serverName: "bad name" },
    { serverName: "-a" },
    { serverName: "a..b" },
    { serverName: "a/b" },
    { serverName: "1.2.3" },
    { serverName: "*.example.com" },
    { serverName: "bücher.example" },
    { serverName: "[::1]" },
    { serverName: "fe80::1%eth0" },
    { serverName: "a".repeat(64) },
    { serverName: "a", cert: "cert", key: "key" },
  ].map((tls) => ({ useTls: true, tls })),
  "tls.unsafelyDisableHostnameVerification": [
    { useTls: true, tls: { unsafelyDisableHostnameVerification: "yes" } },
  ],
  "tls.ca": [{ useTls: true, tls: { ca: "pem" } }],
  readFrom: ["replica", "PRIMARY", 5, null].map((readFrom) => ({ readFrom })),
  clientCreationTimeout: [0, ...NO_TIMES].map((value) => ({ clientCreationTimeout: value })),
  requestTimeout: [0, ...NO_TIMES].map((requestTimeout) => ({ requestTimeout })),
  periodicTopologyCheck: NO_TIMES.map((value) => ({ periodicTopologyCheck: value })),
  keepAlive: NO_TIMES.map((keepAlive) => ({ keepAlive })),
  cache: [null, 5, []].map((cache) => ({ cache })),
  "cache.maxBytes": [0, 1.5, Infinity, ...NO_NUMBERS].map((maxBytes) => ({ cache: { maxBytes } })),
  "cache.maxTtl": [0, ...NO_TIMES].map((maxTtl) => ({ cache: { maxTtl } })),
  "cache.size": [{ cache: { size: 1 } }],
  blockingConnections: [-1, 1.5, 1001, Infinity, ...NO_NUMBERS].map((value) => ({
    blockingConnections: value,
  })),
  inflightRequestsLimit: [0, 1.5, Infinity, ...NO_NUMBERS].map((value) => ({
    inflightRequestsLimit: value,
  })),
  databaseId: [-1, 1.5, 2 ** 31, ...NO_NUMBERS].map((databaseId) => ({ databaseId })),
  protocol: [1, 4, "3", null].map((protocol) => ({ protocol })),
  clientName: ["", "two words", "tab\t", "line\n", "é", 5, null].map((clientName) => ({
    clientName,
  })),
  clientInfo: ["yes", 0, null].map((clientInfo) => ({ clientInfo })),
  lazyConnect: ["yes", 0, null].map((lazyConnect) => ({ lazyConnect })),
  reconnectStrategy: ["fast", 5, null, []].map((value) => ({ reconnectStrategy: value })),
  ...strategies({
    numOfRetries: [-1, 1.5, Infinity, ...NO_NUMBERS].map((numOfRetries) => ({ numOfRetries })),
    factor: [
      ...[0, ...NO_TIMES].map((factor) => ({ factor })),
      // The two kinds of strategy do not mix.
      { factor: 10, minTimeout: 10 },
    ],
    exponentBase: [0.5, ...NO_NUMBERS].map((exponentBase) => ({ exponentBase })),
    maxDelay: [0, ...NO_TIMES].map((maxDelay) => ({ maxDelay })),
    multiplier: [0.5, ...NO_NUMBERS].map((multiplier) => ({ multiplier })),
    minTimeout: [
      ...NO_TIMES.map((minTimeout) => ({ minTimeout })),
      { minTimeout: 20, maxTimeout: 10 },
    ],
    maxTimeout: [0, ...NO_TIMES].map((maxTimeout) => ({ maxTimeout })),
    jitter: [-0.1, 1.1, ...NO_NUMBERS].map((jitter) => ({ jitter })),
    // Attempts never end, so there is no number of them.
    maxAttempts: [{ maxAttempts: 5 }, { minTimeout: 10, maxAttempts: 5 }],
  }),
  telemetry: [true, "on", 5, null, []].map((telemetry) => ({ telemetry })),
  ...Object.fromEntries(
    ["traces", "metrics", "requireParent", "queryText"].map((name) => [
      `telemetry.${name}`,
      ["yes", 1, null].map((value) => ({ telemetry: { [name]: value } })),
    ]),
  ),
  "telemetry.tracerProvider": [true, {}, null, { getTracer: "tracer" }].map((tracerProvider) => ({
    telemetry: { tracerProvider },
  })),
  "telemetry.meterProvider": [true, {}, null, { getMeter: 5 }].map((meterProvider) => ({
    telemetry: { meterProvider },
  })),
  "telemetry.trace": [{ telemetry: { trace: true } }],
  requestTimeOut: [{ requestTimeOut: 5 }],
  url: [{ url: "redis://localhost" }],
};

function pem(label: string, content: string): string {
  return `-----BEGIN ${label}-----\n${content}\n-----END ${label}-----\n`;
}

function strategies(bad: Record<string, object[]>): Record<string, object[]> {
  return Object.fromEntries(
    Object.entries(bad).map(([name, cases]) => [
      `reconnectStrategy.${name}`,
      cases.map((reconnectStrategy) => ({ reconnectStrategy })),
    ]),
  );
}

for (const [option, cases] of Object.entries(BAD)) {
  Deno.test(`settingsOf() refuses a bad ${option} and names it`, () => {
    for (const options of cases) {
      for (const client of ["standalone", "cluster"] as const) {
        const error = refused(() => settings(options, client));
        const what = `${Deno.inspect(options)}: ${error.message}`;
        assertEquals(error.option, option, what);
        assert(error.message.startsWith(`Cannot use option "${option}": `), what);
        assert(!error.message.endsWith(".") && !error.message.includes("secret"), what);
      }
    }
  });
}

Deno.test("settingsOf() keeps what is for sentinels apart from what is for nodes", async () => {
  const credentials = { password: "secret" };
  const sentinel = { name: "main", addresses: [{ host: "s" }] };
  const given = settingsOf({ sentinel, credentials, useTls: true, databaseId: 3 }, "standalone");
  assertEquals(given.addresses, []);
  assertEquals(given.sentinel?.addresses, [{ host: "s", port: 26379 }]);
  const { link } = given.sentinel!;
  assertEquals([link.tls, link.databaseId, given.link.tls], [undefined, 0, given.link.tls]);
  assertEquals((await link.credentials.issue()).login, undefined);
  assert(link.peers !== given.link.peers && link.dials === given.link.dials);
  const own = settingsOf({
    sentinel: { ...sentinel, credentials: { password: "other" }, useTls: true },
  }, "standalone");
  assertEquals(own.link.tls, undefined);
  assertEquals(
    own.sentinel?.link.tls,
    settingsOf({ addresses: sentinel.addresses, useTls: true }, "standalone").link.tls,
  );
});

Deno.test("settingsOf() refuses bad options of sentinels and names them", () => {
  const sentinel = { name: "main", addresses: [{ host: "s" }] };
  const bad: Record<string, unknown> = {
    "sentinel": [],
    "sentinel.name": { ...sentinel, name: "" },
    "sentinel.addresses": { name: "main", addresses: [] },
    "sentinel.addresses[0].path": { name: "main", addresses: [{ path: "/s" }] },
    "sentinel.credentials.password": { ...sentinel, credentials: { password: 1 } },
    "sentinel.tls": { ...sentinel, tls: {} },
    "sentinel.tls.caCerts": { ...sentinel, useTls: true, tls: { caCerts: "x" } },
    "sentinel.addressMap": { ...sentinel, addressMap: {} },
    "sentinel.quorum": { ...sentinel, quorum: 2 },
  };
  for (const [option, value] of Object.entries(bad)) {
    const configuration = { sentinel: value } as unknown as RedisClientConfiguration;
    assertEquals(refused(() => settingsOf(configuration, "standalone")).option, option);
  }
  assertEquals(refused(() => settings({ sentinel })).option, "addresses");
  assertEquals(refused(() => settings({ sentinel }, "cluster")).option, "sentinel");
  assertEquals(refused(() => settingsOf({}, "standalone")).option, "addresses");
});

Deno.test("settingsOf() says that it wants the content of a file, not its path", () => {
  const paths: [string, object][] = [
    ["tls.caCerts", { caCerts: ["/etc/ssl/ca.pem"] }],
    ["tls.cert", { cert: "C:\\certs\\client.crt", key: client.key }],
    ["tls.key", { cert: client.cert, key: "client.key\n" }],
  ];
  for (const [option, tls] of paths) {
    const { option: named, message } = refused(() => settings({ useTls: true, tls }));
    assertEquals(named, option);
    assertStringIncludes(message, "read the file first");
  }
});

Deno.test("settingsOf() says that a key belongs to another certificate, and repeats neither", () => {
  const tls = { cert: client.cert, key: otherClient.key };
  const error = refused(() => settings({ useTls: true, tls }));
  assertStringIncludes(error.message, "expected the private key that belongs to tls.cert");
  const secret = otherClient.key.split("\n")[1];
  assert(!Deno.inspect(error).includes(secret));
});

Deno.test("settingsOf() wants host names under TLS that a certificate can hold, or a server name", () => {
  for (const host of ["bücher.example", "a..b", "fe80::1%eth0", "-a"]) {
    const options = { addresses: [{ host: "fine" }, { host }] };
    assertEquals(settings(options).addresses.length, 2);
    assertEquals(
      refused(() => settings({ ...options, useTls: true })).option,
      "addresses[1].host",
      host,
    );
    settings({ ...options, useTls: true, tls: { serverName: "redis.example.com" } });
  }
  for (const host of ["under_score", "a.", "::1", "127.0.0.1", "xn--bcher-kva.example"]) {
    settings({ addresses: [{ host }], useTls: true });
  }
});

Deno.test("settingsOf() knows addressMap for clusters only, and wants a function", () => {
  const addressMap = (host: string, port: number) => ({ host, port });
  assertEquals(refused(() => settings({ addressMap })).option, "addressMap");
  assertEquals(refused(() => settings({ addressMap: {} }, "cluster")).option, "addressMap");
  assertStrictEquals(settings({ addressMap }, "cluster").addressMap, addressMap);
});

Deno.test("settingsOf() says what to use for an option of another client, or in another case", () => {
  const message = (options: object, client?: "cluster") =>
    refused(() => settings(options, client)).message.replace(/^.*: there is no such option/, "");
  assertEquals(message({ requesttimeout: 5 }), "; use requestTimeout");
  assertEquals(message({ password: "x" }), "; use credentials: { username, password }");
  assertEquals(
    message({ url: "x" }),
    "; pass the URL itself in place of the options",
  );
  assertEquals(message({ sentinel: {} }, "cluster"), "; RedisClient has it");
  for (const unknown of ["colour", "constructor", "toString"]) {
    assertMatch(message({ [unknown]: 1 }), /^, only addresses, /);
  }
});

Deno.test("settingsOf() refuses what is neither options nor a URL", () => {
  for (const nothing of [undefined, null, 5, [], () => {}]) {
    assertEquals(refused(() => settingsOf(nothing as never, "standalone")).option, "addresses");
  }
  assertEquals(refused(() => settingsOf("localhost:6379", "standalone")).option, "url");
});

/** Waits between attempts, by a strategy, where the random share is as large as it can be. */
async function longestWaits(reconnectStrategy: object, attempts: number): Promise<number[]> {
  using time = new FakeTime();
  const random = Math.random;
  // Jitter takes away a random share of the wait: none of it here.
  Math.random = () => 0;
  try {
    const { backoff } = settings({ reconnectStrategy }).link;
    const starts: number[] = [];
    const retrying = retry(() => {
      starts.push(time.now);
      if (starts.length <= attempts) throw new Error("Not yet");
    }, { ...backoff, maxAttempts: 1000 });
    while (starts.length <= attempts) await time.nextAsync();
    await retrying;
    return starts.slice(1).map((start, i) => start - starts[i]);
  } finally {
    Math.random = random;
  }
}

Deno.test("a backoff strategy makes retry() wait up to factor * exponentBase ** N", async () => {
  assertEquals(
    await longestWaits({}, 11),
    [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3000, 3000],
  );
  assertEquals(
    await longestWaits({ factor: 5, exponentBase: 3, numOfRetries: 3 }, 6),
    [5, 15, 45, 135, 135, 135],
  );
  assertEquals(
    await longestWaits({ factor: 100, exponentBase: 10, maxDelay: 2500 }, 4),
    [100, 1000, 2500, 2500],
  );
});

Deno.test("a backoff strategy of no retries, or of base 1, makes the wait constant", async () => {
  assertEquals(await longestWaits({ numOfRetries: 0, factor: 50 }, 3), [50, 50, 50]);
  assertEquals(await longestWaits({ exponentBase: 1, factor: 70 }, 3), [70, 70, 70]);
  assertEquals(await longestWaits({ factor: 9000, maxDelay: 400 }, 2), [400, 400]);
});

Deno.test("a backoff strategy becomes options of retry()", () => {
  const backoffOf = (reconnectStrategy: object) => settings({ reconnectStrategy }).link.backoff;
  const jitter = 1;
  assertEquals(backoffOf({}), { multiplier: 2, minTimeout: 10, maxTimeout: 3000, jitter });
  assertEquals(
    backoffOf({ numOfRetries: 5, factor: 7, exponentBase: 3 }),
    { multiplier: 3, minTimeout: 7, maxTimeout: 7 * 3 ** 5, jitter },
  );
  // Beyond what a number can hold.
  assertEquals(
    backoffOf({ numOfRetries: 1_000_000, factor: 1, exponentBase: 1_000_000, maxDelay: 60_000 }),
    { multiplier: 1_000_000, minTimeout: 1, maxTimeout: 60_000, jitter },
  );
});

Deno.test("options of retry() are taken as they are, and defaults give way to them", () => {
  const backoffOf = (reconnectStrategy: object) => settings({ reconnectStrategy }).link.backoff;
  const given = { multiplier: 1.5, minTimeout: 0, maxTimeout: 100, jitter: 0 };
  assertEquals(backoffOf(given), given);
  assertEquals(backoffOf({ jitter: 0.5 }), {
    multiplier: 2,
    minTimeout: 10,
    maxTimeout: 3000,
    jitter: 0.5,
  });
  assertEquals(backoffOf({ minTimeout: 5000 }).maxTimeout, 5000);
  assertEquals(backoffOf({ maxTimeout: 4 }).minTimeout, 4);
  assertEquals(backoffOf({ multiplier: undefined, minTimeout: undefined }), backoffOf({}));
});
