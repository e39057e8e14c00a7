// Who it is: everything that a clerk may know of the person at the counter, and why it is this one.

import { h, say, set, show } from './dom.js';
import { hasRightOfWay, isUrgent, serviceText, waited, whyText, wishText } from './tickets.js';

const OFTEN = 3;

export function personCard(context) {
  const { words, lobby, clock } = context;
  const number = h('p', { class: 'number' });
  // Told with the person, and not again with every second that goes by.
  const state = h('p', { class: 'state', 'aria-live': 'off' });
  const service = h('p', { class: 'service' });
  const way = h('p', { class: 'way' });
  const facts = h('dl', { class: 'facts' });
  const rows = {};
  for (const key of ['waited', 'calls', 'language', 'wishes', 'shown']) {
    const value = h('dd', {});
    const row = h('div', {}, h('dt', {}, words.t(`person.${key}`)), value);
    rows[key] = { row, value };
    facts.append(row);
  }
  const why = h('p', { class: 'why' });
  const whyBox = h(
    'details',
    { class: 'why-box', open: true },
    h('summary', {}, words.t('person.why')),
    why,
  );
  const element = h(
    'section',
    { class: 'person', 'aria-live': 'polite' },
    state,
    number,
    service,
    way,
    facts,
    whyBox,
  );

  function fact(key, text) {
    show(rows[key].row, text);
    if (text) say(rows[key].value, text);
  }

  function draw(ticket) {
    show(element, ticket);
    if (!ticket) return;
    const now = lobby.now;
    const serving = ticket.state === 'serving';
    say(state, stateText(serving, serving ? ticket.started : ticket.called, now));
    say(number, ticket.ticket);
    say(service, serviceText(ticket.service, context));
    say(way, wayText(ticket));
    set(way, 'data-way', isUrgent(ticket) ? 'urgent' : hasRightOfWay(ticket) && 'first');
    const wait = waited(ticket, now);
    fact('waited', wait === null ? '' : words.length(wait));
    fact('calls', ticket.calls > 1 && words.t('person.calls_times', { count: ticket.calls }));
    fact('language', ticket.language && words.names.of(ticket.language));
    fact('wishes', wishText(ticket, words));
    const shown = ticket.shown ?? 1;
    fact(
      'shown',
      ticket.slot &&
        shown > 1 &&
        words.t(shown >= OFTEN ? 'person.shown_warn' : 'person.shown_times', { count: shown }),
    );
    const sentence = whyText(ticket, words);
    show(whyBox, sentence);
    say(why, sentence);
  }

  function stateText(serving, since, now) {
    // Without desk time nobody knows how long ago that is.
    if (now === null) {
      return words.t(serving ? 'counter.serving_at' : 'counter.called_at', { time: clock(since) });
    }
    const time = words.length(now - Date.parse(since));
    return words.t(serving ? 'counter.serving' : 'counter.called', { time });
  }

  function wayText(ticket) {
    const time = ticket.slot && clock(ticket.slot);
    if (isUrgent(ticket)) {
      const reason = words.t(`urgency.${ticket.urgent ?? 'other'}`);
      return words.t('person.urgent', { reason });
    }
    if (!time) return words.t('person.no_appointment');
    return words.t(hasRightOfWay(ticket) ? 'person.right_of_way' : 'person.appointment', { time });
  }

  return { element, draw };
}
