import { testCertificates } from "./certificates.ts";
import type { ServerTls, TlsOptions } from "./server_options.ts";

/** Writes the key material of a server to its folder. */
export async function writeTlsFiles(
  folder: string,
  tls: true | TlsOptions,
): Promise<ServerTls> {
  const all = await testCertificates();
  const { certificate = "valid" } = tls === true ? {} : tls;
  const { cert, key } = certificate === "wrongHost"
    ? all.wrongHost
    : certificate === "otherAuthority"
    ? all.otherServer
    : all.server;
  const material = {
    caCert: all.caCert,
    cert,
    key,
    clientCert: all.client.cert,
    clientKey: all.client.key,
    otherCaCert: all.otherCaCert,
    otherClientCert: all.otherClient.cert,
    otherClientKey: all.otherClient.key,
  };
  const paths = {
    caCert: `${folder}/ca.crt`,
    cert: `${folder}/server.crt`,
    key: `${folder}/server.key`,
    clientCert: `${folder}/client.crt`,
    clientKey: `${folder}/client.key`,
  };
  await Promise.all(
    (Object.keys(paths) as (keyof typeof paths)[]).map((name) =>
      Deno.writeTextFile(paths[name], material[name], { mode: 0o600 })
    ),
  );
  return { ...material, paths };
}

/** The value of the directive `tls-auth-clients`. */
export function tlsClients(tls: true | TlsOptions): "no" | "optional" | "yes" {
  const { clientAuth = "none" } = tls === true ? {} : tls;
  return clientAuth === "required" ? "yes" : clientAuth === "optional" ? "optional" : "no";
}
