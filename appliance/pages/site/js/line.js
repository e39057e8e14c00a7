// The line at a glance: who waits in calling order, who is away, who did not come.

import { h, list, say, set, show } from './dom.js';
import { hasRightOfWay, isUrgent, serviceText, turn, waited, wishText } from './tickets.js';

/**
 * @param {object} context
 * @param {(ticket: object) => Array<[string, string, () => void]>} actions name, text and what to
 *   do, for a ticket
 */
export function lineTable(context, actions) {
  const { words } = context;
  const body = h('tbody', {});
  const head = ['rank', 'number', 'service', 'turn', 'since', 'do'].map((key) =>
    h('th', { scope: 'col', class: `col-${key}` }, words.t(`line.${key}`)),
  );
  const table = h(
    'table',
    { class: 'line' },
    h('caption', { class: 'hidden' }, words.t('line.heading')),
    h('thead', {}, h('tr', {}, head)),
    body,
  );
  const empty = h('p', { class: 'quiet' }, words.t('line.empty'));
  const more = h('p', { class: 'quiet' });
  const element = h('div', { class: 'scroll' }, table, empty, more);

  /** `leftOut`: so many more are open, for which the desk's message had no room. */
  function draw(tickets, leftOut = 0) {
    show(table, tickets.length);
    show(empty, !tickets.length && !leftOut);
    show(more, leftOut);
    if (leftOut) say(more, words.t('line.left_out', { count: leftOut }));
    list(
      body,
      tickets,
      (each) => each.ticket,
      make,
      (row, ticket) => update(row, ticket, tickets.indexOf(ticket) + 1),
    );
  }

  function make() {
    return h(
      'tr',
      {},
      h('td', { class: 'col-rank' }),
      h('th', { scope: 'row', class: 'col-number' }),
      h('td', { class: 'col-service' }),
      h('td', { class: 'col-turn' }),
      h('td', { class: 'col-since' }),
      h('td', { class: 'col-do' }, h('div', { class: 'row' })),
    );
  }

  function update(row, ticket, place) {
    const [rank, number, service, turnCell, since, todo] = row.children;
    const wishes = wishText(ticket, words);
    say(rank, ticket.state === 'waiting' ? String(place) : '');
    say(number, ticket.ticket);
    say(service, serviceText(ticket.service, context) + (wishes ? ` · ${wishes}` : ''));
    say(turnCell, turn(ticket, context));
    set(turnCell, 'data-way', isUrgent(ticket) ? 'urgent' : hasRightOfWay(ticket) && 'first');
    const wait = waited(ticket, context.lobby.now);
    say(since, wait === null ? '' : words.length(wait));
    buttons(todo.firstElementChild, ticket);
  }

  function buttons(cell, ticket) {
    const offered = actions(ticket);
    list(
      cell,
      offered,
      ([name]) => name,
      () => h('button', { type: 'button', class: 'small' }),
      (button, [, text, act]) => {
        say(button, text);
        set(button, 'aria-label', `${text.replace(/\s…$/, '')}: ${ticket.ticket}`);
        set(button, 'aria-disabled', Boolean(context.commands.open) && 'true');
        button.onclick = () => context.commands.open || act();
      },
    );
  }

  return { element, draw };
}
