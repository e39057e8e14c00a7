// All devices, those that need a hand first. A hundred at a time: nobody reads a thousand rows, and
// a search finds any of them.

import { FINE, SOON, UNKNOWN, URGENT } from './attention.js';
import { h, list, say, set, show } from './dom.js';
import { filter } from './filter.js';
import { spark } from './plot.js';
import { keptOf, longestOf } from './sums.js';

const AT_ONCE = 100;
const SIGNS = { [URGENT]: '▲', [SOON]: '◆', [UNKNOWN]: '○', [FINE]: '●' };
const STATES = { [URGENT]: 'urgent', [SOON]: 'soon', [UNKNOWN]: 'unknown', [FINE]: 'fine' };
const COLUMNS = ['state', 'device', 'why', 'waiting', 'kept', 'today', 'version'];
/** What tells nothing without its heading, where a row is a card. */
const LABELLED = ['waiting', 'kept'];

export function deviceList({ redraw, ...context }) {
  const { words } = context;
  let limit = AT_ONCE;
  const tools = filter({
    ...context,
    onChange: () => {
      limit = AT_ONCE;
      redraw();
    },
  });
  const found = h('p', { class: 'quiet', role: 'status' });
  const body = h('tbody', {});
  const more = h('button', {
    type: 'button',
    hidden: true,
    onclick: () => {
      const last = body.lastElementChild;
      limit += AT_ONCE;
      redraw();
      // The button may be gone: who pressed it goes on where the new ones begin.
      last?.nextElementSibling?.querySelector('a').focus();
    },
  });
  const element = h(
    'section',
    { 'aria-labelledby': 'devices' },
    h(
      'div',
      { class: 'row' },
      h('h2', { id: 'devices', tabindex: '-1' }, words.t('devices')),
      found,
    ),
    tools.element,
    h('div', { class: 'card table' }, table(words, body)),
    more,
  );

  function draw(all) {
    const chosen = tools.chosen(all);
    const shown = chosen.slice(0, limit);
    const focused = document.activeElement;
    list(
      body,
      shown,
      ({ device }) => device.id,
      ({ device }) => row(device, context),
      (made, each) => update(made, each, context),
    );
    // A row that moves up would lose the focus.
    if (focused !== document.activeElement && body.contains(focused)) {
      focused.focus({ preventScroll: true });
    }
    const facts = { count: shown.length, all: chosen.length };
    say(found, words.t(shown.length < chosen.length ? 'found.part' : 'found.all', facts));
    show(more, shown.length < chosen.length);
    say(more, words.t('more', { count: Math.min(AT_ONCE, chosen.length - shown.length) }));
  }
  return { element, draw };
}

function table(words, body) {
  const heads = COLUMNS.map((each) =>
    h('th', { scope: 'col', class: `col-${each}` }, words.t(`col.${each}`)),
  );
  return h(
    'table',
    { class: 'fleet' },
    h('caption', { class: 'hidden' }, words.t('devices')),
    h('thead', {}, h('tr', {}, heads)),
    body,
  );
}

function row(device, { words, names }) {
  const curve = spark();
  const cells = COLUMNS.map((each) => {
    const label = LABELLED.includes(each) ? words.t(`col.${each}`) : null;
    const attributes = { class: `col-${each}`, 'data-label': label };
    return each === 'device' ? h('th', { ...attributes, scope: 'row' }) : h('td', attributes);
  });
  const [state, id, , , , today] = cells;
  state.append(h('span', { class: 'sign', 'aria-hidden': 'true' }), h('span', {}));
  id.append(
    h('a', { href: `#${encodeURIComponent(device.id)}` }, device.id),
    h('span', { class: 'quiet' }, names.place(device)),
  );
  today.append(curve.element);
  const made = h('tr', {}, cells);
  made.curve = curve;
  return made;
}

function update(made, { device, level, life, why }, { words, names, fleet }) {
  const [state, , wrong, waiting, kept, , version] = made.children;
  const lobby = fleet.lobbyOf(device);
  set(made, 'data-state', STATES[level]);
  say(state.firstChild, SIGNS[level]);
  say(state.lastChild, words.t(life === 'alive' ? `state.${STATES[level]}` : `life.${life}`));
  say(wrong, why.map((each) => names.why(each)).join(' · '));
  say(waiting, fleet.isFresh(lobby, lobby.wait) ? people(lobby.wait, words) : '–');
  const share = fleet.isFresh(lobby, lobby.promise) ? keptOf(lobby.promise) : null;
  say(kept, share === null ? '–' : words.percent(share));
  say(version, device.status?.version ?? '–');
  const day = lobby.heard?.day;
  const told = lobby.today && (!day || lobby.today.day === day) ? lobby.today.waiting : [];
  if (made.told === told) return;
  made.told = told;
  made.curve.draw(told.map((each) => each ?? null));
}

function people(wait, words) {
  const longest = longestOf(wait);
  return longest === null
    ? String(wait.waiting)
    : `${wait.waiting} ${words.t('wait.up_to', { count: longest })}`;
}
