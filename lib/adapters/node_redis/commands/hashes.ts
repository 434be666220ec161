/**
 * Methods for hashes.
 *
 * @module
 */

import { counted, method, type Methods, options, pairsOf, plainMethods } from "../methods.ts";
import { millisecondsOf, optionsIn, secondsOf } from "../methods.ts";
import { fieldsAndValues, page, record } from "../replies.ts";
import { expirationWords } from "./strings_and_keys.ts";

const SCAN = options("MATCH= COUNT=");
const LIFE = options("mode: expiration:");

/** A field with its value, or several of them. */
function fieldsWords(field: unknown, value: unknown): unknown[] {
  const isOne = typeof field !== "object" || field instanceof Uint8Array;
  return isOne ? [field, value] : pairsOf(field);
}

const fields = (names: unknown): unknown[] => ["FIELDS", counted(names)];

/** A method that lets fields expire. */
function expiring(command: string, time: (value: unknown) => unknown): Methods[string] {
  return method(
    command,
    (key, names, value, mode) => [key, time(value), mode ?? [], fields(names)],
  );
}

/** A method that tells something about fields. */
function ofFields(command: string): Methods[string] {
  return method(command, (key, names) => [key, fields(names)]);
}

/** When fields expire. */
function lifeWords(given: unknown): unknown[] {
  const { expiration, ...rest } = optionsIn(given);
  return LIFE({ ...rest, expiration: expirationWords(expiration) });
}

/** Methods for hashes. */
export const HASH_METHODS: Methods = {
  ...plainMethods(`
    hDel 2 HDEL
    hExists 2 HEXISTS
    hGet 2 HGET
    hIncrBy 3 HINCRBY
    hIncrByFloat 3 HINCRBYFLOAT
    hKeys 1 HKEYS
    hLen 1 HLEN
    hmGet 2 HMGET
    hRandField 1 HRANDFIELD
    hSetNX 3 HSETNX
    hStrLen 2 HSTRLEN
    hVals 1 HVALS
  `),
  hExpire: expiring("HEXPIRE", (seconds) => seconds),
  hExpireAt: expiring("HEXPIREAT", secondsOf),
  hExpireTime: ofFields("HEXPIRETIME"),
  hGetAll: method("HGETALL", (key) => [key], record),
  hGetDel: ofFields("HGETDEL"),
  hGetEx: method("HGETEX", (key, names, given) => [key, lifeWords(given), fields(names)]),
  hPersist: ofFields("HPERSIST"),
  hpExpire: expiring("HPEXPIRE", (milliseconds) => milliseconds),
  hpExpireAt: expiring("HPEXPIREAT", millisecondsOf),
  hpExpireTime: ofFields("HPEXPIRETIME"),
  hpTTL: ofFields("HPTTL"),
  hRandFieldCount: method("HRANDFIELD/COUNT", (key, count) => [key, count]),
  hRandFieldCountWithValues: method(
    "HRANDFIELD/COUNT/WITHVALUES",
    (key, count) => [key, count, "WITHVALUES"],
    fieldsAndValues,
  ),
  hScan: method(
    "HSCAN",
    (key, cursor, given) => [key, cursor, SCAN(given)],
    page("entries", fieldsAndValues),
  ),
  hScanNoValues: method(
    "HSCAN/NOVALUES",
    (key, cursor, given) => [key, cursor, SCAN(given), "NOVALUES"],
    page("fields"),
  ),
  hSet: method("HSET", (key, field, value) => [key, fieldsWords(field, value)]),
  hSetEx: method("HSETEX", (key, record, given) => {
    const words = pairsOf(record).flat(Infinity);
    return [key, lifeWords(given), "FIELDS", words.length / 2, words];
  }),
  hTTL: ofFields("HTTL"),
};
