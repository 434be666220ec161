import { assertEquals, assertRejects } from "@std/assert";
import { findServerBinary } from "../../../lib/testing/mod.ts";

/** Sets environment variables until the end of the scope. */
function setEnv(values: Record<string, string>): Disposable {
  const before = Object.keys(values).map((name) => [name, Deno.env.get(name)] as const);
  for (const [name, value] of Object.entries(values)) Deno.env.set(name, value);
  return {
    [Symbol.dispose]() {
      for (const [name, value] of before) {
        if (value === undefined) Deno.env.delete(name);
        else Deno.env.set(name, value);
      }
    },
  };
}

/** Makes a folder with programs that do nothing but succeed. */
async function folderWith(...programs: string[]): Promise<AsyncDisposable & { path: string }> {
  const path = await Deno.makeTempDir();
  for (const program of programs) {
    await Deno.writeTextFile(`${path}/${program}`, "#!/bin/sh\nexit 0\n", { mode: 0o755 });
  }
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

Deno.test("findServerBinary() prefers the program that REDIS_SERVER names", async () => {
  await using folder = await folderWith("my-server", "valkey-server");
  using _env = setEnv({ REDIS_SERVER: `${folder.path}/my-server`, PATH: folder.path });
  assertEquals(await findServerBinary(), `${folder.path}/my-server`);
});

Deno.test("findServerBinary() refuses a REDIS_SERVER that does not run", async () => {
  using _env = setEnv({ REDIS_SERVER: "/no/such-server" });
  await assertRejects(
    () => findServerBinary(),
    Error,
    'REDIS_SERVER names "/no/such-server", expected a program that can be run',
  );
});

Deno.test("findServerBinary() takes Valkey before Redis from the PATH", async () => {
  await using both = await folderWith("valkey-server", "redis-server");
  await using redis = await folderWith("redis-server");
  {
    using _env = setEnv({ REDIS_SERVER: "", PATH: redis.path });
    assertEquals(await findServerBinary(), "redis-server");
  }
  {
    using _env = setEnv({ REDIS_SERVER: "", PATH: both.path });
    assertEquals(await findServerBinary(), "valkey-server");
  }
});

Deno.test("findServerBinary() names the cure when there is no server", async () => {
  await using empty = await folderWith();
  using _env = setEnv({ REDIS_SERVER: "", PATH: empty.path });
  await assertRejects(() => findServerBinary(), Error, "Install one");
});
