// Which processes of the lobby are alive, as they say themselves.

import { h, list, say, set } from './dom.js';

export function devicesCard({ words, lobby }) {
  const items = h('ul', { class: 'devices' });
  const element = h('section', { class: 'card' }, h('h2', {}, words.t('reception.devices')), items);
  return {
    element,
    draw() {
      const known = Object.entries(lobby.processes).sort();
      list(
        items,
        known,
        ([name]) => name,
        () => h('li', {}, h('span', {}), h('strong', {})),
        (item, [name, { state, detail }]) => {
          const [device, process] = name.split('/');
          const key = `process.${process}`;
          say(item.children[0], `${words.has(key) ? words.t(key) : process} (${device})`);
          say(
            item.children[1],
            [words.t(state === 'up' ? 'device.up' : 'device.down'), detail]
              .filter(Boolean)
              .join(' · '),
          );
          set(item.children[1], 'data-low', state !== 'up');
        },
      );
    },
  };
}
