/**
 * Methods for geo indexes, scripts, published messages and the server.
 *
 * @module
 */

import {
  method,
  type Methods,
  options,
  pairsOf,
  plain,
  plainMethods,
  several,
} from "../methods.ts";
import { counted, optionsIn } from "../methods.ts";
import { listOf, number, numberRecord, record, type Shaped } from "../replies.ts";

const GEOADD = options("condition: NX XX CH");
const SEARCH = options("SORT: COUNT:");
const STORE = options("SORT: COUNT: STOREDIST");
const SAMPLES = options("SAMPLES=");
const FUNCTION_LOAD = options("REPLACE");

/** A place. */
interface Position {
  longitude: number | string;
  latitude: number | string;
}

function memberWords(members: unknown): unknown[] {
  return (several(members) as readonly (Position & { member: unknown })[]).map((
    { longitude, latitude, member },
  ) => [longitude, latitude, member]);
}

/** A circle or a box. */
type Area = { unit: string } & ({ radius: number } | { width: number; height: number });

function areaWords(from: unknown, by: Area): unknown[] {
  const isMember = typeof from !== "object" || from instanceof Uint8Array;
  const { longitude, latitude } = (isMember ? {} : from) as Position;
  return [
    isMember ? ["FROMMEMBER", from] : ["FROMLONLAT", longitude, latitude],
    "radius" in by ? ["BYRADIUS", by.radius, by.unit] : ["BYBOX", by.width, by.height, by.unit],
  ];
}

function searchOptions(given: unknown): Record<string, unknown> {
  const { COUNT, ...rest } = optionsIn(given);
  if (COUNT === undefined) return rest;
  const { value, mode } = typeof COUNT === "number" ? { value: COUNT } : optionsIn(COUNT);
  return { ...rest, COUNT: ["COUNT", value, mode ?? []] };
}

function positionOf(reply: Shaped): { longitude: unknown; latitude: unknown } | null {
  if (reply === null) return null;
  const [longitude, latitude] = listOf(reply).map(textOf);
  return { longitude, latitude };
}

/** Coordinates are text in RESP2. */
function textOf(value: Shaped): unknown {
  return typeof value === "number" ? String(value) : value;
}

/** What is answered besides the member, as the facade finds it out: by the types. */
function found(reply: Shaped): unknown[] {
  return listOf(reply).map((item) => {
    const [member, ...rest] = listOf(item);
    const place: Record<string, unknown> = { member };
    for (const value of rest) {
      if (Array.isArray(value)) place.coordinates = positionOf(value);
      else if (typeof value === "number") place.hash = value;
      else place.distance = value;
    }
    return place;
  });
}

function call(script: unknown, given: unknown): unknown[] {
  const { keys = [], arguments: args = [] } = optionsIn(given);
  return [script, counted(keys), args];
}

/** Methods for geo indexes, scripts, published messages and the server. */
export const GEO_AND_SERVER_METHODS: Methods = {
  ...plainMethods(`
    geoHash 2 GEOHASH
    publish 2 PUBLISH
    pubSubChannels 0 PUBSUB CHANNELS
    pubSubNumPat 0 PUBSUB NUMPAT
    pubSubShardChannels 0 PUBSUB SHARDCHANNELS
    sPublish 2 SPUBLISH
    functionDelete 1 FUNCTION DELETE
    functionFlush 0 FUNCTION FLUSH
    functionKill 0 FUNCTION KILL
    scriptExists 1 SCRIPT EXISTS
    scriptFlush 0 SCRIPT FLUSH
    scriptKill 0 SCRIPT KILL
    scriptLoad 1 SCRIPT LOAD
    aclCat 0 ACL CAT
    aclDelUser 1 ACL DELUSER
    aclDryRun 2 ACL DRYRUN
    aclGenPass 0 ACL GENPASS
    aclList 0 ACL LIST
    aclLoad 0 ACL LOAD
    aclSave 0 ACL SAVE
    aclSetUser 2 ACL SETUSER
    aclUsers 0 ACL USERS
    aclWhoAmI 0 ACL WHOAMI
    clientGetName 0 CLIENT GETNAME
    clientId 0 CLIENT ID
    clientPause 1 CLIENT PAUSE
    clientSetName 1 CLIENT SETNAME
    clientUnpause 0 CLIENT UNPAUSE
    clusterInfo 0 CLUSTER INFO
    clusterKeySlot 1 CLUSTER KEYSLOT
    clusterMyId 0 CLUSTER MYID
    clusterNodes 0 CLUSTER NODES
    commandCount 0 COMMAND COUNT
    configResetStat 0 CONFIG RESETSTAT
    configRewrite 0 CONFIG REWRITE
    echo 1 ECHO
    info 0 INFO
    lastSave 0 LASTSAVE
    latencyDoctor 0 LATENCY DOCTOR
    latencyReset 0 LATENCY RESET
    memoryDoctor 0 MEMORY DOCTOR
    memoryPurge 0 MEMORY PURGE
    ping 0 PING
    time 0 TIME
    wait 2 WAIT
  `),
  aclLogReset: method("ACL LOG/RESET", () => ["RESET"]),
  clientNoEvict: method("CLIENT NO-EVICT", (isOn) => [isOn ? "ON" : "OFF"]),
  configGet: plain("CONFIG GET", 1, record),
  configSet: method("CONFIG SET", (name, value) => {
    const isOne = typeof name !== "object" || name instanceof Uint8Array;
    return isOne ? [name, value] : pairsOf(name);
  }),
  eval: method("EVAL", call),
  evalRo: method("EVAL_RO", call),
  evalSha: method("EVALSHA", call),
  evalShaRo: method("EVALSHA_RO", call),
  fCall: method("FCALL", call),
  fCallRo: method("FCALL_RO", call),
  functionLoad: method("FUNCTION LOAD", (code, given) => [FUNCTION_LOAD(given), code]),
  geoAdd: method("GEOADD", (key, members, given) => [key, GEOADD(given), memberWords(members)]),
  geoDist: plain("GEODIST", 3, number),
  geoPos: plain("GEOPOS", 2, (reply) => listOf(reply).map(positionOf)),
  geoSearch: method("GEOSEARCH", (key, from, by, given) => [
    key,
    areaWords(from, by),
    SEARCH(searchOptions(given)),
  ]),
  geoSearchStore: method("GEOSEARCHSTORE", (destination, source, from, by, given) => [
    destination,
    source,
    areaWords(from, by),
    STORE(searchOptions(given)),
  ]),
  geoSearchWith: method(
    "GEOSEARCH/WITH",
    (key, from, by, replyWith, given) => [
      key,
      areaWords(from, by),
      SEARCH(searchOptions(given)),
      replyWith,
    ],
    found,
  ),
  memoryUsage: method("MEMORY USAGE", (key, given) => [key, SAMPLES(given)]),
  pubSubNumSub: plain("PUBSUB NUMSUB", 0, numberRecord),
  pubSubShardNumSub: plain("PUBSUB SHARDNUMSUB", 0, numberRecord),
};
