// The forms at the reception: a number for who stands there, a check-in without a code, a slip.

import { choices } from './dialog.js';
import { h, set, show } from './dom.js';
import { serviceText } from './tickets.js';

const WISHES = ['seated', 'discreet_room', 'interpreter', 'more_time'];
const LARGE = 'large_print'; // no wish of the line's: it concerns the slip alone
const TONGUES = [
  'de',
  'en',
  'tr',
  'uk',
  'ru',
  'ar',
  'fa',
  'ku',
  'pl',
  'ro',
  'bg',
  'fr',
  'es',
  'it',
];

/** A card with a form that asks the desk for something. */
function formCard({ heading, fields, button, submit, commands, extra = [] }) {
  const told = h('p', { class: 'result', hidden: true });
  const go = h('button', { type: 'submit', class: 'main' }, button);
  const form = h(
    'form',
    {
      onsubmit: (event) => {
        event.preventDefault();
        if (!commands.open) submit();
      },
    },
    fields,
    h('div', { class: 'row' }, go, extra),
    told,
  );
  const element = h('section', { class: 'card' }, h('h2', {}, heading), form);
  return {
    element,
    told,
    draw() {
      for (const each of [go, ...extra])
        set(each, 'aria-disabled', Boolean(commands.open) && 'true');
    },
  };
}

function field(label, input, help) {
  return h(
    'div',
    { class: 'field' },
    h('label', { for: input.id }, label),
    input,
    help ? h('p', { class: 'help', id: `${input.id}-help` }, help) : null,
  );
}

export function issueCard(context) {
  const { words, about, commands } = context;
  const service = choices({
    type: 'radio',
    name: 'issue',
    legend: words.t('reception.service'),
    chosen: [about.services[0].code],
    options: about.services.map((each) => [each.code, serviceText(each.code, context)]),
  });
  const wishes = choices({
    type: 'checkbox',
    name: 'wish',
    legend: words.t('reception.wishes'),
    chosen: [],
    options: [
      ...WISHES.map((each) => [each, words.t(`wish.${each}`)]),
      [LARGE, words.t('reception.large_print')],
    ],
  });
  const tongue = h(
    'select',
    { id: 'tongue' },
    h('option', { value: '' }, words.t('reception.language_none')),
    TONGUES.map((code) => h('option', { value: code }, words.names.of(code))),
  );
  const card = formCard({
    heading: words.t('reception.issue'),
    commands,
    button: words.t('reception.issue_go'),
    fields: [
      service.element,
      h(
        'details',
        { class: 'more' },
        h('summary', {}, words.t('reception.more')),
        wishes.element,
        field(words.t('reception.language'), tongue),
      ),
    ],
    submit: () => {
      const told = wishes.values.filter((each) => each !== LARGE);
      commands.ask('issue', {
        service: service.values[0],
        ...(told.length ? { wishes: told } : {}),
        ...(wishes.values.includes(LARGE) ? { large_print: true } : {}),
        ...(tongue.value ? { language: tongue.value } : {}),
      });
    },
  });
  let seen = null;
  return {
    element: card.element,
    draw() {
      card.draw();
      const { last } = commands;
      if (last === seen) return;
      seen = last;
      const given = last?.reply?.ok && ['issue', 'check_in_short'].includes(last.verb);
      if (!given) return;
      show(card.told, true);
      card.told.replaceChildren(h('span', { class: 'number' }, last.reply.ticket));
      wishes.values = [];
      tongue.value = '';
    },
  };
}

export function shortCard({ words, commands }) {
  const short = h('input', {
    id: 'short',
    maxlength: 40,
    autocomplete: 'off',
    spellcheck: 'false',
    required: true,
    autocapitalize: 'characters',
    'aria-describedby': 'short-help',
  });
  const attended = h(
    'button',
    {
      type: 'button',
      onclick: () => {
        if (short.reportValidity() && !commands.open)
          commands.ask('attended', { short: short.value });
      },
    },
    words.t('reception.attended'),
  );
  return formCard({
    heading: words.t('reception.short'),
    commands,
    button: words.t('reception.check_in'),
    fields: [field(words.t('reception.short_number'), short, words.t('reception.short_help'))],
    submit: () => commands.ask('check_in_short', { short: short.value }),
    extra: [attended],
  });
}

export function slipCard({ words, commands }) {
  const usual = { autocomplete: 'off', required: true, spellcheck: 'false' };
  const number = h('input', { ...usual, id: 'slip-number', maxlength: 6 });
  const check = h('input', { ...usual, id: 'slip-check', maxlength: 16 });
  return formCard({
    heading: words.t('reception.slip'),
    commands,
    button: words.t('reception.slip_go'),
    fields: [
      h(
        'div',
        { class: 'pair' },
        field(words.t('reception.slip_number'), number),
        field(words.t('reception.slip_check'), check),
      ),
    ],
    submit: () => commands.ask('check_slip', { ticket: number.value, check: check.value }),
  });
}
