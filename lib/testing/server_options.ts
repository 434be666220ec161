/**
 * What can be asked of a test server, and what it tells about itself.
 *
 * @module
 */

/** How a server is to speak TLS. */
export interface TlsOptions {
  /** Whether clients have to show a certificate of the test authority. @default {"none"} */
  clientAuth?: "none" | "optional" | "required";
  /**
   * What the server shows: a good certificate, one for another host name, or one of an authority that nobody trusts.
   *
   * @default {"valid"}
   */
  certificate?: "valid" | "wrongHost" | "otherAuthority";
}

/** An ACL user of a test server. */
export interface AclUser {
  /** Name of the user; `"default"` changes the default user. */
  name: string;
  /** Rules as in `ACL SETUSER`: `"on >secret ~app:* +@read"`. */
  rules: string;
}

/** Options for `startServer`. */
export interface ServerOptions {
  /** Address to listen on. @default {"127.0.0.1"} */
  host?: "127.0.0.1" | "::1";
  /** Port to listen on. By default a free one. */
  port?: number;
  /** How many replicas to start along with the server. @default {0} */
  replicas?: number;
  /** Whether, and how, to listen for TLS instead of plain TCP. @default {false} */
  tls?: boolean | TlsOptions;
  /** Password of the default user. By default none is needed. */
  password?: string;
  /** Availability zone that the server tells clients; servers without such a directive tell none. By default none. */
  availabilityZone?: string;
  /** More ACL users. */
  users?: AclUser[];
  /** Directives of the configuration file; they override what the kit sets (`{ "maxmemory": "10mb" }`). */
  config?: Record<string, string>;
  /** The server program. By default the one that `findServerBinary` finds. */
  binary?: string;
  /** How long a start may take, in milliseconds. @default {10000} */
  startTimeout?: number;
}

/** Key material of a TLS server as a client needs it, as PEM text and as files. */
export interface ServerTls {
  /** Certificate of the authority that a client is to trust. */
  caCert: string;
  /** Certificate that the server shows. */
  cert: string;
  /** Key to that certificate. */
  key: string;
  /** Certificate for a client, good for {@linkcode TlsOptions.clientAuth}. */
  clientCert: string;
  /** Key to the client's certificate. */
  clientKey: string;
  /** Certificate of an authority that has signed nothing a valid server shows. */
  otherCaCert: string;
  /** Certificate for a client by that other authority: the server refuses it. */
  otherClientCert: string;
  /** Key to that certificate. */
  otherClientKey: string;
  /** Paths of the files that hold the same, for programs that want files. They go with the server. */
  paths: {
    /** File of the authority's certificate. */
    caCert: string;
    /** File of the server's certificate. */
    cert: string;
    /** File of the server's key. */
    key: string;
    /** File of the client's certificate. */
    clientCert: string;
    /** File of the client's key. */
    clientKey: string;
  };
}

/** Options for the `command` method of a test server. */
export interface CommandOptions {
  /** How long to wait for the reply, in milliseconds. @default {10000} */
  timeout?: number;
  /** Whether bulk strings of the reply are `Uint8Array` rather than text. @default {false} */
  bytes?: boolean;
}

/** A host and a port. */
export interface ServerAddress {
  /** Host name or IP address. */
  host: string;
  /** TCP port. */
  port: number;
}

/** What is special about a server under the eyes of sentinels, or a sentinel. */
export interface WatchedServer {
  /** For a sentinel, lines of its configuration file: `sentinel monitor …` and the like. */
  readonly sentinel?: readonly string[];
}
