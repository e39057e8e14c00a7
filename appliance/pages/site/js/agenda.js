// Today's appointments, without names: asked of the desk when somebody wants them, and printable.

import { h, say, set, show } from './dom.js';
import { serviceText } from './tickets.js';

export function agendaCard(context) {
  const { words, commands, clock, lobby } = context;
  const load = h(
    'button',
    { type: 'button', onclick: () => commands.ask('agenda') },
    words.t('reception.agenda_load'),
  );
  const print = h(
    'button',
    { type: 'button', hidden: true, onclick: () => window.print() },
    words.t('reception.agenda_print'),
  );
  const stand = h('p', { class: 'quiet' });
  const body = h('tbody', {});
  const head = ['agenda_time', 'service', 'agenda_minutes', 'agenda_count'].map((key) =>
    h('th', { scope: 'col' }, words.t(`reception.${key}`)),
  );
  const table = h(
    'table',
    { class: 'agenda', hidden: true },
    h('thead', {}, h('tr', {}, head)),
    body,
  );
  const element = h(
    'section',
    { class: 'card printed' },
    h('h2', {}, words.t('reception.agenda')),
    h('div', { class: 'row' }, load, print),
    stand,
    table,
  );
  let seen = null;

  function row(one) {
    const place = one.place ? ` · ${one.place}` : '';
    return h(
      'tr',
      {},
      h('th', { scope: 'row' }, clock(one.slot)),
      h('td', {}, serviceText(one.service, context) + place),
      h('td', {}, String(one.minutes)),
      h('td', {}, String(one.count ?? 1)),
    );
  }

  return {
    element,
    draw() {
      set(load, 'aria-disabled', Boolean(commands.open) && 'true');
      const { last } = commands;
      if (last === seen) return;
      seen = last;
      const appointments = last?.verb === 'agenda' && last.reply?.ok && last.reply.agenda;
      if (!appointments) return;
      body.replaceChildren(...appointments.map(row));
      show(table, appointments.length);
      show(print, appointments.length);
      say(
        stand,
        appointments.length
          ? words.t('reception.agenda_stand', { time: clock(lobby.now ?? Date.now()) })
          : words.t('reception.agenda_none'),
      );
    },
  };
}
