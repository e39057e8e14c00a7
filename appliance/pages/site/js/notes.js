// What is wrong, since when, and what to do: the desk's own sentences.

import { h, list, say, show } from './dom.js';

export function notesCard({ about, words, lobby, clock }) {
  const items = h('ul', { class: 'notes' });
  const none = h('p', { class: 'quiet' }, words.t('alarms.none'));
  const element = h(
    'section',
    { class: 'card' },
    h('h2', {}, words.t('alarms.heading')),
    items,
    none,
  );
  return {
    element,
    draw() {
      const alarms = lobby.fresh('alarms')?.alarms ?? [];
      show(none, !alarms.length && lobby.desk === 'live');
      list(
        items,
        alarms,
        (each) => each.name,
        () => h('li', {}, h('span', { lang: about.language }), h('span', { class: 'quiet' })),
        (item, alarm) => {
          say(item.children[0], alarm.sentence);
          say(item.children[1], ` ${words.t('alarms.since', { time: clock(alarm.since) })}`);
        },
      );
    },
  };
}
