/**
 * The rows of the command table, in the notation that `notation.ts` explains.
 *
 * Written by `deno task table`: do not edit it by hand. What the servers get wrong is put right in
 * `tests/maintenance/command_corrections.yaml`.
 *
 * @module
 */

/** Servers whose own description of their commands is in the table. */
export const TABLE_SOURCES: readonly string[] = [
  "redis 7.0.15",
  "redis 8.0.2",
  "valkey 8.0.1",
  "valkey 9.1.2",
];

/** One line per command, those of subcommands indented below their container. */
export const COMMAND_ROWS: string = `
ACL -2
  CAT -2
  DELUSER -3 all_nodes:all_succeeded
  DRYRUN -4
  GENPASS -2
  GETUSER 3
  HELP 2
  LIST 2
  LOAD 2
  LOG -2
  SAVE 2 all_nodes:all_succeeded
  SETUSER -3 all_nodes:all_succeeded
  USERS 2
  WHOAMI 2
APPEND 3 write RW@1
ARCOUNT 2 readonly RO@1
ARDEL -3 write RW@1
ARDELRANGE -4 write RW@1
ARGET 3 readonly RO@1
ARGETRANGE 4 readonly RO@1
ARGREP -6 readonly RO@1
ARINFO -2 readonly RO@1
ARINSERT -3 write RW@1
ARLASTITEMS -3 readonly RO@1
ARLEN 2 readonly RO@1
ARMGET -3 readonly RO@1
ARMSET -4 write RW@1
ARNEXT 2 readonly RO@1
AROP -5 readonly RO@1
ARRING -4 write RW@1
ARSCAN -4 readonly RO@1
ARSEEK 3 write RW@1
ARSET -4 write RW@1
ASKING 1
AUTH -2
BGREWRITEAOF 1 all_shards:all_succeeded
BGSAVE -1 all_shards:all_succeeded
BITCOUNT -2 readonly RO@1
BITFIELD -2 write RW@1
BITFIELD_RO -2 readonly RO@1
BITOP -4 write OW@2 RO@3..-1
BITPOS -3 readonly RO@1
BLMOVE 6 write blocking RW@1 RW@2 timeout=-1:s
BLMOVEM -6 write blocking RM@1 RW@2 timeout=5:s
BLMPOP -5 write blocking movablekeys RW@2# timeout=1:s
BLPOP -3 write blocking RW@1..-2 timeout=-1:s
BRPOP -3 write blocking RW@1..-2 timeout=-1:s
BRPOPLPUSH 4 write blocking RW@1 RW@2 timeout=-1:s
BZMPOP -5 write blocking movablekeys RW@2# timeout=1:s
BZPOPMAX -3 write blocking RW@1..-2 timeout=-1:s
BZPOPMIN -3 write blocking RW@1..-2 timeout=-1:s
CLIENT -2
  CACHING 3
  CAPA -3
  GETNAME 2
  GETREDIR 2
  HELP 2
  ID 2
  IMPORT-SOURCE 3
  INFO 2
  KILL -3 all_nodes:agg_sum
  LIST -2
  NO-EVICT 3
  NO-TOUCH 3
  PAUSE -3 all_nodes:all_succeeded
  REPLY 3
  SETINFO 4 all_nodes:all_succeeded
  SETNAME 3 all_nodes:all_succeeded
  TRACKING -3
  TRACKINGINFO 2
  UNBLOCK -3
  UNPAUSE 2 all_nodes:all_succeeded
CLUSTER -2
  ADDSLOTS -3 special
  ADDSLOTSRANGE -4 special
  BUMPEPOCH 2 special
  CANCELSLOTMIGRATIONS 2 special
  COUNT-FAILURE-REPORTS 3
  COUNTKEYSINSLOT 3 special
  DELSLOTS -3 special
  DELSLOTSRANGE -4 special
  FAILOVER -2 special
  FLUSHSLOT -3 write special
  FLUSHSLOTS 2 special
  FORGET 3 special
  GETKEYSINSLOT 4 special
  GETSLOTMIGRATIONS 2
  HELP 2
  INFO 2
  KEYSLOT 3
  LINKS 2
  MEET -4
  MIGRATESLOTS -4 special
  MIGRATION -4 special
  MYID 2
  MYSHARDID 2
  NODES 2
  REPLICAS 3
  REPLICATE -3 special
  RESET -2 special
  SAVECONFIG 2 special
  SET-CONFIG-EPOCH 3 special
  SETSLOT -4 special
  SHARDS 2
  SLAVES 3
  SLOT-STATS -4 all_shards
  SLOTS 2
  SYNCSLOTS -3
CLUSTERSCAN -2 readonly not_key@1
COMMAND -1
  COUNT 2
  DOCS -2
  GETKEYS -3
  GETKEYSANDFLAGS -3
  HELP 2
  INFO -2
  LIST -2
COMMANDLOG -2
  GET 4 all_nodes
  HELP 2
  LEN 3 all_nodes:agg_sum
  RESET 3 all_nodes:all_succeeded
CONFIG -2
  GET -3
  HELP 2
  RESETSTAT 2 all_nodes:all_succeeded
  REWRITE 2 all_nodes:all_succeeded
  SET -4 all_nodes:all_succeeded
COPY -3 write RO@1 OW@2
DBSIZE 1 readonly all_shards:agg_sum
DEBUG -2
DECR 2 write RW@1
DECRBY 3 write RW@1
DEL -2 write RM@1..-1 multi_shard:agg_sum
DELEX -2 write RM@1
DELIFEQ 3 write RM@1
DIGEST 2 readonly RO@1
DISCARD 1
DUMP 2 readonly RO@1
ECHO 2
EVAL -3 movablekeys RW@2#
EVALSHA -3 movablekeys RW@2#
EVALSHA_RO -3 readonly movablekeys RO@2#
EVAL_RO -3 readonly movablekeys RO@2#
EXEC 1
EXISTS -2 readonly RO@1..-1 multi_shard:agg_sum
EXPIRE -3 write RW@1
EXPIREAT -3 write RW@1
EXPIRETIME 2 readonly RO@1
FAILOVER -1 special
FCALL -3 movablekeys RW@2#
FCALL_RO -3 readonly movablekeys RO@2#
FLUSHALL -1 write all_shards:all_succeeded
FLUSHDB -1 write all_shards:all_succeeded
FUNCTION -2
  DELETE 3 write all_shards:all_succeeded
  DUMP 2
  FLUSH -2 write all_shards:all_succeeded
  HELP 2
  KILL 2 all_shards:one_succeeded
  LIST -2
  LOAD -3 write all_shards:all_succeeded
  RESTORE -3 write all_shards:all_succeeded
  STATS 2 all_shards:special
GEOADD -5 write RW@1
GEODIST -4 readonly RO@1
GEOHASH -2 readonly RO@1
GEOPOS -2 readonly RO@1
GEORADIUS -6 write movablekeys RO@1 OW@STORE>6 OW@STOREDIST>6
GEORADIUSBYMEMBER -5 write movablekeys RO@1 OW@STORE>5 OW@STOREDIST>5
GEORADIUSBYMEMBER_RO -5 readonly RO@1
GEORADIUS_RO -6 readonly RO@1
GEOSEARCH -7 readonly RO@1
GEOSEARCHSTORE -8 write OW@1 RO@2
GET 2 readonly RO@1
GETBIT 3 readonly RO@1
GETDEL 2 write RW@1
GETEX -2 write RW@1
GETRANGE 4 readonly RO@1
GETSET 3 write RW@1
HDEL -3 write RW@1
HELLO -1
HEXISTS 3 readonly RO@1
HEXPIRE -6 write RW@1
HEXPIREAT -6 write RW@1
HEXPIRETIME -5 readonly RO@1
HGET 3 readonly RO@1
HGETALL 2 readonly RO@1
HGETDEL -5 write RW@1
HGETEX -5 write RW@1
HINCRBY 4 write RW@1
HINCRBYFLOAT 4 write RW@1
HKEYS 2 readonly RO@1
HLEN 2 readonly RO@1
HMGET -3 readonly RO@1
HMSET -4 write RW@1
HOTKEYS -2
  GET 2 special
  RESET 2 special
  START -2 special
  STOP 2 special
HPERSIST -5 write RW@1
HPEXPIRE -6 write RW@1
HPEXPIREAT -6 write RW@1
HPEXPIRETIME -5 readonly RO@1
HPTTL -5 readonly RO@1
HRANDFIELD -2 readonly RO@1
HSCAN -3 readonly RO@1
HSET -4 write RW@1
HSETEX -6 write RW@1
HSETNX 4 write RW@1
HSTRLEN 3 readonly RO@1
HTTL -5 readonly RO@1
HVALS 2 readonly RO@1
INCR 2 write RW@1
INCRBY 3 write RW@1
INCRBYFLOAT 3 write RW@1
INCREX -2 write RW@1
INFO -1 all_shards:special
JSON.ARRAPPEND -4 write RW@1
JSON.ARRINDEX -4 readonly RO@1
JSON.ARRINSERT -5 write RW@1
JSON.ARRLEN -2 readonly RO@1
JSON.ARRPOP -2 write RW@1
JSON.ARRTRIM 5 write RW@1
JSON.CLEAR -2 write RW@1
JSON.DEBUG -2 readonly RO@2
JSON.DEL -2 write RM@1
JSON.FORGET -2 write RM@1
JSON.GET -2 readonly RO@1
JSON.MERGE 4 write RW@1
JSON.MGET -3 readonly RO@1..-2 multi_shard
JSON.MSET -4 write OW@1..-1/3 multi_shard:all_succeeded
JSON.NUMINCRBY 4 write RW@1
JSON.NUMMULTBY 4 write RW@1
JSON.OBJKEYS -2 readonly RO@1
JSON.OBJLEN -2 readonly RO@1
JSON.RESP -2 readonly RO@1
JSON.SET -4 write RW@1
JSON.STRAPPEND -3 write RW@1
JSON.STRLEN -2 readonly RO@1
JSON.TOGGLE -2 write RW@1
JSON.TYPE -2 readonly RO@1
KEYS 2 readonly all_shards
LASTSAVE 1
LATENCY -2
  DOCTOR 2 all_nodes:special
  GRAPH 3 all_nodes:special
  HELP 2
  HISTOGRAM -2 all_nodes:special
  HISTORY 3 all_nodes:special
  LATEST 2 all_nodes:special
  RESET -2 all_nodes:agg_sum
LCS -3 readonly RO@1..+1
LINDEX 3 readonly RO@1
LINSERT 5 write RW@1
LLEN 2 readonly RO@1
LMOVE 5 write RW@1 RW@2
LMOVEM -5 write RM@1 RW@2
LMPOP -4 write movablekeys RW@1#
LOLWUT -1 readonly
LPOP -2 write RW@1
LPOS -3 readonly RO@1
LPUSH -3 write RW@1
LPUSHX -3 write RW@1
LRANGE 4 readonly RO@1
LREM 4 write RW@1
LSET 4 write RW@1
LTRIM 4 write RW@1
MEMORY -2
  DOCTOR 2 all_shards:special
  HELP 2
  MALLOC-STATS 2 all_shards:special
  PURGE 2 all_shards:all_succeeded
  STATS 2 all_shards:special
  USAGE -3 readonly RO@2
MGET -2 readonly RO@1..-1 multi_shard
MIGRATE -6 write movablekeys RW@3? RW@KEYS>6(AUTH:1,AUTH2:2)..-1
MODULE -2
  HELP 2
  LIST 2
  LOAD -3
  LOADEX -3
  UNLOAD 3
MONITOR 1
MOVE 3 write RW@1
MSET -3 write OW@1..-1/2 multi_shard:all_succeeded
MSETEX -4 write movablekeys OW@1#/2
MSETNX -3 write OW@1..-1/2
MULTI 1
OBJECT -2
  ENCODING 3 readonly RO@2
  FREQ 3 readonly RO@2
  HELP 2
  IDLETIME 3 readonly RO@2
  REFCOUNT 3 readonly RO@2
PERSIST 2 write RW@1
PEXPIRE -3 write RW@1
PEXPIREAT -3 write RW@1
PEXPIRETIME 2 readonly RO@1
PFADD -2 write RW@1
PFCOUNT -2 readonly RW@1..-1
PFDEBUG 3 write RW@2
PFMERGE -2 write RW@1 RO@2..-1
PFSELFTEST 1
PING -1 all_shards:all_succeeded
PSETEX 4 write OW@1
PSUBSCRIBE -2
PSYNC -3
PTTL 2 readonly RO@1
PUBLISH 3
PUBSUB -2
  CHANNELS -2 all_nodes:union
  HELP 2
  NUMPAT 2 all_nodes:agg_sum
  NUMSUB -2 all_nodes:sum_map
  SHARDCHANNELS -2 all_nodes:union
  SHARDNUMSUB -2 all_nodes:sum_map
PUNSUBSCRIBE -1
QUIT -1
RANDOMKEY 1 readonly all_shards:first_non_null
READONLY 1
READWRITE 1
RENAME 3 write RW@1 OW@2
RENAMENX 3 write RW@1 OW@2
REPLCONF -1
REPLICAOF 3 special
RESET 1
RESTORE -4 write OW@1
RESTORE-ASKING -4 write OW@1
ROLE 1
RPOP -2 write RW@1
RPOPLPUSH 3 write RW@1 RW@2
RPUSH -3 write RW@1
RPUSHX -3 write RW@1
SADD -3 write RW@1
SAVE 1 all_shards:all_succeeded
SCAN -2 readonly special:special
SCARD 2 readonly RO@1
SCRIPT -2
  DEBUG -3
  EXISTS -3 all_shards:agg_logical_and
  FLUSH -2 all_nodes:all_succeeded
  HELP 2
  KILL 2 all_shards:one_succeeded
  LOAD 3 all_nodes:all_succeeded
  SHOW 3
SDIFF -2 readonly RO@1..-1
SDIFFCARD -3 readonly RO@1#
SDIFFSTORE -3 write OW@1 RO@2..-1
SELECT 2
SET -3 write RW@1
SETBIT 4 write RW@1
SETEX 4 write OW@1
SETNX 3 write OW@1
SETRANGE 4 write RW@1
SHUTDOWN -1 special
SINTER -2 readonly RO@1..-1
SINTERCARD -3 readonly movablekeys RO@1#
SINTERSTORE -3 write OW@1 RO@2..-1
SISMEMBER 3 readonly RO@1
SLAVEOF 3 special
SLOWLOG -2
  GET -2 all_nodes
  HELP 2
  LEN 2 all_nodes:agg_sum
  RESET 2 all_nodes:all_succeeded
SMEMBERS 2 readonly RO@1
SMISMEMBER -3 readonly RO@1
SMOVE 4 write RW@1 RW@2
SORT -2 write movablekeys RO@1 OW@STORE>2(BY:1,GET:1,LIMIT:2)
SORT_RO -2 readonly movablekeys RO@1
SPOP -2 write RW@1
SPUBLISH 3 not_key@1
SRANDMEMBER -2 readonly RO@1
SREM -3 write RW@1
SSCAN -3 readonly RO@1
SSUBSCRIBE -2 not_key@1..-1
STRLEN 2 readonly RO@1
SUBSCRIBE -2
SUBSTR 4 readonly RO@1
SUNION -2 readonly RO@1..-1
SUNIONCARD -3 readonly RO@1#
SUNIONSTORE -3 write OW@1 RO@2..-1
SUNSUBSCRIBE -1 not_key@1..-1
SWAPDB 3 write
SYNC 1
TIME 1
TOUCH -2 readonly RO@1..-1 multi_shard:agg_sum
TTL 2 readonly RO@1
TYPE 2 readonly RO@1
UNLINK -2 write RM@1..-1 multi_shard:agg_sum
UNSUBSCRIBE -1
UNWATCH 1
VADD -1 write RW@1
VCARD -1 readonly RW@1
VDIM -1 readonly RW@1
VEMB -1 readonly RW@1
VGETATTR -1 readonly RW@1
VINFO -1 readonly RW@1
VISMEMBER -1 readonly RW@1
VLINKS -1 readonly RW@1
VRANDMEMBER -1 readonly RW@1
VRANGE -4 readonly RO@1
VREM -1 write RW@1
VSETATTR -1 write RW@1
VSIM -1 readonly RW@1
WAIT 3 blocking all_shards:agg_min timeout=2:ms
WAITAOF 4 blocking all_shards:agg_min timeout=3:ms
WATCH -2 RO@1..-1
XACK -4 write RW@1
XACKDEL -6 write RW@1
XADD -5 write RW@1
XAUTOCLAIM -6 write RW@1
XCFGSET -2 write RW@1
XCLAIM -6 write RW@1
XDEL -3 write RW@1
XDELEX -5 write RM@1
XGROUP -2
  CREATE -5 write RW@2
  CREATECONSUMER 5 write RW@2
  DELCONSUMER 5 write RW@2
  DESTROY 4 write RW@2
  HELP 2
  SETID -5 write RW@2
XINFO -2
  CONSUMERS 4 readonly RO@2
  GROUPS 3 readonly RO@2
  HELP 2
  STREAM -3 readonly RO@2
XLEN 2 readonly RO@1
XNACK -7 write RW@1
XPENDING -3 readonly RO@1
XRANGE -4 readonly RO@1
XREAD -4 readonly blocking movablekeys RO@STREAMS>1..-1%2 timeout=BLOCK>1:ms
XREADGROUP -7 write blocking movablekeys RO@STREAMS>4..-1%2 timeout=BLOCK>4:ms
XREVRANGE -4 readonly RO@1
XSETID -3 write RW@1
XTRIM -4 write RW@1
ZADD -4 write RW@1
ZCARD 2 readonly RO@1
ZCOUNT 4 readonly RO@1
ZDIFF -3 readonly movablekeys RO@1#
ZDIFFSTORE -4 write movablekeys OW@1 RO@2#
ZINCRBY 4 write RW@1
ZINTER -3 readonly movablekeys RO@1#
ZINTERCARD -3 readonly movablekeys RO@1#
ZINTERSTORE -4 write movablekeys OW@1 RO@2#
ZLEXCOUNT 4 readonly RO@1
ZMPOP -4 write movablekeys RW@1#
ZMSCORE -3 readonly RO@1
ZPOPMAX -2 write RW@1
ZPOPMIN -2 write RW@1
ZRANDMEMBER -2 readonly RO@1
ZRANGE -4 readonly RO@1
ZRANGEBYLEX -4 readonly RO@1
ZRANGEBYSCORE -4 readonly RO@1
ZRANGESTORE -5 write OW@1 RO@2
ZRANK -3 readonly RO@1
ZREM -3 write RW@1
ZREMRANGEBYLEX 4 write RW@1
ZREMRANGEBYRANK 4 write RW@1
ZREMRANGEBYSCORE 4 write RW@1
ZREVRANGE -4 readonly RO@1
ZREVRANGEBYLEX -4 readonly RO@1
ZREVRANGEBYSCORE -4 readonly RO@1
ZREVRANK -3 readonly RO@1
ZSCAN -3 readonly RO@1
ZSCORE 3 readonly RO@1
ZUNION -3 readonly movablekeys RO@1#
ZUNIONSTORE -4 write movablekeys OW@1 RO@2#
`;
