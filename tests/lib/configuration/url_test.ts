import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { RedisClientConfiguration } from "../../../lib/configuration/options.ts";
import { settingsOf } from "../../../lib/configuration/settings.ts";
import { configurationOfUrl } from "../../../lib/configuration/url.ts";
import { ConfigurationError, TimeoutError } from "../../../lib/errors.ts";
import { RedisClient, RedisClusterClient } from "../../../mod.ts";

Deno.test("a URL gives host, port, TLS, user, password and database", () => {
  const urls: Record<string, RedisClientConfiguration> = {
    "redis://localhost": { addresses: [{ host: "localhost", port: 6379 }], useTls: false },
    "redis://localhost/": { addresses: [{ host: "localhost", port: 6379 }], useTls: false },
    "valkey://h:7000": { addresses: [{ host: "h", port: 7000 }], useTls: false },
    "rediss://h": { addresses: [{ host: "h", port: 6379 }], useTls: true },
    "valkeys://h:1/0": { addresses: [{ host: "h", port: 1 }], useTls: true, databaseId: 0 },
    "REDIS://h/15": { addresses: [{ host: "h", port: 6379 }], useTls: false, databaseId: 15 },
    "redis://127.0.0.1:65535": { addresses: [{ host: "127.0.0.1", port: 65535 }], useTls: false },
    "redis://[::1]": { addresses: [{ host: "::1", port: 6379 }], useTls: false },
    "redis://[2001:db8::7]:7000/3": {
      addresses: [{ host: "2001:db8::7", port: 7000 }],
      useTls: false,
      databaseId: 3,
    },
    "redis://:secret@h": {
      addresses: [{ host: "h", port: 6379 }],
      useTls: false,
      credentials: { password: "secret" },
    },
    "redis://me:secret@h": {
      addresses: [{ host: "h", port: 6379 }],
      useTls: false,
      credentials: { username: "me", password: "secret" },
    },
    "redis://m%40e:%3A%2F%3F%23%5B%5D%40%25%20%C3%A9+ü@h": {
      addresses: [{ host: "h", port: 6379 }],
      useTls: false,
      credentials: { username: "m@e", password: ":/?#[]@% é+ü" },
    },
    "redis://me:a:b@h": {
      addresses: [{ host: "h", port: 6379 }],
      useTls: false,
      credentials: { username: "me", password: "a:b" },
    },
  };
  for (const [url, configuration] of Object.entries(urls)) {
    assertEquals(configurationOfUrl(url), configuration, url);
    assertEquals(configurationOfUrl(new URL(url)), configuration, url);
    assertEquals(settingsOf(url, "standalone"), settingsOf(configuration, "standalone"), url);
    assertEquals(settingsOf(new URL(url), "cluster"), settingsOf(configuration, "cluster"), url);
  }
});

Deno.test("a URL of a Unix domain socket gives path, user, password and database", () => {
  const addresses = [{ path: "/run/redis.sock" }];
  const urls: Record<string, RedisClientConfiguration> = {
    "unix:///run/redis.sock": { addresses },
    "redis+unix:///run/redis.sock": { addresses },
    "UNIX:///run/redis.sock?db=0": { addresses, databaseId: 0 },
    "unix://:secret@/run/redis.sock?db=15": {
      addresses,
      credentials: { password: "secret" },
      databaseId: 15,
    },
    "unix://m%40e:a%3Ab@/run/redis.sock": {
      addresses,
      credentials: { username: "m@e", password: "a:b" },
    },
    "unix:///run/my%20redis%3F.sock": { addresses: [{ path: "/run/my redis?.sock" }] },
  };
  for (const [url, configuration] of Object.entries(urls)) {
    assertEquals(configurationOfUrl(url), configuration, url);
    assertEquals(settingsOf(url, "standalone"), settingsOf(configuration, "standalone"), url);
    const { option } = assertThrows(() => settingsOf(url, "cluster"), ConfigurationError);
    assertEquals(option, "addresses[0].path");
  }
  const url = new URL("unix:///run/redis.sock?db=1");
  assertEquals(configurationOfUrl(url), { addresses, databaseId: 1 });
});

Deno.test("a URL that is none of ours is refused, and no message reveals its password", () => {
  const urls: Record<string, string[]> = {
    url: [
      "",
      "localhost",
      "localhost:6379",
      "secret",
      "http://:secret@h",
      "unix://",
      "unix://secret",
      "unix:///",
      "unix:/tmp/secret",
      "unix://me@/tmp/secret",
      "unix://host/tmp/secret",
      "unix:///tmp/secret?db=one",
      "unix:///tmp/secret?timeout=1",
      "unix:///tmp/secret#1",
      "redis+unix:///tmp/secret%zz",
      "redis:///1",
      "redis://",
      "redis:secret",
      "redis://:secret@",
      "redis://:secret@h:70000",
      "redis://:secret@h:port",
      "redis://:secret@h/one",
      "redis://:secret@h/1/2",
      "redis://:secret@h/-1",
      "redis://:secret@h/1?db=2",
      "redis://:secret@h?timeout=5",
      "redis://:secret@h#1",
      "redis://:secret%zz@h",
      "redis://secret%zz:secret@h",
      "redis://:secret%ff@h",
      "redis://secret@h",
      "redis://secret:@h",
      "redis://:secret#more@h",
      "redis://:secret/more@h",
      "redis://:secret?more@h",
      "redis://[::1",
      "redis://[secret]",
    ],
    databaseId: ["redis://:secret@h/2147483648", "redis://:secret@h/99999999999999999999"],
    "addresses[0].port": ["redis://:secret@h:0"],
    "addresses[0].host": ["redis://:secret@%20", "redis://:secret@a%3A1"],
  };
  for (const [option, bad] of Object.entries(urls)) {
    for (const url of bad) {
      const error = assertThrows(() => settingsOf(url, "standalone"), ConfigurationError);
      assertEquals(error.option, option, `${url}: ${error.message}`);
      for (let shown: unknown = error; shown instanceof Error; shown = shown.cause) {
        assert(!`${shown.message}${shown.stack}`.includes("secret"), Deno.inspect(shown));
      }
    }
  }
});

Deno.test("options may follow a URL", async () => {
  const client: Pick<RedisClientConfiguration, "requestTimeout" | "credentials" | "databaseId"> = {
    requestTimeout: 1000,
    credentials: { password: "secret" },
    databaseId: 3,
  };
  const addresses = [{ host: "h", port: 6379 }];
  assertEquals(
    settingsOf("rediss://h", "standalone", client),
    settingsOf({ addresses, useTls: true, ...client }, "standalone"),
  );
  const addressMap = (host: string, port: number) => ({ host, port });
  assertEquals(settingsOf(new URL("redis://h"), "cluster", { addressMap }).addressMap, addressMap);
  assertEquals(
    settingsOf("redis://h/3", "standalone", { databaseId: undefined }),
    settingsOf("redis://h/3", "standalone"),
  );
  for (const type of [RedisClient, RedisClusterClient]) {
    await using lazy = await type.create("redis://localhost:1", {
      lazyConnect: true,
      requestTimeout: 1,
    });
    const error = await assertRejects(() => lazy.ping(), TimeoutError);
    assertEquals(error.timeout, 1);
  }
});

Deno.test("options after a URL are refused if the URL gives them, and after other options", async () => {
  const refusals: [url: unknown, options: object | string | null, option: string][] = [
    ["redis://h", { addresses: [{ host: "i" }] }, "addresses"],
    ["redis://h", { sentinel: { name: "main", addresses: [{ host: "i" }] } }, "sentinel"],
    ["redis://h", { useTls: true }, "useTls"],
    ["unix:///run/redis.sock", { useTls: true }, "useTls"],
    ["redis://:a@h", { credentials: { password: "b" } }, "credentials"],
    ["redis://h/1", { databaseId: 2 }, "databaseId"],
    ["redis://h", { requesttimeout: 2 }, "requesttimeout"],
    ["redis://h", "secret", "options"],
    ["redis://h", null, "options"],
    [{ addresses: [{ host: "h" }] }, { requestTimeout: 2 }, "options"],
  ];
  for (const [url, options, option] of refusals) {
    const error = await assertRejects(
      () => RedisClient.create(url as string, options as never),
      ConfigurationError,
    );
    assertEquals(error.option, option);
  }
});
