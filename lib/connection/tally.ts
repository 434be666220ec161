/**
 * Counts of the connections of one client.
 *
 * @module
 */

/** What is counted of all connections of one client. */
export class Tally {
  /** Connections that are open, after their handshake. */
  open = 0;
  /** Connections that were opened so far. */
  opened = 0;
  /** How often a lost connection to a node was replaced by another one. */
  reconnects = 0;
  /** Attempts to connect that failed. */
  failedAttempts = 0;
  /** Bytes that were given to sockets; under TLS, before encryption. */
  bytesSent = 0;
  /** Bytes that were read from sockets; under TLS, after decryption. */
  bytesReceived = 0;

  /**
   * Counts a connection from now until it is closed.
   *
   * @param ended Resolves when it is closed.
   */
  add(ended: Promise<unknown>): void {
    this.opened++;
    this.open++;
    ended.then(() => this.open--);
  }
}
