import { assertEquals, assertThrows } from "@std/assert";
import { ServerError, UnexpectedReplyError } from "../../lib/errors.ts";
import type { Reply } from "../../lib/resp/reply.ts";
import { describeAnswer, questions, readAnswer } from "../../standalone/sentinel_answer.ts";

type Fields = Record<string, string>;

const flat = (fields: Fields): Reply => Object.entries(fields).flat();
const map = (fields: Fields): Reply => new Map(Object.entries(fields));
const noSuchName = new ServerError("ERR No such master with that name");

const master: Fields = {
  name: "main",
  ip: "10.0.0.1",
  port: "6379",
  flags: "master",
  "config-epoch": "7",
  "num-other-sentinels": "4",
};
const replica: Fields = {
  ip: "10.0.0.2",
  port: "6380",
  flags: "slave",
  "master-link-status": "ok",
};

/** The answer of a sentinel in both protocols, which must be the same. */
function answerOf({ address = ["10.0.0.1", "6379"], fields = {}, replicas = [], sentinels = [] }: {
  address?: Reply;
  fields?: Fields;
  replicas?: Fields[];
  sentinels?: Fields[];
}) {
  const [two, three] = [flat, map].map((form) =>
    readAnswer([
      address,
      form({ ...master, ...fields }),
      replicas.map((each) => form({ ...replica, ...each })),
      sentinels.map((each) => form({ ip: "10.0.1.1", port: "26379", ...each })),
      "id",
    ])
  );
  assertEquals(two, three);
  return three;
}

Deno.test("questions() name the primary", () => {
  assertEquals(questions("main")[0], ["SENTINEL", "GET-MASTER-ADDR-BY-NAME", "main"]);
});

Deno.test("readAnswer() reads primary, epoch, replicas and sentinels in both protocols", () => {
  const answer = answerOf({ replicas: [{}], sentinels: [{ runid: "a", flags: "sentinel" }] });
  assertEquals(answer, {
    id: "id",
    primary: { host: "10.0.0.1", port: 6379 },
    down: undefined,
    epoch: 7,
    replicas: [{ host: "10.0.0.2", port: 6380 }],
    doubtful: [],
    sentinels: [{ host: "10.0.1.1", port: 26379, id: "a" }],
    voters: 5,
  });
  assertEquals(
    describeAnswer(answer, "main"),
    "says that 10.0.0.1:6379 is the primary (epoch 7)",
  );
});

Deno.test("readAnswer() says that a primary is down, by one sentinel or by several", () => {
  const answer = answerOf({ fields: { flags: "s_down,o_down,master,disconnected" } });
  assertEquals(answer.down, "s_down,o_down");
  assertEquals(
    describeAnswer(answer, "main"),
    "says that 10.0.0.1:6379 is the primary (epoch 7) and down (s_down,o_down)",
  );
  assertEquals(answerOf({ fields: { flags: "s_down,master" } }).down, "s_down");
  assertEquals(answerOf({ fields: { flags: "master,disconnected" } }).down, undefined);
});

Deno.test("readAnswer() takes the node that was promoted, while the flags are those of the old primary", () => {
  const answer = answerOf({
    address: ["10.0.0.2", "6380"],
    fields: { flags: "s_down,o_down,master,failover_in_progress" },
    replicas: [{ flags: "slave,promoted" }, { port: "6381" }],
  });
  assertEquals([answer.primary?.port, answer.down, answer.epoch], [6380, undefined, 7]);
  assertEquals(answer.replicas.map(({ port }) => port), [6381]);
});

Deno.test("readAnswer() counts in no replica that is down, not connected or not in sync", () => {
  const answer = answerOf({
    replicas: [
      { port: "1", flags: "s_down,slave" },
      { port: "2", flags: "slave,disconnected" },
      { port: "3", "master-link-status": "err" },
      { port: "4" },
      { port: "0" },
      { ip: "" },
    ],
  });
  assertEquals(answer.replicas.map(({ port }) => port), [4]);
  assertEquals(answer.doubtful.map(({ port }) => port), [2, 3]);
});

Deno.test("readAnswer() leaves out sentinels that do not answer", () => {
  const answer = answerOf({
    sentinels: [{ flags: "s_down,sentinel" }, { flags: "sentinel,disconnected" }, {
      port: "5",
      flags: "sentinel",
    }],
  });
  assertEquals(answer.sentinels, [{ host: "10.0.1.1", port: 5, id: undefined }]);
});

Deno.test("readAnswer() tells that the name is unknown", () => {
  const answer = readAnswer([null, noSuchName, noSuchName, noSuchName, "id"]);
  assertEquals([answer.primary, answer.sentinels], [undefined, []]);
  assertEquals(describeAnswer(answer, "main"), 'knows no primary "main"');
});

Deno.test("readAnswer() is content with the address, if the user may not ask more", () => {
  const refused = new ServerError("NOPERM no permission");
  const answer = readAnswer([["h", "1"], refused, refused, refused, refused]);
  assertEquals([answer.primary, answer.down, answer.epoch, answer.voters, answer.id], [
    { host: "h", port: 1 },
    undefined,
    0,
    1,
    undefined,
  ]);
});

Deno.test("readAnswer() throws the refusal to tell the address, and says that a server is no sentinel", () => {
  const refused = new ServerError("NOPERM no permission");
  assertThrows(() => readAnswer([refused, refused, refused, refused, refused]), ServerError);
  const unknown = new ServerError("ERR unknown command 'SENTINEL', with args beginning with: ");
  assertThrows(
    () => readAnswer([unknown, unknown, unknown, unknown, unknown]),
    UnexpectedReplyError,
    "it is not in Sentinel mode",
  );
  for (const address of ["text", ["only"], ["h", "x"], ["", "1"]]) {
    assertThrows(() => readAnswer([address, [], [], [], ""]), UnexpectedReplyError, "malformed");
  }
});
