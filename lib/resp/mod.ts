/**
 * Encoder and decoder for the Redis protocol (RESP2 and RESP3).
 *
 * {@linkcode CommandEncoder} converts commands to bytes. {@linkcode RespDecoder} converts bytes to replies, and
 * {@linkcode RespDecoderStream} does the same as a Web stream. None of them opens a connection.
 *
 * @example Send a command and read the reply
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
