/**
 * @title Redis
 * @difficulty beginner
 * @tags cli, deploy
 * @run -N <url>
 * @resource {https://jsr.io/@babushka/redis} @babushka/redis on JSR
 * @resource {https://redis.io/docs/latest/commands/} Commands of Redis
 * @group Databases
 *
 * This example connects to a Redis or Valkey server, writes and reads values, and sends several commands at once. The client
 * needs no permission but the one for the network.
 */

// In your project: deno add jsr:@babushka/redis
import { RedisClient } from "@babushka/redis";

// Connect to the server. `await using` closes the client at the end.
await using client = await RedisClient.create("redis://localhost:6379");

// Write a value that expires after a minute, and read it.
await client.set("greeting", "Hello, Deno!", { ex: 60 });
console.log(await client.get("greeting"));

// Count. The reply is a number.
await client.set("visits", 0);
console.log(await client.incr("visits"));

// Objects are hashes.
await client.hset("user:1", { name: "Ada", language: "TypeScript" });
const user = await client.hgetall("user:1");
console.log(user.name, user.language);

// Requests that are not awaited one by one are written together.
const [greeting, visits] = await Promise.all([client.get("greeting"), client.get("visits")]);
console.log(greeting, visits);

// A transaction executes its commands together.
console.log(await client.transaction((t) => [t.incr("visits"), t.incr("visits")]));

// Subscribe to a channel, and publish a message to it.
await using news = await client.subscribe("news");
await client.publish("news", "Published from Deno");
for await (const { message } of news) {
  console.log(message);
  break;
}

// Commands without a method can be sent by their words.
console.log(await client.customCommand(["ECHO", "Any command"]));
