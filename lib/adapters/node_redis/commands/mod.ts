/**
 * All commands that the facade has as methods of node-redis, and the names of those that it does not have.
 *
 * @module
 */

import type { Methods } from "../methods.ts";
import { GEO_AND_SERVER_METHODS } from "./geo_and_server.ts";
import { HASH_METHODS } from "./hashes.ts";
import { LIST_AND_SET_METHODS } from "./lists_and_sets.ts";
import { SORTED_SET_METHODS } from "./sorted_sets.ts";
import { STREAM_METHODS } from "./streams.ts";
import { STRING_AND_KEY_METHODS } from "./strings_and_keys.ts";

/** The methods by name. */
export const METHODS: Methods = {
  ...STRING_AND_KEY_METHODS,
  ...HASH_METHODS,
  ...LIST_AND_SET_METHODS,
  ...SORTED_SET_METHODS,
  ...STREAM_METHODS,
  ...GEO_AND_SERVER_METHODS,
};

/** Methods of node-redis that the facade does not have, and what to use instead. */
export const MISSING: ReadonlyMap<string, string> = new Map([
  ...missing(
    "sendCommand() with the words of the command",
    `
    aclGetUser aclLog clientGetRedir clientInfo clientKill clientList clientNoTouch clientTrackingInfo
    clusterAddSlots clusterAddSlotsRange clusterBumpEpoch clusterCountFailureReports clusterCountKeysInSlot
    clusterDelSlots clusterDelSlotsRange clusterFailover clusterFlushSlots clusterForget clusterGetKeysInSlot
    clusterLinks clusterMeet clusterMyShardId clusterReplicas clusterReplicate clusterReset clusterSaveConfig
    clusterSetConfigEpoch clusterSetSlot clusterSlots command commandGetKeys commandGetKeysAndFlags commandInfo
    commandList bgRewriteAof bgSave delEx digest failover functionDump functionList functionListWithCode functionRestore functionStats
    geoRadius geoRadiusByMember geoRadiusByMemberRo geoRadiusByMemberRoWith geoRadiusByMemberStore
    geoRadiusByMemberWith geoRadiusRo geoRadiusRoWith geoRadiusStore geoRadiusWith hotkeysGet hotkeysReset
    hotkeysStart hotkeysStop latencyGraph latencyHistogram latencyHistory latencyLatest lcsIdxWithMatchLen
    memoryMallocStats memoryStats migrate moduleList moduleLoad moduleUnload mSetEx replicaOf restoreAsking role vAdd vCard
    vDim vEmb vEmbRaw vGetAttr vInfo vLinks vLinksWithScores vRandMember vRange vRem vSetAttr vSim vSimWithScores
    xAckDel xCfgSet xDelEx
  `,
  ),
  ...missing("multi() without watched keys, or watch() of a RedisClient", "watch unwatch discard"),
  ...missing("monitor() of a RedisClient", "monitor"),
  ...missing("the configuration of the client", "auth hello select reset"),
  ...missing("a client with the option readFrom", "readonly"),
  ...missing("the client without it: it follows redirections itself", "asking"),
  ...missing("client-side caching of a RedisClient", "clientCaching clientTracking"),
  ...missing("a connection of its own to debug scripts", "scriptDebug"),
  ...missing("the facade itself, which has no pool of connections", "createPool legacy"),
]);

function missing(instead: string, names: string): [name: string, instead: string][] {
  return names.trim().split(/\s+/).map((name) => [name, instead]);
}

/** Modules of node-redis that the facade does not have. */
export const MISSING_MODULES: readonly string[] = [
  "json",
  "ft",
  "ts",
  "bf",
  "cf",
  "cms",
  "topK",
  "tDigest",
];
