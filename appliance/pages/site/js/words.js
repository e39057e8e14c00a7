// The texts of a page, in one language, and how times and numbers are told in it.

export const LANGUAGES = { de: 'Deutsch', en: 'English' };

export class Words {
  #texts;

  static async load(language) {
    const answer = await fetch(`words/${language}.json`);
    return new Words(language, await answer.json());
  }

  constructor(language, texts) {
    this.language = language;
    this.#texts = texts;
    this.names = new Intl.DisplayNames([language], { type: 'language', fallback: 'code' });
  }

  /** Give a text with its facts. */
  t(key, facts = {}) {
    const text = this.#texts[key];
    if (text === undefined) throw new Error(`no text ${key}`);
    return text.replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? '').trim();
  }

  has(key) {
    return key in this.#texts;
  }

  /** One or many. */
  count(key, count) {
    return count === 1 ? this.t(`${key}_one`) : this.t(key, { count });
  }

  /** A length of time, as people say it. */
  length(ms) {
    const seconds = Math.max(0, Math.floor(ms / 1000));
    if (seconds < 60) return this.t('time.seconds', { count: seconds });
    const minutes = Math.floor(seconds / 60);
    if (minutes < 60) return this.t('time.minutes', { count: minutes });
    return this.t('time.hours', { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
  }

  percent(share) {
    // Never rounded up to a promise that is not kept.
    return `${Math.floor(share * 100)} %`;
  }
}

/** Give what tells a moment as a time of day at the site. */
export function clock(zone) {
  const format = new Intl.DateTimeFormat('de-DE', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return (moment) => format.format(new Date(moment));
}
