// One connection to a broker, the lobby's or the central one, kept up, and what is known of it at
// any moment.
//
// A broker says "granted" to a subscription that it then ignores, and a connection that is cut
// without a word looks open for minutes. So the page sings to itself every few seconds, and only
// while it hears its own voice does it say "connected". The state is worked out from times whenever
// it is asked for: a page that slept in a background tab does not believe what it knew before.

import mqtt from '../vendor/u8-mqtt/basic-v5.js';
import { Packets } from './packets.js';

const CONNECTED_WITHIN_MS = 8000;
const SING_EVERY_MS = 3000;
const HEARD_WITHIN_MS = 6500;
const UNHEARD = 3;
const UNHEARD_IN_FLOW = 10;
const KEEP_ALIVE_S = 60;
const PAUSES_MS = [300, 600, 1200, 2500, 5000];
const BAD_LOGIN = [0x86, 0x87];
const FAILURE = 0x80;
const text = new TextDecoder();

/** The bus does not let this login say that. */
export class NotAllowed extends Error {}

export class Bus {
  #client = null;
  #socket = null;
  #timers = new Set();
  #tries = 0;
  #closed = false;
  #refused = false;
  #opened = false;
  #heardAt = -Infinity;
  #heardAll = false;
  #flowsAt = -Infinity;
  #song = '';
  #unheard = 0;
  #state = 'connecting';

  /**
   * @param {object} options
   * @param {string} options.url where, such as wss://…/mqtt
   * @param {string} options.prefix of all topics
   * @param {string} options.login such as counter.3
   * @param {string} options.password its own
   * @param {string[]} options.hears topics below the prefix
   * @param {string[]} [options.hearsThen] more of them, asked for once it is up: there is so much
   *   of it that the page is to stand before
   * @param {0|1} [options.qos] 0 where there is much, and all of it is said again soon
   * @param {(message: object) => void} options.onMessage topic, data, retained, key
   * @param {() => void} options.onState the state is another than before
   */
  constructor(options) {
    this.options = options;
    this.canary = `${options.prefix}canary/${options.login}`;
  }

  open() {
    this.#connect();
    this.#every(SING_EVERY_MS, () => this.#sing());
    this.#every(250, () => this.#look());
    this.#onVisible = () => document.visibilityState === 'visible' && this.#sing();
    document.addEventListener('visibilitychange', this.#onVisible);
  }

  close() {
    this.#closed = true;
    this.#timers.forEach(clearTimeout);
    this.#timers.forEach(clearInterval);
    document.removeEventListener('visibilitychange', this.#onVisible);
    this.#socket?.close();
  }

  /** `connecting`, `checking`, `up`, or `refused`: name or password are wrong. */
  get state() {
    if (this.#refused) return 'refused';
    if (!this.#opened) return 'connecting';
    return performance.now() - this.#heardAt <= HEARD_WITHIN_MS ? 'up' : 'checking';
  }

  /**
   * Send; nothing is kept for later.
   * @returns {Promise<void>} the broker has it
   * @throws {NotAllowed} the broker says no
   * @throws {Error} there is no connection
   */
  async publish(topic, payload, props) {
    if (!this.#opened) throw new Error('no connection');
    const [acknowledged] = await this.#client._send(
      'publish',
      ...twice({ topic: this.options.prefix + topic, payload, qos: 1, props }),
    );
    if (acknowledged?.reason >= FAILURE) throw new NotAllowed(topic);
  }

  #onVisible = () => {};

  async #connect() {
    const { url, prefix, login, password, hears } = this.options;
    const socket = new WebSocket(url, ['mqtt']);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    socket.addEventListener('close', () => this.#lost(socket));
    const client = this.#clientOn(socket);
    const late = this.#after(CONNECTED_WITHIN_MS, () => this.#lost(socket));
    try {
      await client.connect({
        client_id: `${login}.${random(4)}`,
        username: login,
        password,
        keep_alive: KEEP_ALIVE_S,
        flags: { clean_start: true },
      });
      if (this.#socket !== socket || this.#closed) return;
      this.#client = client;
      await this.#subscribe([...hears.map((each) => prefix + each), this.canary]);
      this.#opened = true;
      this.#sing();
    } catch (error) {
      this.#refused = BAD_LOGIN.includes(Number(error?.reason));
      this.#lost(socket);
    } finally {
      clearTimeout(late);
    }
  }

  /** With nothing but the QoS: the library writes the other options to wrong bits (0.6.7). */
  #subscribe(topics) {
    return this.#client.subscribe({ topics, qos: this.options.qos ?? 1 });
  }

  #hearThen() {
    const topics = this.options.hearsThen?.map((each) => this.options.prefix + each);
    this.#heardAll = true;
    if (topics) this.#subscribe(topics).catch(() => {});
  }

  #clientOn(socket) {
    const client = mqtt({
      on_mqtt_type: { mqtt_publish: (packet) => this.#heard(socket, client, packet) },
      log_conn: () => {},
      on_error: () => {},
    });
    const open = new Promise((resolve) => socket.addEventListener('open', resolve));
    const packets = new Packets();
    client.conn.setup(
      open,
      (bytes) => socket.send(bytes),
      (take, conn) => {
        socket.addEventListener('message', ({ data }) => {
          try {
            packets.take(new Uint8Array(data)).forEach((packet) => take(packet));
          } catch {
            this.#lost(socket);
          }
        });
        socket.addEventListener('close', () => conn.abort(new Error('connection lost')));
      },
    );
    return client;
  }

  #heard(socket, client, packet) {
    if (this.#socket !== socket) return;
    if (packet.qos === 1) client._send('puback', { pkt_id: packet.pkt_id }).catch(() => {});
    const payload = text.decode(packet.payload);
    if (packet.topic === this.canary) {
      // Of two tabs with one login each hears both.
      if (payload === this.#song) {
        this.#heardAt = performance.now();
        this.#unheard = 0;
        this.#tries = 0;
        this.#look();
        if (!this.#heardAll) this.#hearThen();
      }
      return;
    }
    this.#flowsAt = performance.now();
    this.options.onMessage({
      topic: packet.topic.slice(this.options.prefix.length),
      payload,
      retained: packet.retain,
      key: packet.props?.correlation_data,
    });
  }

  #sing() {
    if (!this.#opened) return;
    // Sung three times and not heard once: this connection is dead, whatever it says. Where much
    // comes over a slow line our own voice stands behind it.
    const flows = performance.now() - this.#flowsAt <= HEARD_WITHIN_MS;
    if (this.#unheard >= (flows ? UNHEARD_IN_FLOW : UNHEARD)) return void this.#lost(this.#socket);
    this.#unheard += 1;
    this.#song = random(16);
    this.#client
      ._send('publish', { topic: this.canary, payload: this.#song, qos: 0 })
      .catch(() => {});
  }

  #lost(socket) {
    if (this.#socket !== socket) return;
    this.#socket = null;
    this.#opened = false;
    this.#heardAll = false;
    this.#heardAt = -Infinity;
    this.#flowsAt = -Infinity;
    this.#song = '';
    this.#unheard = 0;
    socket.close();
    this.#look();
    if (this.#closed || this.#refused) return;
    const pause = PAUSES_MS[Math.min(this.#tries, PAUSES_MS.length - 1)];
    this.#tries += 1;
    this.#after(pause * (0.75 + Math.random() / 2), () => this.#connect());
  }

  #look() {
    const before = this.#state;
    this.#state = this.state;
    if (this.#state !== before) this.options.onState();
  }

  #after(ms, act) {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (!this.#closed) act();
    }, ms);
    this.#timers.add(timer);
    return timer;
  }

  #every(ms, act) {
    this.#timers.add(setInterval(act, ms));
  }
}

/** The library wants the packet again as the key of its acknowledgement. */
const twice = (packet) => [packet, packet];

/** Give so many random bytes as hexadecimal digits. */
export function random(bytes) {
  return hex(crypto.getRandomValues(new Uint8Array(bytes)));
}

export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function fromHex(digits) {
  return Uint8Array.from(digits.match(/../g), (pair) => parseInt(pair, 16));
}
