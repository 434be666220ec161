/**
 * The codec of the Redis protocol, RESP2 and RESP3, useful by itself.
 *
 * It owns the way between bytes and values: {@linkcode RespDecoder} and its Web-Streams form
 * {@linkcode RespDecoderStream} in one direction, {@linkcode CommandEncoder} in the other. It does no I/O.
 *
 * @example A conversation over any pair of streams
 * ```ts no-eval
 * import { encodeCommand, RespDecoderStream } from "@babushka/redis/resp";
 *
 * const conn = await Deno.connect({ port: 6379 });
 * await conn.write(encodeCommand(["PING"]));
 * for await (const replies of conn.readable.pipeThrough(new RespDecoderStream())) {
 *   console.log(replies); // ["PONG"]
 *   break;
 * }
 * ```
 *
 * @module
 */

export { ProtocolError, RedisError, ServerError } from "../errors.ts";
export * from "./decoder.ts";
export * from "./encoder.ts";
export * from "./reply.ts";
export * from "./stream.ts";
