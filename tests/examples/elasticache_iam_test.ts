import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { createHash, createHmac } from "node:crypto";
import { RedisClient } from "../../mod.ts";
import {
  type FakeHandler,
  type FakeServer,
  ServerError,
  startFakeServer,
  testCertificates,
} from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { type AwsKeys, iamCredentials, iamToken, presign, signingKey } from "./elasticache_iam.ts";

// The values that the documentation of AWS gives for Signature Version 4.

Deno.test("signingKey() derives the keys of the AWS documentation", async () => {
  const secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
  const keyOf = async (day: string) => (await signingKey(secret, day, "us-east-1", "iam")).toHex();
  assertEquals(
    await keyOf("20150830"),
    "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9",
  );
  assertEquals(
    await keyOf("20120215"),
    "f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d",
  );
});

Deno.test("presign() signs the request of the AWS documentation", async () => {
  const query = await presign(
    {
      host: "examplebucket.s3.amazonaws.com",
      path: "/test.txt",
      parameters: {},
      payloadHash: "UNSIGNED-PAYLOAD",
    },
    {
      region: "us-east-1",
      service: "s3",
      date: new Date("2013-05-24T00:00:00Z"),
      expires: 86_400,
    },
    {
      accessKeyId: "AKIAIOSFODNN7EXAMPLE",
      secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    },
  );
  assertEquals(
    query,
    "X-Amz-Algorithm=AWS4-HMAC-SHA256" +
      "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request" +
      "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host" +
      "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
  );
});

const KEYS: AwsKeys = {
  accessKeyId: "AKIDEXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  sessionToken: "a/b+c==",
};
const OPTIONS = { user: "app", cache: "my-cache", region: "eu-west-1", keys: keysOf(KEYS) };

function keysOf(keys: AwsKeys): () => Promise<AwsKeys> {
  return () => Promise.resolve(keys);
}

/** Checks a token as the service does, by other code than that of the example. */
function faultOfToken(user: string, token: string, service = "elasticache"): string | undefined {
  const url = new URL(`http://${token}`);
  const { searchParams: query, host, pathname } = url;
  const signature = query.get("X-Amz-Signature");
  query.delete("X-Amz-Signature");
  const [keyId, ...scope] = query.get("X-Amz-Credential")?.split("/") ?? [];
  const time = query.get("X-Amz-Date") ?? "";
  if (keyId !== KEYS.accessKeyId || scope.slice(1).join() !== `eu-west-1,${service},aws4_request`) {
    return "scope";
  }
  if (query.get("Action") !== "connect" || query.get("User") !== user) return "user";
  if (query.get("X-Amz-Security-Token") !== KEYS.sessionToken) return "session";
  const began = Date.parse(time.replace(
    /^(....)(..)(..)T(..)(..)(..)Z$/,
    "$1-$2-$3T$4:$5:$6Z",
  ));
  const age = (Date.now() - began) / 1000;
  if (!(age > -60 && age < Number(query.get("X-Amz-Expires")))) return "time";
  const sent = token.slice(token.indexOf("?") + 1).replace(/&X-Amz-Signature=.*/, "");
  if (sent !== sent.split("&").sort().join("&")) return "order";
  const hash = (text: string) => createHash("sha256").update(text).digest("hex");
  const canonical = `GET\n${pathname}\n${sent}\nhost:${host}\n\nhost\n${hash("")}`;
  let key: string | Uint8Array = `AWS4${KEYS.secretAccessKey}`;
  for (const part of scope) key = createHmac("sha256", key).update(part).digest();
  const text = `AWS4-HMAC-SHA256\n${time}\n${scope.join("/")}\n${hash(canonical)}`;
  return createHmac("sha256", key).update(text).digest("hex") === signature
    ? undefined
    : "signature";
}

Deno.test("iamToken() makes tokens that the service accepts, and that hold what they are for", async () => {
  const now = new Date();
  const token = await iamToken(OPTIONS, KEYS, now);
  assertMatch(token, /^my-cache\/\?Action=connect&User=app&/);
  assertEquals(faultOfToken("app", token), undefined);
  assertEquals(faultOfToken("other", token), "user");
  assertEquals(faultOfToken("app", token.replace("User=app", "User=apq")), "user");
  assertEquals(faultOfToken("app", token.replace(/.$/, (c) => c === "0" ? "1" : "0")), "signature");
  const old = await iamToken(OPTIONS, KEYS, new Date(now.getTime() - 901_000));
  assertEquals(faultOfToken("app", old), "time");
  const serverless = await iamToken({ ...OPTIONS, serverless: true }, KEYS, now);
  assert(serverless.includes("&ResourceType=ServerlessCache&"));
  assertEquals(faultOfToken("app", serverless), undefined);
  const memorydb = await iamToken({ ...OPTIONS, service: "memorydb" }, KEYS, now);
  assertEquals(faultOfToken("app", memorydb, "memorydb"), undefined);
  const strange = await iamToken({ ...OPTIONS, user: "a'(b)*!~é" }, KEYS, now);
  assertEquals(faultOfToken("a'(b)*!~é", strange), undefined);
});

/** A server that accepts tokens. */
async function startVerifier(): Promise<{ server: FakeServer; tokens: string[] }> {
  const tokens: string[] = [];
  const verify = (user: string, token: string): ServerError | undefined => {
    tokens.push(token);
    return faultOfToken(user, token) === undefined
      ? undefined
      : new ServerError("WRONGPASS invalid username-password pair or user is disabled.");
  };
  const hello: FakeHandler = ({ args }) =>
    args[2] === "AUTH" ? verify(args[3], args[4]) : undefined;
  const server = await startFakeServer(
    { HELLO: hello, AUTH: ({ args }) => verify(args[1], args[2]), GET: "v" },
    { tls: true },
  );
  return { server, tokens };
}

Deno.test("a client with iamCredentials() logs in, and each connection has a token of its own", async () => {
  const { server, tokens } = await startVerifier();
  await using _ = server;
  const { caCert } = await testCertificates();
  const provider = iamCredentials(OPTIONS);
  assertEquals((await provider()).refreshAfter, 21_600_000);
  const connect = (keys: AwsKeys, refreshAfter: number) =>
    RedisClient.create({
      addresses: [{ host: "localhost", port: server.port }],
      useTls: true,
      tls: { caCerts: [caCert] },
      credentials: async () => ({
        ...await iamCredentials({ ...OPTIONS, keys: keysOf(keys) })(),
        refreshAfter,
      }),
      requestTimeout: 10_000,
      clientCreationTimeout: 10_000,
    });
  await using client = await connect(KEYS, 100);
  assertEquals(await client.get("k"), "v");
  await until("it has logged in anew", () => Promise.resolve(tokens.length >= 3));
  server.cut();
  assertEquals(await client.get("k"), "v");
  await assertRejects(() => connect({ ...KEYS, secretAccessKey: "another" }, 100), ServerError);
});
