// One device and its lobby: everything that it says of itself, and how its day was.

import { URGENT } from './attention.js';
import { h, list, say, set, show } from './dom.js';
import { plot } from './plot.js';
import { added, daysOf } from './sums.js';
import { clock as clockIn } from './words.js';

const GIGA = 1e9;

export function device(about, { close, ...given }) {
  const { words, names, fleet } = given;
  const lobby = fleet.lobbyOf(about);
  const context = { ...given, about, lobby, clock: clockIn(names.zone(about.site)) };
  const heading = h(
    'div',
    { class: 'row between' },
    h('h2', { id: 'details' }, about.id),
    h('button', { type: 'button', autofocus: true, onclick: close }, words.t('details.close')),
  );
  const parts = [state, alarms, waits, day, promise, facts].map((part) => part(context));
  return {
    children: [
      heading,
      h('p', { class: 'quiet' }, names.place(about)),
      ...parts.flatMap(({ elements }) => elements),
    ],
    draw: (found) => parts.forEach((part) => part.draw(found)),
  };
}

function state({ words, names, fleet, about }) {
  const life = h('p', { class: 'state' });
  const reasons = h('p', { class: 'reasons', hidden: true });
  return {
    elements: [life, reasons],
    draw(found) {
      const silence = fleet.silence(about);
      const never = silence === null && found.life !== 'alive';
      const key = never ? `details.never_${found.life}` : `details.${found.life}`;
      say(life, words.t(key, { time: words.length(silence ?? 0) }));
      set(life, 'data-life', found.life);
      const why = found.life === 'alive' ? found.why.map((each) => names.why(each)) : [];
      show(reasons, why.length > 0);
      set(reasons, 'data-urgent', found.level === URGENT);
      say(reasons, why.join(' · '));
    },
  };
}

function alarms({ words, names, fleet, about, lobby, clock }) {
  const notes = h('ul', { class: 'notes', lang: names.language(about.site) });
  const none = h('p', { class: 'quiet' });
  return {
    elements: [h('h3', {}, words.t('details.alarms')), notes, none],
    draw() {
      const fresh = fleet.isFresh(lobby, lobby.alarms);
      const all = fresh ? lobby.alarms.alarms : [];
      list(
        notes,
        all,
        ({ name }) => name,
        () => h('li', {}),
        (item, { sentence, since }) => say(item, `${clock(since)}  ${sentence}`),
      );
      show(none, all.length === 0);
      say(none, words.t(fresh ? 'details.no_alarms' : 'details.alarms_unknown'));
    },
  };
}

function waits({ words, names, fleet, lobby, clock }) {
  const body = h('tbody', {});
  const asOf = h('p', { class: 'quiet' });
  return {
    elements: [
      h('h3', {}, words.t('details.waits')),
      table(words, ['service', 'waiting', 'range'], body),
      asOf,
    ],
    draw() {
      const { wait } = lobby;
      const fresh = fleet.isFresh(lobby, wait);
      set(body, 'data-old', !fresh);
      const all = wait?.services ?? [];
      rows(
        body,
        all.map((each) => [names.service(each.service), each.waiting, names.range(each)]),
      );
      const told = wait ? { time: clock(wait.as_of), count: wait.waiting } : {};
      const key = fresh ? 'details.as_of' : 'details.old';
      say(asOf, words.t(wait ? key : 'details.no_waits', told));
    },
  };
}

function day({ words, fleet, lobby, clock }) {
  const common = { clock, nothing: words.t('plot.nothing') };
  const minutes = (count) => words.t('wait.minutes', { count: Math.round(count) });
  const waiting = plot({
    ...common,
    title: words.t('plot.waiting'),
    tell: (value) => String(Math.round(value)),
    sentence: (said) => words.t('plot.waiting_said', said),
  });
  const longest = plot({
    ...common,
    title: words.t('plot.longest'),
    tell: minutes,
    sentence: (said) => words.t('plot.longest_said', said),
  });
  const body = h('tbody', {});
  const name = words.t('details.figures');
  const figures = h(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': name },
    table(words, ['time', 'waiting', 'longest', 'kept'], body),
  );
  return {
    elements: [
      h('div', { class: 'plots' }, waiting.element, longest.element),
      h('details', { class: 'more' }, h('summary', {}, name), figures),
    ],
    draw() {
      const steps = added(daysOf(fleet, [lobby]));
      waiting.draw(steps.map(({ at, ms, waiting: value }) => ({ at, ms, value })));
      longest.draw(steps.map(({ at, ms, longest: value }) => ({ at, ms, value })));
      rows(
        body,
        steps.map((each) => [
          clock(each.at),
          each.waiting ?? '–',
          each.longest === null ? '–' : minutes(each.longest),
          each.share === null ? '–' : words.percent(each.share),
        ]),
      );
    },
  };
}

function promise({ words, names, fleet, lobby }) {
  const body = h('tbody', {});
  const share = (value) => (value === undefined ? '–' : words.percent(value));
  return {
    elements: [
      h('h3', {}, words.t('details.promise')),
      table(words, ['service', 'came', 'kept', 'next_hour'], body),
    ],
    draw() {
      const told = lobby.promise;
      set(body, 'data-old', !fleet.isFresh(lobby, told));
      const next = new Map((told?.next_hour ?? []).map((each) => [each.service, each.kept]));
      const today = new Map((told?.today ?? []).map((each) => [each.service, each]));
      const services = [...new Set([...today.keys(), ...next.keys()])].sort();
      rows(
        body,
        services.map((each) => [
          names.service(each),
          today.get(each)?.came ?? 0,
          share(today.get(each)?.called),
          share(next.get(each)),
        ]),
      );
    },
  };
}

function facts({ words, names, fleet, about, clock }) {
  const element = h('dl', { class: 'facts' });
  return {
    elements: [h('h3', {}, words.t('details.device')), element],
    draw() {
      set(element, 'data-old', !fleet.isFresh(about, about.health));
      list(
        element,
        said(about, words, names, clock),
        ([key]) => key,
        ([key]) => h('div', {}, h('dt', {}, words.t(`fact.${key}`)), h('dd', {})),
        (item, [, value]) => say(item.lastChild, value ?? words.t('state.unknown')),
      );
    },
  };
}

/** What a device says of itself; null: not known. */
function said({ status, health }, words, names, clock) {
  const uplink = health?.uplink;
  const decimal = new Intl.NumberFormat(words.language, { maximumFractionDigits: 1 });
  const known = (value, tell) => (value === null || value === undefined ? null : tell(value));
  const size = (bytes) => words.t('fact.giga', { count: decimal.format(bytes / GIGA) });
  const date = (moment) => new Date(moment).toLocaleDateString(words.language);
  const events = (count) => words.count('fact.events', count);
  return [
    ['version', known(status?.version, String)],
    ['started', known(status?.as_of, (moment) => `${date(moment)} ${clock(moment)}`)],
    ['camera', names.state('camera', health?.camera)],
    ['board', names.state('board', health?.board)],
    ['kiosk', names.state('kiosk', health?.kiosk)],
    ['printer', names.state('printer', health?.printer)],
    ['paper', known(health?.paper, (comes) => words.t(comes ? 'paper.yes' : 'paper.no'))],
    ['clock', names.state('clock', health?.clock)],
    ['card', names.state('card', health?.card)],
    ['disk', known(health?.disk_free_bytes, size)],
    ['memory', known(health?.memory_free_bytes, size)],
    ['temperature', known(health?.temperature_c, (value) => `${Math.round(value)} °C`)],
    [
      'supply',
      known(health?.undervoltage, (weak) => words.t(weak ? 'supply.weak' : 'supply.fine')),
    ],
    ['backlog', known(uplink?.backlog, events)],
    ['dead', known(uplink?.dead, events)],
    ['certificate', known(uplink?.certificate_until, date)],
  ];
}

function table(words, columns, body) {
  const heads = columns.map((each) => h('th', { scope: 'col' }, words.t(`head.${each}`)));
  return h('table', {}, h('thead', {}, h('tr', {}, heads)), body);
}

/** Fill a table: a row for each list of cells, the first of which is its name. */
function rows(body, all) {
  list(
    body,
    all,
    ([name]) => name,
    (cells) =>
      h(
        'tr',
        {},
        cells.map((_, index) => (index ? h('td', {}) : h('th', { scope: 'row' }))),
      ),
    (row, cells) => cells.forEach((value, index) => say(row.children[index], String(value))),
  );
}
