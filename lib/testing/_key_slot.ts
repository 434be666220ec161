/** How many slots a cluster has. */
export const SLOTS: number = 16_384;

/** The slot of a key or a shard channel, computed without the code of the client under test. */
export function keySlot(key: Uint8Array): number {
  const open = key.indexOf(0x7b);
  const close = open === -1 ? -1 : key.indexOf(0x7d, open + 1);
  const hashed = close > open + 1 ? key.subarray(open + 1, close) : key;
  let crc = 0;
  for (const byte of hashed) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0);
    crc &= 0xffff;
  }
  return crc % SLOTS;
}
