// A counter's page: one large button that calls the next person, and everything else around it.

import { actionButtons } from './actions.js';
import { ask, choices } from './dialog.js';
import { h, say, set, show } from './dom.js';
import { lineTable } from './line.js';
import { notesCard } from './notes.js';
import { personCard } from './person.js';
import { promiseCard } from './promise.js';
import { settings } from './settings.js';
import { serviceText } from './tickets.js';

const UNDO_MS = 10000;
/** A bouncing key, or a double click, shall not call a second person. */
const BOUNCE_MS = 1200;
const UNDOABLE = new Set([
  'next',
  'call',
  'pick',
  'recall',
  'start',
  'finish',
  'no_show',
  'transfer',
  'park',
  'pause',
  'stand_by',
  'open_counter',
  'close_counter',
]);
const TYPES = 'input:not([type=checkbox]), select, textarea, button, summary, a, [role=button]';

export function build(context, frame) {
  const { words, lobby, commands, about, name } = context;
  const id = name.slice('counter.'.length);
  const person = personCard(context);
  const promise = promiseCard(context);
  const notes = notesCard(context);
  const mine = { only: true };
  let calledAt = -Infinity;
  let undoUntil = -Infinity;
  let seen = null;

  const heading = h('h2', { class: 'idle-heading' });
  const sentence = h('p', { class: 'idle' });
  const services = choices({
    type: 'checkbox',
    name: 'service',
    legend: words.t('counter.closed_help'),
    chosen: [],
    options: about.services.map((each) => [each.code, serviceText(each.code, context)]),
  });
  const primary = h('button', { type: 'button', class: 'next', onclick: () => act() });
  const primaryText = h('span', {});
  const primaryKey = h('kbd', {}, words.t('counter.next_key'));
  primary.append(primaryText, primaryKey);
  const withPerson = actionButtons(context, [
    ['start', () => commands.ask('start')],
    ['recall', () => commands.ask('recall')],
    ['finish', () => commands.ask('finish')],
    ['no_show', () => commands.ask('no_show')],
    ['no_show_force', () => commands.ask('no_show', { force: true })],
    ['park', () => commands.ask('park')],
    ['transfer', transfer],
  ]);
  const withCounter = actionButtons(context, [
    ['stand_by', () => commands.ask('stand_by')],
    ['pause', () => commands.ask('pause')],
    ['services', chooseServices],
    ['close', () => commands.ask('close_counter')],
  ]);
  const waiting = lineTable(context, (ticket) =>
    served(ticket) && counter()?.state === 'open'
      ? [['call', words.t('action.call'), () => commands.ask('call', { ticket: ticket.ticket })]]
      : [],
  );
  const back = (ticket) => [
    'back',
    words.t('action.back'),
    () => commands.ask('back', { ticket: ticket.ticket }),
  ];
  const parked = lineTable(context, (ticket) => [
    ...(counter()?.state !== 'closed'
      ? [['pick', words.t('action.pick'), () => commands.ask('pick', { ticket: ticket.ticket })]]
      : []),
    back(ticket),
  ]);
  const aside = lineTable(context, (ticket) => [back(ticket)]);
  const onlyMine = h('input', {
    type: 'checkbox',
    id: 'only-mine',
    checked: true,
    onchange: () => {
      mine.only = onlyMine.checked;
      draw();
    },
  });
  const parkedBox = h('section', {}, h('h3', {}, words.t('line.parked')), parked.element);
  const asideBox = h('section', {}, h('h3', {}, words.t('line.aside')), aside.element);
  frame.main.classList.add('counter');
  frame.main.append(
    h(
      'section',
      { class: 'work card' },
      primary,
      services.element,
      heading,
      sentence,
      person.element,
      withPerson.element,
      withCounter.element,
    ),
    h(
      'section',
      { class: 'around' },
      h(
        'section',
        { class: 'card' },
        h(
          'div',
          { class: 'row between' },
          h('h2', {}, words.t('line.heading')),
          h('label', { class: 'tick', for: 'only-mine' }, onlyMine, words.t('line.mine')),
        ),
        waiting.element,
        parkedBox,
        asideBox,
      ),
      promise.element,
      notes.element,
    ),
  );
  frame.undo.addEventListener('click', () => commands.ask('undo'));
  document.addEventListener('keydown', space);

  function counter() {
    return lobby.fresh('tickets')?.counters.find((each) => each.counter === id);
  }

  function served(ticket) {
    return counter()?.services.includes(ticket.service);
  }

  function act() {
    if (commands.open) return;
    const own = counter();
    if (!own) return;
    if (own.state === 'closed') {
      commands.ask('open_counter', { services: services.values });
    } else if (own.state === 'paused') {
      commands.ask('open_counter', { services: own.services });
    } else if (performance.now() - calledAt > BOUNCE_MS) {
      commands.ask('next');
    }
  }

  function space(event) {
    if (event.key !== ' ' || event.repeat || event.defaultPrevented || !settings().space) return;
    if (!frame.main.isConnected || document.querySelector('dialog[open]')) return;
    // Whoever has something else in focus means that.
    if (event.target.matches(TYPES) && event.target !== primary) return;
    event.preventDefault();
    if (counter()?.state === 'open') act();
  }

  function transfer() {
    const ticket = atCounter();
    if (!ticket) return;
    ask({
      heading: words.t('action.transfer_to'),
      answers: about.services
        .filter((each) => each.code !== ticket.service)
        .map((each) => [
          serviceText(each.code, context),
          () => commands.ask('transfer', { service: each.code, ticket: ticket.ticket }),
        ]),
      cancel: words.t('action.cancel'),
    });
  }

  function chooseServices() {
    const chosen = choices({
      type: 'checkbox',
      name: 'change',
      legend: words.t('counter.closed_help'),
      chosen: counter().services,
      options: about.services.map((each) => [each.code, serviceText(each.code, context)]),
    });
    ask({
      heading: words.t('action.services').replace(/\s…$/, ''),
      fields: [chosen.element],
      answers: [
        [
          words.t('reception.save'),
          () => commands.ask('open_counter', { services: chosen.values }),
        ],
      ],
      cancel: words.t('action.cancel'),
    });
  }

  function atCounter() {
    const number = counter()?.ticket;
    return number ? lobby.fresh('tickets').tickets.find((each) => each.ticket === number) : null;
  }

  function learn() {
    const { last } = commands;
    if (last === seen) return;
    seen = last;
    if (!last?.reply?.ok) return;
    if (['next', 'call', 'pick'].includes(last.verb) && last.reply.ticket)
      calledAt = performance.now();
    undoUntil = UNDOABLE.has(last.verb) ? performance.now() + UNDO_MS : -Infinity;
  }

  function draw() {
    learn();
    const told = lobby.fresh('tickets');
    const own = counter();
    const ticket = atCounter();
    drawWork(own, ticket, told);
    const tickets = told?.tickets ?? [];
    const all = tickets.filter((each) => each.state === 'waiting');
    waiting.draw(mine.only ? all.filter(served) : all, told?.left_out);
    const away = tickets.filter((each) => each.state === 'parked');
    const missing = tickets.filter((each) => each.state === 'set_aside');
    show(parkedBox, away.length);
    show(asideBox, missing.length);
    parked.draw(away);
    aside.draw(missing);
    promise.draw(own?.services);
    notes.draw();
    const left = Math.ceil((undoUntil - performance.now()) / 1000);
    show(frame.undo, left > 0 && !commands.open);
    if (left > 0) say(frame.undo, words.t('action.undo', { seconds: left }));
  }

  function drawWork(own, ticket, told) {
    const state = own?.state;
    person.draw(ticket);
    show(heading, !ticket);
    show(sentence, !ticket);
    say(heading, headingText(own, told));
    say(sentence, sentenceText(own, told));
    show(services.element, state === 'closed');
    if (state !== 'closed') services.values = own?.services ?? [];
    else if (!services.values.length) services.values = own.services;
    show(primary, own);
    say(primaryText, primaryWord(state));
    show(primaryKey, state === 'open' && settings().space);
    set(primary, 'aria-disabled', (commands.open || context.bus.state !== 'up') && 'true');
    set(primary, 'data-busy', Boolean(commands.open));
    const called = ticket?.state === 'called';
    const forced = called && seen?.verb === 'no_show' && seen.reply?.reason === 'call_again_first';
    withPerson.draw({
      start: called,
      recall: called,
      finish: ticket,
      no_show: called && !forced,
      no_show_force: forced,
      park: ticket,
      transfer: ticket,
    });
    withCounter.draw({
      stand_by: state === 'open' && !own.stands_by,
      pause: state === 'open',
      services: state === 'open',
      close: state === 'open' || state === 'paused',
    });
  }

  function headingText(own, told) {
    if (!own) return told ? words.t('counter.unknown_counter') : words.t('link.unknown');
    if (own.state === 'closed') return words.t('counter.closed');
    if (own.state === 'paused') return words.t('counter.paused');
    return words.t(own.stands_by ? 'counter.standing_by' : 'counter.nobody');
  }

  function sentenceText(own, told) {
    if (!own) return '';
    if (own.state === 'paused') return words.t('counter.paused_help');
    if (own.stands_by) return words.t('counter.standing_by_help');
    const count = told.tickets.filter((each) => each.state === 'waiting' && served(each)).length;
    return count ? words.count('counter.waiting', count) : words.t('counter.nobody_waits');
  }

  function primaryWord(state) {
    if (state === 'closed') return words.t('counter.open');
    return words.t(state === 'paused' ? 'counter.resume' : 'counter.next');
  }

  return { draw };
}
