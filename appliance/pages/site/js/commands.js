// Asking the desk for something, once, whatever happens on the way.
//
// No answer is not a refusal: it may have been done. So the same key is sent again, every two
// seconds and as soon as the bus is back; the desk gives the same answer to the same key and does
// nothing twice. After twenty seconds a person decides: who has left the counter meanwhile does not
// want somebody called there. A page that is loaded again in between still knows what it asked.

import { NotAllowed, fromHex, hex, random } from './bus.js';

const REPEAT_MS = 2000;
const REPEAT_FOR_MS = 20000;
const EXPIRY_S = 5;
const KEPT = 'lobby.asked';
const utf8 = new TextEncoder();

export class Commands {
  #bus;
  #caller;
  #changed;
  #timer = null;
  #replyTo = random(8);

  /**
   * @param {import('./bus.js').Bus} bus the connection
   * @param {string} caller the login
   * @param {() => void} changed something about `open` is another than before
   */
  constructor(bus, caller, changed) {
    this.#bus = bus;
    this.#caller = caller;
    this.#changed = changed;
    /** What was asked last and is not answered; null: nothing. */
    this.open = null;
    /** What became of the last: {verb, body, reply} or {verb, body, failed}. */
    this.last = null;
  }

  /** The topic to listen to. */
  get replies() {
    return `${this.#caller}/reply/${this.#replyTo}`;
  }

  /**
   * Ask. One thing at a time: while something is open, nothing else is asked.
   * @returns {boolean} whether it was asked
   */
  ask(verb, body = {}) {
    if (this.open) return false;
    this.last = null;
    if (this.#bus.state !== 'up') {
      // Nothing left this page: that is certain.
      this.last = { verb, body, failed: 'not_sent' };
      this.#changed();
      return false;
    }
    this.#begin({ verb, body: JSON.stringify(body), key: random(16), since: Date.now() });
    return true;
  }

  /** Go on with what was asked before the page was loaded again. */
  resume() {
    const kept = sessionStorage.getItem(KEPT);
    if (!kept || this.open) return;
    const asked = JSON.parse(kept);
    if (asked.caller !== this.#caller) return void sessionStorage.removeItem(KEPT);
    this.#begin({ ...asked, unknown: true });
  }

  /** Ask the same again, with the same key, for another while. */
  again() {
    if (!this.open) return;
    this.#begin({ ...this.open, since: Date.now(), stalled: false });
  }

  /** Ask no more. What became of it stays unknown. */
  drop() {
    this.#end();
    this.#changed();
  }

  /** Take in that the bus is there again. */
  back() {
    if (this.open && !this.open.stalled) this.#send();
  }

  /** Take in a reply. */
  replied(payload, key) {
    if (!this.open || !key || hex(key) !== this.open.key) return;
    const { verb, body } = this.open;
    // Read before anything is forgotten: what cannot be read is no answer.
    const reply = JSON.parse(payload);
    this.#end();
    this.last = { verb, body: JSON.parse(body), reply };
    this.#changed();
  }

  #begin(asked) {
    clearInterval(this.#timer);
    this.open = { ...asked, caller: this.#caller };
    sessionStorage.setItem(KEPT, JSON.stringify(this.open));
    this.#timer = setInterval(() => this.#repeat(), REPEAT_MS);
    if (Date.now() - asked.since > REPEAT_FOR_MS) this.#repeat();
    else this.#send();
    this.#changed();
  }

  #repeat() {
    this.open.unknown = true;
    if (Date.now() - this.open.since > REPEAT_FOR_MS) {
      this.open.stalled = true;
      clearInterval(this.#timer);
    } else {
      this.#send();
    }
    this.#changed();
  }

  async #send() {
    const { verb, body, key } = this.open;
    try {
      await this.#bus.publish(`${this.#caller}/cmd/${verb}`, utf8.encode(body), {
        message_expiry_interval: EXPIRY_S,
        response_topic: this.#bus.options.prefix + this.replies,
        correlation_data: fromHex(key),
      });
    } catch (error) {
      if (!(error instanceof NotAllowed) || this.open?.key !== key) return;
      this.#end();
      this.last = { verb, body: JSON.parse(body), failed: 'not_allowed' };
      this.#changed();
    }
  }

  #end() {
    clearInterval(this.#timer);
    sessionStorage.removeItem(KEPT);
    this.open = null;
  }
}
