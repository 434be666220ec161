import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  type HandshakeSettings,
  isHopeless,
  shakeHands,
} from "../../../lib/connection/handshake.ts";
import { ConnectionError, ProtocolError, ServerError, TimeoutError } from "../../../lib/errors.ts";
import type { Reply } from "../../../lib/resp/mod.ts";

const BARE: HandshakeSettings = { protocol: 3, databaseId: 0, readOnly: false, clientInfo: true };
const FULL: HandshakeSettings = {
  protocol: 3,
  credentials: { username: "app", password: "secret" },
  clientName: "shop",
  databaseId: 2,
  readOnly: true,
  clientInfo: true,
};

/** A server that refuses some commands. Notes what is said in each round. */
function startTalk(refusals: Record<string, string> = {}): {
  rounds: string[][];
  call: Parameters<typeof shakeHands>[0];
} {
  const rounds: string[][] = [];
  let open = false;
  return {
    rounds,
    call: (words): Promise<Reply> => {
      if (!open) {
        open = true;
        rounds.push([]);
        // A round ends with the turn, as a write does.
        setTimeout(() => open = false, 0);
      }
      const command = words.join(" ");
      rounds.at(-1)!.push(command);
      const refusal = Object.entries(refusals).find(([start]) => command.startsWith(start));
      return new Promise((resolve, reject) =>
        setTimeout(() => refusal ? reject(new ServerError(refusal[1])) : resolve("OK"), 1)
      );
    },
  };
}

Deno.test("shakeHands() says everything in one round", async () => {
  const { rounds, call } = startTalk();
  assertEquals((await shakeHands(call, FULL)).protocol, 3);
  assertEquals(rounds.length, 1);
  assertEquals(rounds[0].slice(0, 3), [
    "HELLO 3 AUTH app secret SETNAME shop",
    "SELECT 2",
    "READONLY",
  ]);
  assert(rounds[0].slice(3).every((command) => command.startsWith("CLIENT SETINFO LIB-")));
});

Deno.test("shakeHands() says no more than is needed", async () => {
  const { rounds, call } = startTalk();
  assertEquals((await shakeHands(call, BARE)).protocol, 3);
  assertEquals(rounds[0].filter((command) => !command.startsWith("CLIENT SETINFO")), ["HELLO 3"]);
});

Deno.test("shakeHands() in RESP2 does not say HELLO", async () => {
  const { rounds, call } = startTalk();
  assertEquals((await shakeHands(call, { ...FULL, protocol: 2 })).protocol, 2);
  assertEquals(rounds.length, 1);
  assertEquals(rounds[0].slice(0, 4), [
    "AUTH app secret",
    "CLIENT SETNAME shop",
    "SELECT 2",
    "READONLY",
  ]);
});

Deno.test("shakeHands() with a password alone is understood by servers without users", async () => {
  const { rounds, call } = startTalk();
  await shakeHands(call, { ...BARE, protocol: 2, credentials: { password: "secret" } });
  assertEquals(rounds[0][0], "AUTH secret");
  const talk = startTalk();
  await shakeHands(talk.call, { ...BARE, credentials: { password: "secret" } });
  assertEquals(talk.rounds[0][0], "HELLO 3 AUTH default secret");
});

for (
  const refusal of [
    "ERR unknown command 'HELLO'",
    "ERR unknown command `HELLO`, with args beginning with: `3`, `AUTH`, `app`, `secret`, ",
    "NOPROTO unsupported protocol version",
    "ERR unsupported command 'HELLO'",
    "NOAUTH Authentication required.",
    "ERR command 'HELLO' is disabled",
    "WHATEVER no",
  ]
) {
  Deno.test(`shakeHands() falls back to RESP2 after "${refusal}"`, async () => {
    const { rounds, call } = startTalk({ HELLO: refusal });
    assertEquals((await shakeHands(call, FULL)).protocol, 2);
    assertEquals(rounds.length, 2);
    assertEquals(rounds[1].slice(0, 3), ["AUTH app secret", "CLIENT SETNAME shop", "SELECT 2"]);
  });
}

Deno.test("shakeHands() does without CLIENT SETINFO", async () => {
  const { call } = startTalk({ "CLIENT SETINFO": "ERR unknown subcommand" });
  assertEquals((await shakeHands(call, FULL)).protocol, 3);
});

Deno.test("shakeHands() says nothing about this library where that is not wanted", async () => {
  for (const protocol of [2, 3] as const) {
    const { rounds, call } = startTalk();
    await shakeHands(call, { ...FULL, protocol, clientInfo: false });
    assert(rounds.flat().every((command) => !command.includes("SETINFO")));
  }
});

Deno.test("shakeHands() takes NOAUTH for an answer where there are no credentials", async () => {
  const { call, rounds } = startTalk({ "": "NOAUTH Authentication required." });
  const error = await assertRejects(() => shakeHands(call, BARE), ServerError);
  assertEquals([error.code, rounds.length], ["NOAUTH", 2]);
  const lenient = startTalk({ HELLO: "NOAUTH HELLO must be called with the client authenticated" });
  assertEquals((await shakeHands(lenient.call, BARE)).protocol, 2);
});

for (const code of ["WRONGPASS", "NOPERM", "LOADING", "BUSY"]) {
  Deno.test(`shakeHands() does not try RESP2 after ${code}`, async () => {
    const { call, rounds } = startTalk({ HELLO: `${code} no` });
    const error = await assertRejects(() => shakeHands(call, FULL), ServerError);
    assertEquals([error.code, rounds.length], [code, 1]);
  });
}

Deno.test("shakeHands() tells the refusal of HELLO when the connection is lost after it", async () => {
  let calls = 0;
  const error = await assertRejects(() =>
    shakeHands(() => {
      // HELLO and two times CLIENT SETINFO are the first round.
      const reason = ++calls <= 3
        ? new ServerError("DENIED no")
        : new ConnectionError("Lost", { host: "h", port: 1 });
      return Promise.reject(reason);
    }, BARE), ServerError);
  assertEquals(error.code, "DENIED");
});

for (
  const echo of [
    (words: string) => `ERR unknown command '${words}'`,
    (words: string) => `ERR unknown command, with args beginning with: ${words.slice(0, -2)}`,
    (words: string) => `ERR what is ${JSON.stringify(words)}?`,
    (words: string) => words,
    (words: string) => `WRONGPASS ${words.slice(0, -3)}`,
  ]
) {
  Deno.test(`shakeHands() repeats no password after "${echo("…")}"`, async () => {
    for (const password of ['correct horse "battery"', "pw", "with args beginning with:", "日本"]) {
      for (const protocol of [2, 3] as const) {
        const settings = { ...BARE, protocol, credentials: { username: "app", password } };
        const error = await assertRejects(
          () =>
            shakeHands((words) => Promise.reject(new ServerError(echo(words.join(" ")))), settings),
          ServerError,
        );
        const text = Deno.inspect(error) + error.stack + error.code;
        for (const part of [password, password.slice(0, 8), password.slice(-8)]) {
          assert(!text.includes(part) || "unknown command".includes(part), text);
        }
      }
    }
  });
}

Deno.test("shakeHands() leaves well-known words alone, whatever the password", async () => {
  const refusal = "WRONGPASS invalid username-password pair or user is disabled.";
  const { call } = startTalk({ HELLO: refusal });
  const credentials = { password: "password" };
  const error = await assertRejects(() => shakeHands(call, { ...BARE, credentials }), ServerError);
  assertEquals(error.message, refusal);
});

for (const command of ["HELLO", "SELECT", "READONLY"]) {
  Deno.test(`shakeHands() fails when ${command} is refused`, async () => {
    const { call } = startTalk({ [command]: "NOPERM no" });
    const error = await assertRejects(() => shakeHands(call, FULL), ServerError);
    assertEquals(error.code, "NOPERM");
  });
}

Deno.test("shakeHands() in RESP2 fails when AUTH is refused", async () => {
  const { call } = startTalk({ AUTH: "WRONGPASS no" });
  await assertRejects(() => shakeHands(call, { ...FULL, protocol: 2 }), ServerError, "WRONGPASS");
});

Deno.test("isHopeless() tells what another attempt cannot change", () => {
  const peer = { host: "h", port: 1 };
  const hopeless = [
    new ServerError("WRONGPASS invalid username-password pair or user is disabled."),
    new ServerError("NOAUTH Authentication required."),
    new ServerError("NOPERM this user has no permissions"),
    new ServerError("ERR invalid password"),
    new ServerError("DENIED protected mode"),
    new ConnectionError("No", {
      ...peer,
      cause: Object.assign(new ServerError("ERR DB index is out of range"), { command: "SELECT" }),
    }),
    new ConnectionError("No", { ...peer, cause: new TypeError("Invalid hostname: 'bad name'") }),
    new ProtocolError("Cannot decode a reply", 0),
    new ConnectionError("No", { ...peer, cause: new Deno.errors.NotCapable("net") }),
    new ConnectionError("No", {
      ...peer,
      cause: new Deno.errors.InvalidData("invalid peer certificate: UnknownIssuer"),
    }),
  ];
  for (const error of hopeless) assert(isHopeless(error), error.message);
  const passing = [
    new ServerError("ERR max number of clients reached"),
    new ServerError("LOADING the dataset"),
    new ServerError("BUSY running a script"),
    new ConnectionError("No", { ...peer, cause: new ServerError("ERR index is out of range") }),
    new ConnectionError("No", { ...peer, cause: new Deno.errors.ConnectionRefused("no") }),
    new TimeoutError("Late", { phase: "queued", timeout: 1 }),
    new Error("Anything else"),
  ];
  for (const error of passing) assert(!isHopeless(error), error.message);
});
