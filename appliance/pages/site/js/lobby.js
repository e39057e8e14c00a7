// What the desk tells of the lobby, and how old that is, by the rules of docs/bus.md: from desk
// time in the last live message and this page's own monotonic clock. Neither the wall clock of this
// computer nor that of the Pi need be right.

const SILENT_AFTER_MS = 16000;
const SLEPT_MS = 3000;

export class Lobby {
  #live = null;
  #stepped = Date.now() - performance.now();

  constructor() {
    /** What was told last: tickets, board, wait, promise, alarms, and of devices and processes. */
    this.told = {};
    this.devices = {};
    this.processes = {};
  }

  /** Take in a message of the desk's. */
  hear(topic, message, retained) {
    const [kind, device, leaf] = topic.split('/');
    if (kind === 'proc') {
      this.processes[`${device}/${leaf}`] = message;
      return;
    }
    if (kind === 'dev') {
      this.devices[device] = { ...this.devices[device], [leaf]: message };
      if (leaf !== 'health') return;
    } else {
      this.told[kind] = message;
    }
    if (!retained && message.as_of) this.#tick(message);
  }

  /** Take in that the connection was lost: what is live is not known any more. */
  lost() {
    this.#live = null;
  }

  /** Desk time in ms; null: not known. */
  get now() {
    if (this.#live === null || this.#slept()) return null;
    return this.#live.at + performance.now() - this.#live.heard;
  }

  /** Whether the desk speaks: `unknown`, `live` or `silent`. */
  get desk() {
    if (this.#live === null || this.#slept()) return 'unknown';
    return performance.now() - this.#live.heard > SILENT_AFTER_MS ? 'silent' : 'live';
  }

  /** How long ago the desk said something, in ms. */
  get silence() {
    return this.#live === null ? null : performance.now() - this.#live.heard;
  }

  /** What was told, if it is of today and not too old to be of use; null: nothing. */
  fresh(kind) {
    const message = this.told[kind];
    if (!message || (this.#live && message.day !== this.#live.day)) return null;
    return message;
  }

  #tick(message) {
    this.#stepped = Date.now() - performance.now();
    this.#live = {
      at: Date.parse(message.as_of),
      heard: performance.now(),
      day: message.day,
    };
  }

  // The monotonic clock of some systems stands still while the computer sleeps.
  #slept() {
    return Math.abs(Date.now() - performance.now() - this.#stepped) > SLEPT_MS;
  }
}
