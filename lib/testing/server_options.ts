/**
 * Options of test servers, and types that describe them.
 *
 * @module
 */

/** TLS options of a test server. */
export interface TlsOptions {
  /**
   * Whether clients must present a certificate of the test authority.
   *
   * @default {"none"}
   */
  clientAuth?: "none" | "optional" | "required";
  /**
   * Certificate that the server presents: a valid one, one for another host name, or one signed by another authority.
   *
   * @default {"valid"}
   */
  certificate?: "valid" | "wrongHost" | "otherAuthority";
}

/** ACL user of a test server. */
export interface AclUser {
  /** Name of the user. Use `"default"` to change the default user. */
  name: string;
  /** Rules as in `ACL SETUSER`: `"on >secret ~app:* +@read"`. */
  rules: string;
}

/** Options for {@linkcode startServer}. */
export interface ServerOptions {
  /**
   * Address to listen on.
   *
   * @default {"127.0.0.1"}
   */
  host?: "127.0.0.1" | "::1";
  /** Port to listen on. By default a free one. */
  port?: number;
  /**
   * Number of replicas to start with the server.
   *
   * @default {0}
   */
  replicas?: number;
  /**
   * Listen with TLS instead of plain TCP; `true` uses the defaults.
   *
   * @default {false}
   */
  tls?: boolean | TlsOptions;
  /** Password of the default user. By default there is none. */
  password?: string;
  /** Availability zone that the server reports to clients (Valkey 8.0 and later). By default none. */
  availabilityZone?: string;
  /** Additional ACL users. */
  users?: AclUser[];
  /** Directives of the configuration file: `{ "maxmemory": "10mb" }`. They override those of the kit. */
  config?: Record<string, string>;
  /** Path of the server program. By default the result of {@linkcode findServerBinary}. */
  binary?: string;
  /**
   * Time limit for the start, in milliseconds.
   *
   * @default {10000}
   */
  startTimeout?: number;
}

/** Certificates and keys of a TLS test server, as PEM text and as files. */
export interface ServerTls {
  /** Certificate of the authority that clients must trust. */
  caCert: string;
  /** Certificate that the server presents. */
  cert: string;
  /** Private key of the server certificate. */
  key: string;
  /** Client certificate, for servers with {@linkcode TlsOptions.clientAuth}. */
  clientCert: string;
  /** Private key of the client certificate. */
  clientKey: string;
  /** Certificate of another authority. Clients that trust only this one reject the server. */
  otherCaCert: string;
  /** Client certificate signed by the other authority. The server rejects it. */
  otherClientCert: string;
  /** Private key of that certificate. */
  otherClientKey: string;
  /** Paths of the same certificates and keys as files. The files are removed with the server. */
  paths: {
    /** Certificate of the authority. */
    caCert: string;
    /** Certificate of the server. */
    cert: string;
    /** Private key of the server. */
    key: string;
    /** Certificate of the client. */
    clientCert: string;
    /** Private key of the client. */
    clientKey: string;
  };
}

/** Options for {@linkcode TestServer.prototype.command | TestServer.command}. */
export interface CommandOptions {
  /**
   * Time limit for the reply, in milliseconds.
   *
   * @default {10000}
   */
  timeout?: number;
  /**
   * Return bulk strings as `Uint8Array` instead of `string`.
   *
   * @default {false}
   */
  bytes?: boolean;
}

/** Host and port of a server. */
export interface ServerAddress {
  /** Host name or IP address. */
  host: string;
  /** TCP port. */
  port: number;
}

/** Options of a sentinel, or of a server that sentinels monitor. */
export interface WatchedServer {
  /** For a sentinel, lines of its configuration file, such as `sentinel monitor …`. */
  readonly sentinel?: readonly string[];
}
