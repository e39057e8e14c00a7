// The promise watch: whether people with an appointment will be called within five minutes in the
// next hour, how it was today, and which counter would mend it.

import { h, list, say, set, show } from './dom.js';
import { serviceText } from './tickets.js';

const ENOUGH = 0.95;

export function promiseCard(context) {
  const { words, lobby } = context;
  const body = h('tbody', {});
  const head = ['service', 'next_hour', 'today'].map((key) =>
    h('th', { scope: 'col' }, words.t(`promise.${key}`)),
  );
  const table = h('table', { class: 'promise' }, h('thead', {}, h('tr', {}, head)), body);
  const none = h('p', { class: 'quiet' }, words.t('promise.none'));
  const mends = h('ul', { class: 'mends' });
  const element = h(
    'section',
    { class: 'card' },
    h('h2', {}, words.t('promise.heading')),
    table,
    none,
    mends,
  );

  function draw(services = null) {
    const told = lobby.fresh('promise');
    const codes = context.about.services
      .map((each) => each.code)
      .filter((code) => !services || services.includes(code));
    const rows = codes
      .map((code) => ({
        code,
        ahead: told?.next_hour.find((each) => each.service === code),
        today: told?.today.find((each) => each.service === code),
      }))
      .filter(({ ahead, today }) => ahead?.appointments > 0 || today);
    show(table, rows.length);
    show(none, !rows.length);
    list(
      body,
      rows,
      (each) => each.code,
      () => h('tr', {}, h('th', { scope: 'row' }), h('td', {}), h('td', {})),
      (row, { code, ahead, today }) => {
        const [service, next, past] = row.children;
        const low = ahead?.appointments > 0 && ahead.kept < ENOUGH;
        say(service, serviceText(code, context));
        say(
          next,
          ahead?.appointments > 0
            ? words.percent(ahead.kept) + (low ? ` · ${words.t('promise.low')}` : '')
            : '–',
        );
        set(next, 'data-low', low);
        say(past, today ? words.percent(today.called) : '–');
      },
    );
    const mending = rows.filter(({ ahead }) => ahead?.mended_by && ahead.kept < ENOUGH);
    list(
      mends,
      mending,
      (each) => each.code,
      () => h('li', {}),
      (item, { ahead }) =>
        say(
          item,
          words.t('promise.mend', {
            counter: ahead.mended_by,
            percent: words.percent(ahead.kept_then ?? 1),
          }),
        ),
    );
  }
  return { element, draw };
}
