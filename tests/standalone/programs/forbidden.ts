/** Tries to connect; run without `--allow-net`. */
import { RedisClient } from "../../../mod.ts";
import { address } from "./_arguments.ts";

const start = performance.now();
try {
  await RedisClient.create({
    addresses: [address],
    credentials: { password: "correct-horse-battery" },
  });
} catch (error) {
  const { name, message, cause } = error as Error;
  console.log(JSON.stringify({
    name,
    message,
    cause: (cause as Error).name,
    elapsed: performance.now() - start,
  }));
}
