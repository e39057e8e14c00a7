// What the devices and lobbies of an office say, and whether that is still so.
//
// "Alive" is a claim about now, and three things lie about it: a status that the broker kept, a
// last will that comes late or never (a cable that was pulled, a broker that died with the device),
// and a will of an earlier start that comes after the new birth. So a device is alive while it is
// *heard*: its health comes every 10 s, live, and its age is counted by this page's own monotonic
// clock. Nothing is alive while this page cannot hear.

import { read } from './shape.js';

/** Three beats of 10 s. With what a browser takes to draw it stays below 45 s. */
export const SILENT_AFTER_MS = 30_000;
const SLEPT_MS = 3000;
const APART_MS = 3000;
const SAME_MS = 1000;

export class Fleet {
  /** Device id → what is known of it. */
  devices = new Map();
  /** Site/lobby → what is known of it. */
  lobbies = new Map();
  /** How many messages were not what they should be. */
  refused = 0;
  #since = null;
  #stepped = Date.now() - performance.now();

  /** @param {{id: string, site: string, lobby: string}[]} expected devices that should be there */
  constructor(expected) {
    for (const { id, site, lobby } of expected) this.#device(id, site, lobby).expected = true;
  }

  /**
   * Take in a message.
   * @returns {boolean} it changed something
   */
  hear(topic, payload, retained) {
    const [site, lobby, branch, id, leaf] = topic.split('/');
    const kind = branch === 'dev' ? leaf : branch;
    const at = branch === 'dev' ? this.#device(id, site, lobby) : this.#lobby(site, lobby);
    if (payload === '') {
      at[kind] = null;
      return true;
    }
    const message = read(kind, payload);
    if (message === null) {
      this.refused += 1;
      return false;
    }
    if (kind === 'status') this.#status(at, message, retained);
    else if (kind !== 'today' && !retained) this.#beat(at, kind, message);
    at[kind] = message;
    return true;
  }

  /** Take in that this page can hear: from now on silence means something. */
  hears() {
    this.#since = performance.now();
  }

  /** Take in that it may not: nobody is known to be alive. */
  isDeaf() {
    this.#since = null;
  }

  /** Take in that what was heard is of another connection: it says nothing of now. */
  beginAnew() {
    this.devices.forEach((device) => Object.assign(device, { heard: null, down: false }));
    this.lobbies.forEach((lobby) => Object.assign(lobby, { heard: null }));
  }

  /** Look at the clock: whoever slept has heard nothing meanwhile, and begins anew. */
  tick() {
    const stepped = Date.now() - performance.now();
    const slept = Math.abs(stepped - this.#stepped) > SLEPT_MS;
    this.#stepped = stepped;
    if (!slept) return;
    this.beginAnew();
    if (this.#since !== null) this.hears();
  }

  /** How a device is: `alive`, `down`, `silent`, `absent`, or `unknown`. */
  life(device) {
    if (this.#since === null) return 'unknown';
    if (device.down) return 'down';
    if (device.heard) return this.silence(device) <= SILENT_AFTER_MS ? 'alive' : 'silent';
    if (performance.now() - this.#since <= SILENT_AFTER_MS) return 'unknown';
    return device.status || device.health ? 'silent' : 'absent';
  }

  /** How long ago a device, or a lobby, was true to what it last said, in ms; null: not heard. */
  silence(at) {
    return at.heard && performance.now() - at.heard.ran;
  }

  /** Desk time of a device or a lobby in ms; null: not known. */
  now(at) {
    return at.heard && at.heard.at + performance.now() - at.heard.ran;
  }

  /** Whether what a device or a lobby said is of today and not too old to be believed. */
  isFresh(at, message) {
    if (!message || !at.heard || message.day !== at.heard.day) return false;
    return this.now(at) - Date.parse(message.as_of) <= message.valid_s * 1000;
  }

  /** The lobby of a device. */
  lobbyOf(device) {
    return this.#lobby(device.site, device.lobby);
  }

  #status(device, status, retained) {
    if (status.state !== 'up') {
      // A will of an earlier start may come after this one's birth.
      const other = device.heard && device.heard.session !== status.session;
      if (!other) device.down = true;
      return;
    }
    device.down = false;
    if (!retained) this.#born(device, status);
  }

  #born(device, status) {
    const ran = performance.now();
    const { session } = status;
    const before = device.heard;
    // It tells when the desk began, and not what time it is: that comes with its first beat.
    device.heard =
      before?.session === session
        ? { ...before, at: before.at + ran - before.ran, ran }
        : { session, at: Date.parse(status.as_of), ran, day: null, best: 0, mark: null };
  }

  /**
   * Note a sign of life: when it was given, by this page's clock.
   *
   * What was held up on its way is as old as it was held up; the quickest before tells by how much.
   * Several held up together are late by less and less. Where two that were said some seconds apart
   * are late by the same, it was one of the clocks that stood still, or they drift: from there on
   * that is the quickest.
   */
  #beat(at, kind, message) {
    if (kind === 'health') at.down = false;
    const ran = performance.now();
    const asOf = Date.parse(message.as_of);
    const ahead = asOf - ran;
    const before = at.heard;
    const known = before?.session === message.session && before.day !== null;
    let best = known ? Math.max(ahead, before.best) : ahead;
    let mark = known ? before.mark : { asOf, late: 0 };
    if (asOf - mark.asOf >= APART_MS) {
      const late = best - ahead;
      const same = Math.abs(late - mark.late) < SAME_MS;
      if (same) best = ahead;
      mark = { asOf, late: same ? 0 : late };
    }
    const said = ran - (best - ahead);
    at.heard =
      known && before.ran > said
        ? { ...before, best, mark }
        : { session: message.session, at: asOf, ran: said, day: message.day, best, mark };
  }

  #device(id, site, lobby) {
    let device = this.devices.get(id);
    if (!device) {
      this.#lobby(site, lobby);
      device = {
        id,
        site,
        lobby,
        expected: false,
        status: null,
        health: null,
        down: false,
        heard: null,
      };
      this.devices.set(id, device);
    }
    return device;
  }

  #lobby(site, lobby) {
    const key = `${site}/${lobby}`;
    let known = this.lobbies.get(key);
    if (!known) {
      known = { site, lobby, wait: null, promise: null, alarms: null, today: null, heard: null };
      this.lobbies.set(key, known);
    }
    return known;
  }
}
