/**
 * Credentials for Amazon ElastiCache and MemoryDB with IAM authentication, by Web Crypto alone.
 *
 * A token is the address of a request that is signed (AWS Signature Version 4, in the query), without its scheme. It is
 * good for 15 minutes and for any number of connections. The service closes a connection 12 hours after its last AUTH,
 * and accepts only TLS. A token of a role's session ends with the session, so each connection gets a token of its own.
 *
 * @example
 * ```ts no-eval
 * import { RedisClusterClient } from "@babushka/redis";
 *
 * await using client = await RedisClusterClient.create({
 *   addresses: [{ host: "clustercfg.my-cache.abc123.euw1.cache.amazonaws.com" }],
 *   useTls: true,
 *   credentials: iamCredentials({
 *     user: "my-user",
 *     cache: "my-cache",
 *     region: "eu-west-1",
 *     keys: () => Promise.resolve({
 *       accessKeyId: Deno.env.get("AWS_ACCESS_KEY_ID")!,
 *       secretAccessKey: Deno.env.get("AWS_SECRET_ACCESS_KEY")!,
 *       sessionToken: Deno.env.get("AWS_SESSION_TOKEN"),
 *     }),
 *   }),
 * });
 * ```
 *
 * @module
 */

import type { CredentialsProvider } from "../../mod.ts";

/** Access keys of an IAM user, or of a role's session. */
export interface AwsKeys {
  /** Id of the key. */
  accessKeyId: string;
  /** The secret. */
  secretAccessKey: string;
  /** Token of the session; none for keys of a user. */
  sessionToken?: string;
}

/** What a token is for. */
export interface IamOptions {
  /** Id of the user, which must be equal to its name. */
  user: string;
  /** Name of the replication group, the serverless cache or the MemoryDB cluster, in lower case. */
  cache: string;
  /** Region, such as `"eu-west-1"`. */
  region: string;
  /** The service. @default {"elasticache"} */
  service?: "elasticache" | "memorydb";
  /** Whether it is a serverless cache. @default {false} */
  serverless?: boolean;
  /** Gives the keys: called for each token, since those of a session change. */
  keys: () => Promise<AwsKeys>;
}

/** For how long a token is good, in seconds. */
const LIFETIME = 900;
/** When open connections log in anew: halfway to the end that the service sets them, in milliseconds. */
const REFRESH = 6 * 60 * 60 * 1000;

/**
 * Makes a function for the option `credentials`.
 *
 * @param options What the tokens are for.
 */
export function iamCredentials(options: IamOptions): CredentialsProvider {
  return async () => ({
    username: options.user,
    password: await iamToken(options, await options.keys(), new Date()),
    refreshAfter: REFRESH,
  });
}

/**
 * Makes a token.
 *
 * @param options What it is for.
 * @param keys The keys to sign it with.
 * @param date The time from which on it is good.
 */
export async function iamToken(
  { user, cache, region, service = "elasticache", serverless = false }: IamOptions,
  keys: AwsKeys,
  date: Date,
): Promise<string> {
  const parameters: Record<string, string> = { Action: "connect", User: user };
  if (serverless) parameters.ResourceType = "ServerlessCache";
  const request = { host: cache, path: "/", parameters, payloadHash: await sha256("") };
  const scope = { region, service, date, expires: LIFETIME };
  return `${cache}/?${await presign(request, scope, keys)}`;
}

/** A GET request. */
export interface SignableRequest {
  host: string;
  path: string;
  parameters: Readonly<Record<string, string>>;
  /** SHA-256 of the body in hexadecimal digits, or `UNSIGNED-PAYLOAD`. */
  payloadHash: string;
}

/** Where and when a signature is good. */
export interface SignatureScope {
  region: string;
  service: string;
  date: Date;
  /** For how many seconds. */
  expires: number;
}

/**
 * Signs a request in its query.
 *
 * @param request The request.
 * @param scope Where and when the signature is good.
 * @param keys The keys.
 * @returns The query, the signature included.
 */
export async function presign(
  { host, path, parameters, payloadHash }: SignableRequest,
  { region, service, date, expires }: SignatureScope,
  { accessKeyId, secretAccessKey, sessionToken }: AwsKeys,
): Promise<string> {
  const time = date.toISOString().replace(/[-:]|\.\d+/g, "");
  const day = time.slice(0, 8);
  const scope = `${day}/${region}/${service}/aws4_request`;
  const signed: Record<string, string> = {
    ...parameters,
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": `${accessKeyId}/${scope}`,
    "X-Amz-Date": time,
    "X-Amz-Expires": String(expires),
    "X-Amz-SignedHeaders": "host",
  };
  if (sessionToken !== undefined) signed["X-Amz-Security-Token"] = sessionToken;
  const query = Object.entries(signed)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join("&");
  const canonical = ["GET", path, query, `host:${host}`, "", "host", payloadHash].join("\n");
  const text = ["AWS4-HMAC-SHA256", time, scope, await sha256(canonical)].join("\n");
  const key = await signingKey(secretAccessKey, day, region, service);
  return `${query}&X-Amz-Signature=${hex(await hmac(key, text))}`;
}

/**
 * Derives the key for the signatures of one day.
 *
 * @param secret The secret access key.
 * @param day The day, as in `20150830`.
 * @param region The region.
 * @param service The service.
 */
export async function signingKey(
  secret: string,
  day: string,
  region: string,
  service: string,
): Promise<Uint8Array<ArrayBuffer>> {
  let key = encoder.encode(`AWS4${secret}`);
  for (const part of [day, region, service, "aws4_request"]) key = await hmac(key, part);
  return key;
}

const encoder = new TextEncoder();

async function hmac(
  key: Uint8Array<ArrayBuffer>,
  text: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", key, algorithm, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, encoder.encode(text)));
}

async function sha256(text: string): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(text))));
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Percent-encodes all but letters, digits, `-`, `.`, `_` and `~`. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
