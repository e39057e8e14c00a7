// What sites, lobbies and what is wrong with them are called.

export class Names {
  #sites;
  #services;

  constructor(about, words) {
    this.words = words;
    this.#sites = new Map(about.sites.map((each) => [each.id, each]));
    this.#services = about.services;
  }

  site(id) {
    return this.#sites.get(id)?.name ?? id;
  }

  zone(id) {
    return this.#sites.get(id)?.timezone ?? 'Europe/Berlin';
  }

  /** In which language a site speaks: its alarms come in that. */
  language(id) {
    return this.#sites.get(id)?.language ?? null;
  }

  place(device) {
    return `${this.site(device.site)} · ${device.lobby}`;
  }

  service(code) {
    const texts = this.#services[code];
    const text = texts?.[this.words.language] ?? texts?.de ?? Object.values(texts ?? {})[0];
    return text ? `${text} (${code})` : code;
  }

  /** What is wrong, in a few words. */
  why({ key, word, share, count }) {
    const { words } = this;
    if (word && words.has(`printer.${word}`)) {
      return `${words.t('why.printer')}: ${words.t(`printer.${word}`)}`;
    }
    // A release may know alarms that this page does not.
    if (!words.has(`why.${key}`)) return words.t('why.other', { name: key });
    const facts = { share: share === undefined ? '' : words.percent(share), count };
    return words.t(`why.${key}`, facts);
  }

  /** A state that a device tells in a word of the contract. */
  state(group, word) {
    if (word === null || word === undefined) return this.words.t('state.unknown');
    const key = `${group}.${word}`;
    return this.words.has(key) ? this.words.t(key) : word;
  }

  range({ low_min: low, high_min: high }) {
    if (low === null || low === undefined) return this.words.t('wait.none');
    return this.words.t('wait.range', { low, high });
  }
}
