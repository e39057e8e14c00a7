// The reception's page: numbers for those who stand at the desk, and what the lobby does today.

import { agendaCard } from './agenda.js';
import { devicesCard } from './devices.js';
import { ask, choices } from './dialog.js';
import { h, list, say, show } from './dom.js';
import { issueCard, shortCard, slipCard } from './forms.js';
import { lineTable } from './line.js';
import { notesCard } from './notes.js';
import { promiseCard } from './promise.js';
import { serviceText } from './tickets.js';
import { todayCard } from './today.js';

const URGENCIES = ['health', 'safety', 'subsistence', 'other'];

export function build(context, frame) {
  const { words, lobby, commands } = context;
  const promise = promiseCard(context);
  const notes = notesCard(context);
  const today = todayCard(context);
  const agenda = agendaCard(context);
  const issued = issueCard(context);
  const short = shortCard(context);
  const slip = slipCard(context);
  const devices = devicesCard(context);
  const find = h('input', { type: 'search', id: 'find', oninput: () => draw() });
  const change = (ticket) => ['change', words.t('reception.change'), () => offer(ticket)];
  const waiting = lineTable(context, (ticket) => [change(ticket)]);
  const away = lineTable(context, (ticket) => [
    ['back', words.t('action.back'), () => commands.ask('back', { ticket: ticket.ticket })],
    change(ticket),
  ]);
  const atCounters = h('ul', { class: 'at-counters' });
  const awayBox = h(
    'section',
    {},
    h('h3', {}, `${words.t('line.parked')} · ${words.t('line.aside')}`),
    away.element,
  );
  frame.main.classList.add('reception');
  frame.main.append(
    h(
      'section',
      { class: 'desk' },
      notes.element,
      issued.element,
      short.element,
      slip.element,
      devices.element,
    ),
    h(
      'section',
      { class: 'hall' },
      h(
        'section',
        { class: 'card' },
        h(
          'div',
          { class: 'row between' },
          h('h2', {}, words.t('line.heading')),
          h('label', { class: 'find', for: 'find' }, words.t('reception.filter'), find),
        ),
        h('h3', {}, words.t('line.at_counters')),
        atCounters,
        waiting.element,
        awayBox,
      ),
      today.element,
      agenda.element,
      promise.element,
    ),
  );

  function offer(ticket) {
    const number = { ticket: ticket.ticket };
    ask({
      heading: `${ticket.ticket} · ${serviceText(ticket.service, context)}`,
      answers: [
        ...(ticket.state === 'waiting' && !ticket.urgent
          ? [[words.t('reception.urgent'), () => makeUrgent(ticket)]]
          : []),
        [words.t('reception.reprint'), () => commands.ask('reprint', number)],
        [
          words.t('reception.reprint_large'),
          () => commands.ask('reprint', { ...number, large_print: true }),
        ],
        [words.t('reception.cancel'), () => cancel(ticket)],
      ],
      cancel: words.t('action.cancel'),
    });
  }

  function makeUrgent(ticket) {
    const why = choices({
      type: 'radio',
      name: 'urgency',
      legend: words.t('reception.urgent_why'),
      chosen: ['health'],
      options: URGENCIES.map((each) => [each, words.t(`urgency.${each}`)]),
    });
    ask({
      heading: words.t('reception.urgent_heading', { ticket: ticket.ticket }),
      fields: [why.element],
      answers: [
        [
          words.t('reception.urgent_go'),
          () => commands.ask('urgent', { ticket: ticket.ticket, urgent: why.values[0] }),
        ],
      ],
      cancel: words.t('action.cancel'),
    });
  }

  function cancel(ticket) {
    ask({
      heading: words.t('reception.cancel_heading', { ticket: ticket.ticket }),
      text: words.t('reception.cancel_why'),
      answers: [
        [words.t('reception.cancel_go'), () => commands.ask('cancel', { ticket: ticket.ticket })],
      ],
      cancel: words.t('action.cancel'),
    });
  }

  function draw() {
    const told = lobby.fresh('tickets');
    const wanted = find.value.trim().toUpperCase();
    const tickets = (told?.tickets ?? []).filter((each) => each.ticket.includes(wanted));
    waiting.draw(tickets.filter((each) => each.state === 'waiting'), told?.left_out);
    const gone = tickets.filter((each) => ['parked', 'set_aside'].includes(each.state));
    show(awayBox, gone.length);
    away.draw(gone);
    drawCounters(told);
    for (const part of [promise, notes, today, agenda, issued, short, slip, devices]) part.draw();
  }

  function drawCounters(told) {
    const busy = (told?.counters ?? []).filter((each) => each.ticket || each.state !== 'closed');
    list(
      atCounters,
      busy,
      (each) => each.counter,
      () => h('li', {}, h('span', {}), h('strong', {})),
      (item, counter) => {
        say(item.children[0], words.t('line.at', { counter: counter.counter }));
        const word = counter.state === 'paused' ? words.t('counter.paused') : '–';
        say(
          item.children[1],
          counter.ticket ?? (counter.stands_by ? words.t('counter.standing_by') : word),
        );
      },
    );
  }

  return { draw };
}
