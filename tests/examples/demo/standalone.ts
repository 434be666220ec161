/**
 * The standalone part of the demo: its servers, and its scenes in their order.
 *
 * @module
 */

import { startServer, type TestServer } from "../../../lib/testing/mod.ts";
import { makeCatalogue } from "./catalogue.ts";
import { connect } from "./connect.ts";
import { duration } from "./number_text.ts";
import type { Stage, Verdict } from "./scene.ts";
import { judgeLoad, loadCatalogue, type LoadFigures } from "./scenes/load_catalogue.ts";
import { judgePromotion, promoteReplica, type PromotionFigures } from "./scenes/promote_replica.ts";
import { type CachedFigures, judgeCached, readCached } from "./scenes/read_cached.ts";
import { judgeReplicas, readReplicas, type ReplicaFigures } from "./scenes/read_replicas.ts";
import {
  DEFAULT_PASSWORD,
  judgeSecurity,
  type SecurityFigures,
  USERS,
  visitSecuredServer,
} from "./scenes/secured_server.ts";
import { serverName } from "./server_name.ts";

/** What came of the scenes. */
export interface StandaloneFigures {
  readonly load: LoadFigures;
  readonly replicas: ReplicaFigures;
  readonly cached: CachedFigures;
  readonly security: SecurityFigures;
  readonly promotion: PromotionFigures;
}

/** Products that the secured server gets. */
const SAMPLE = 100;

/**
 * Plays the scenes, on servers that are gone afterwards.
 *
 * @param stage Where the demo runs.
 */
export async function playStandalone(stage: Stage): Promise<StandaloneFigures> {
  const { terminal, scale } = stage;
  terminal.part("Standalone: one primary, two replicas");
  const started = performance.now();
  await using servers = new AsyncDisposableStack();
  const [primary, secured] = await Promise.all([
    startServer({ replicas: 2 }).then((server) => servers.use(server)),
    startServer({
      tls: { clientAuth: "required" },
      password: DEFAULT_PASSWORD,
      users: USERS,
    }).then((server) => servers.use(server)),
  ]);
  terminal.say(
    `Started ${await serverName(primary)} four times in ${duration(performance.now() - started)}:`,
  );
  showServers(stage, primary, secured);

  const products = makeCatalogue(scale.products);
  const all = [primary, ...primary.replicas];
  await using client = await connect(all);
  const load = await loadCatalogue(stage, client, products);
  await using reader = await connect(all, { readFrom: "preferReplica" });
  const replicas = await readReplicas(stage, reader, primary, products);
  const cached = await readCached(stage, client, reader, primary, products);
  const security = await visitSecuredServer(stage, secured, products.slice(0, SAMPLE));
  const promotion = await promoteReplica(stage, primary, products);
  return { load, replicas, cached, security, promotion };
}

/**
 * Says what had to hold.
 *
 * @param figures What came of the scenes.
 */
export function judgeStandalone(figures: StandaloneFigures): Verdict[] {
  return [
    judgeLoad(figures.load),
    judgeReplicas(figures.replicas),
    judgeCached(figures.cached),
    judgeSecurity(figures.security),
    judgePromotion(figures.promotion),
  ];
}

function showServers({ terminal }: Stage, primary: TestServer, secured: TestServer): void {
  const row = ({ host, port }: TestServer, role: string) => [`${host}:${port}`, role];
  terminal.table(["server", "role"], [
    row(primary, "primary"),
    ...primary.replicas.map((replica) => row(replica, "replica")),
    row(secured, "by itself, with TLS, client certificates and ACL users"),
  ]);
}
