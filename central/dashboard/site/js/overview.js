// The office at a glance: who is there, who needs a hand, how people wait, now and over the day.

import { SOON, UNKNOWN, URGENT } from './attention.js';
import { h, say, set } from './dom.js';
import { plot } from './plot.js';
import { added, daysOf, keptNow, waitingNow } from './sums.js';

export function overview({ words, fleet, clock }) {
  const tiles = h('dl', { class: 'tiles' });
  const there = tile(tiles, words.t('tile.there'));
  const needing = tile(tiles, words.t('tile.needing'), 'status');
  const waiting = tile(tiles, words.t('tile.waiting'));
  const kept = tile(tiles, words.t('tile.kept'));
  const common = { clock, nothing: words.t('plot.nothing') };
  const people = plot({
    ...common,
    title: words.t('plot.waiting'),
    tell: (value) => String(Math.round(value)),
    sentence: (facts) => words.t('plot.waiting_said', facts),
  });
  const promise = plot({
    ...common,
    title: words.t('plot.kept'),
    top: 1,
    tell: (value) => words.percent(value),
    sentence: (facts) => words.t('plot.kept_said', facts),
  });
  const figures = h(
    'section',
    { 'aria-labelledby': 'overview' },
    h('h2', { id: 'overview', class: 'hidden' }, words.t('overview')),
    tiles,
  );
  const day = h(
    'section',
    { 'aria-labelledby': 'day', class: 'day' },
    h('h2', { id: 'day', class: 'hidden' }, words.t('day')),
    h('div', { class: 'plots' }, people.element, promise.element),
  );
  function drawTiles(all) {
    const count = (fits) => all.filter(fits).length;
    const alive = count(({ life }) => life === 'alive');
    const unknown = count(({ level }) => level === UNKNOWN);
    const urgent = count(({ level }) => level === URGENT);
    const soon = count(({ level }) => level === SOON);
    // Of whom nothing is known nobody says that they are well.
    const known = unknown < all.length;
    there(
      words.t('tile.of', { count: known ? alive : '–', all: all.length }),
      unknown ? words.t('tile.unknown', { count: unknown }) : words.t('tile.known'),
    );
    const well = words.t(unknown ? 'tile.so_far' : 'tile.none_soon');
    needing(
      known ? String(urgent) : '–',
      known ? (soon ? words.count('tile.soon', soon) : well) : words.t('state.unknown'),
      urgent ? 'urgent' : null,
    );
    const now = waitingNow(fleet);
    waiting(
      now.lobbies ? String(now.people) : '–',
      now.lobbies ? words.count('tile.lobbies', now.lobbies) : words.t('state.unknown'),
    );
    const share = keptNow(fleet);
    kept(share === null ? '–' : words.percent(share), words.t('tile.kept_help'));
  }

  /**
   * Draw.
   * @param {object[]} all every device, with what `attention` gives
   * @param {boolean} days whether what was told of the day is new
   */
  function draw(all, days) {
    drawTiles(all);
    if (!days) return;
    const steps = added(daysOf(fleet, fleet.lobbies.values()));
    people.draw(steps.map(({ at, ms, thin, waiting: value }) => ({ at, ms, thin, value })));
    promise.draw(steps.map(({ at, ms, thin, share: value }) => ({ at, ms, thin, value })));
  }
  return { elements: [figures, day], draw };
}

function tile(parent, name, role = null) {
  const figure = h('span', { class: 'figure' });
  const help = h('span', { class: 'help' });
  const value = h('dd', {}, h('span', { role }, figure, ' ', help));
  const box = h('div', { class: 'card' }, h('dt', {}, name), value);
  parent.append(box);
  return (told, more, state = null) => {
    say(figure, told);
    say(help, more);
    set(box, 'data-state', state);
  };
}
