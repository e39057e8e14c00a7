// Today's switches: who gets a number, the hours, the notice on the board. They end at midnight.

import { choices } from './dialog.js';
import { h, say, set } from './dom.js';

const MODES = ['open', 'appointments_only', 'closed'];
const SPAN = /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/;

export function todayCard({ words, lobby, commands }) {
  const mode = choices({
    type: 'radio',
    name: 'mode',
    legend: words.t('reception.mode'),
    chosen: [],
    options: MODES.map((each) => [each, words.t(`mode.${each}`)]),
  });
  const hours = h('input', { id: 'hours', autocomplete: 'off', 'aria-describedby': 'hours-help' });
  const notice = h('input', {
    id: 'notice',
    maxlength: 120,
    autocomplete: 'off',
    'aria-describedby': 'notice-help',
  });
  const hoursHelp = h('p', { class: 'help', id: 'hours-help' }, words.t('reception.hours_help'));
  const saves = [];
  const element = h(
    'section',
    { class: 'card' },
    h('h2', {}, words.t('reception.today')),
    h(
      'div',
      { class: 'switches' },
      part([mode.element], () => commands.ask('set_mode', { mode: mode.values[0] })),
      part([h('label', { for: 'hours' }, words.t('reception.hours')), hours, hoursHelp], setHours),
      part(
        [
          h('label', { for: 'notice' }, words.t('reception.notice')),
          notice,
          h('p', { class: 'help', id: 'notice-help' }, words.t('reception.notice_help')),
        ],
        () => commands.ask('set_notice', { notice: notice.value.trim() }),
      ),
    ),
  );
  /** What was told last: a field that somebody is changing is left alone. */
  const known = {};

  function part(fields, submit) {
    const save = h('button', { type: 'submit' }, words.t('reception.save'));
    saves.push(save);
    return h(
      'form',
      {
        class: 'switch',
        onsubmit: (event) => {
          event.preventDefault();
          if (!commands.open) submit();
        },
      },
      fields,
      save,
    );
  }

  function setHours() {
    const spans = hours.value
      .split(',')
      .map((each) => each.trim())
      .filter(Boolean);
    const wrong = spans.some((each) => !SPAN.test(each));
    hours.setCustomValidity(wrong ? words.t('reception.hours_wrong') : '');
    if (hours.reportValidity()) commands.ask('set_hours', { hours: spans });
  }

  hours.addEventListener('input', () => hours.setCustomValidity(''));

  function take(key, value, change) {
    if (known[key] === value) return;
    known[key] = value;
    change(value);
  }

  return {
    element,
    draw() {
      const tickets = lobby.fresh('tickets');
      if (tickets) {
        take('mode', tickets.mode ?? 'open', (value) => {
          mode.values = [value];
        });
        take('hours', tickets.hours?.join(', ') ?? null, (value) => {
          hours.value = value ?? '';
          hours.disabled = value === null;
          say(
            hoursHelp,
            words.t(value === null ? 'reception.hours_always' : 'reception.hours_help'),
          );
        });
      }
      const board = lobby.fresh('board');
      if (board)
        take('notice', board.notice ?? '', (value) => {
          notice.value = value;
        });
      saves.forEach((save) => set(save, 'aria-disabled', Boolean(commands.open) && 'true'));
    },
  };
}
