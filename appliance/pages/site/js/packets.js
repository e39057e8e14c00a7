// MQTT packets out of WebSocket messages, whole ones only.
//
// A message may hold half a packet or several (MQTT 5, section 6.0). The library's own splitter
// stalls after a packet that came in pieces: it waits for as many bytes again (0.6.7, tried). So it
// is only ever given whole packets.

export class Packets {
  #rest = new Uint8Array(0);

  /** Take in bytes; give the packets that are whole now. */
  take(bytes) {
    this.#rest = joined(this.#rest, bytes);
    const packets = [];
    for (;;) {
      const length = packetLength(this.#rest);
      if (length === null || length > this.#rest.length) return packets;
      packets.push(this.#rest.slice(0, length));
      this.#rest = this.#rest.subarray(length);
    }
  }
}

function joined(first, second) {
  if (first.length === 0) return second;
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

/** Give how long the first packet is; null: its head is not whole yet. */
function packetLength(bytes) {
  let body = 0;
  for (let at = 1; at <= 4; at += 1) {
    if (at >= bytes.length) return null;
    body += (bytes[at] & 0x7f) * 128 ** (at - 1);
    if (bytes[at] < 0x80) return at + 1 + body;
  }
  throw new Error('no MQTT packet');
}
