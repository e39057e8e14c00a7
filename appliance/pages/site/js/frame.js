// What is around every page: where one is, how the connection is, what became of the last command,
// and the settings.

import { h, say, set, show } from './dom.js';
import { choose, settings } from './settings.js';
import { LANGUAGES } from './words.js';

const TOLD_MS = 10000;

export function frame(context) {
  const { words, about, name, commands } = context;
  const title = h('h1', {}, placeName(name, words));
  const link = h('p', { class: 'link', role: 'status' });
  const time = h('time', { class: 'clock' });
  const menu = settingsMenu(context);
  const header = h(
    'header',
    {},
    h(
      'div',
      { class: 'where' },
      title,
      h('p', { class: 'quiet' }, `${about.office} · ${about.name}`),
    ),
    link,
    time,
    menu,
  );
  const unknown = unknownBox(context);
  const own = h('span', {});
  // The desk speaks the site's language, whatever this page is set to.
  const desks = h('span', { lang: about.language });
  const outcome = h('p', { class: 'outcome', role: 'status', hidden: true }, own, ' ', desks);
  const undo = h('button', { class: 'undo', type: 'button', hidden: true });
  const bar = h('div', { class: 'bar' }, outcome, undo);
  const main = h('main', {});
  const element = h('div', { class: 'page' }, header, unknown.element, bar, main);
  let told = null;

  function draw() {
    const { word, facts } = linkState(context);
    set(link, 'data-link', word);
    say(link, words.t(`link.${word}`, facts));
    say(time, context.lobby.now === null ? '' : context.clock(context.lobby.now));
    set(element, 'data-link', word);
    unknown.draw();
    if (commands.last !== told?.last) told = { last: commands.last, at: performance.now() };
    const sentence = told.last ? outcomeOf(told.last, words) : null;
    const visible = sentence && performance.now() - told.at < TOLD_MS;
    show(outcome, visible);
    if (visible) {
      say(own, sentence.text);
      say(desks, sentence.desks ?? '');
      set(outcome, 'data-fine', sentence.fine);
    }
  }
  return { element, main, undo, draw };
}

export function placeName(login, words) {
  const [kind, name] = login.split('.');
  return kind === 'counter'
    ? words.t('counter.name', { counter: name })
    : words.t('reception.name');
}

/** How things stand between this page and the desk, as a word. */
export function linkState({ bus, lobby }) {
  if (bus.state === 'connecting' || bus.state === 'refused') return { word: 'connecting' };
  if (bus.state === 'checking') return { word: 'checking' };
  if (lobby.desk === 'live') return { word: 'live' };
  if (lobby.desk === 'unknown') return { word: 'unknown' };
  return { word: 'silent', facts: { seconds: Math.floor(lobby.silence / 10000) * 10 } };
}

/** What became of a command: in words of this page, and in the desk's own. */
function outcomeOf(last, words) {
  if (last.failed) return { fine: false, text: words.t(`fail.${last.failed}`) };
  const { reply, verb } = last;
  if (!reply.ok) {
    const text = reply.sentence ? '' : words.t('fail.refused', { reason: reply.reason });
    return { fine: false, text, desks: reply.sentence };
  }
  const facts = { ticket: reply.ticket ?? last.body.ticket ?? '' };
  if (verb === 'next' && !reply.ticket) return { fine: true, text: words.t('done.nobody') };
  const key = reply.again ? 'again.had' : `done.${verb}`;
  return { fine: true, text: words.has(key) ? words.t(key, facts) : '', desks: reply.sentence };
}

function unknownBox({ commands, words }) {
  const sentence = h('p', {});
  const again = h(
    'button',
    { type: 'button', onclick: () => commands.again() },
    words.t('unknown.again'),
  );
  const drop = h(
    'button',
    { type: 'button', onclick: () => commands.drop() },
    words.t('unknown.drop'),
  );
  const element = h(
    'section',
    { class: 'unknown', role: 'alert', hidden: true },
    h('h2', {}, words.t('unknown.heading')),
    sentence,
    h('div', { class: 'row' }, again, drop),
  );
  return {
    element,
    draw() {
      const open = commands.open;
      show(element, open?.unknown);
      if (!open?.unknown) return;
      const action = actionName(open.verb, words);
      say(sentence, words.t(open.stalled ? 'unknown.stalled' : 'unknown.trying', { action }));
      show(again, open.stalled);
    },
  };
}

const NAMES = {
  next: 'counter.next',
  open_counter: 'counter.open',
  close_counter: 'action.close',
  issue: 'reception.issue_go',
  check_in_short: 'reception.check_in',
  attended: 'reception.attended',
  urgent: 'reception.urgent_go',
  cancel: 'reception.cancel_go',
  reprint: 'reception.reprint',
  check_slip: 'reception.slip',
  agenda: 'reception.agenda',
  set_mode: 'reception.mode',
  set_hours: 'reception.hours',
  set_notice: 'reception.notice',
};

function actionName(verb, words) {
  const key = NAMES[verb] ?? `action.${verb}`;
  return words.t(key, { seconds: '' }).replace(/\s…$| \(\)$/, '');
}

function settingsMenu({ words, logOut, name, redraw }) {
  const chosen = settings();
  const option = (value, text, current) =>
    h('option', { value, selected: value === current }, text);
  const tongue = h(
    'select',
    {
      id: 'set-language',
      onchange: () => {
        choose({ language: tongue.value });
        location.reload();
      },
    },
    Object.entries(LANGUAGES).map(([code, text]) => option(code, text, words.language)),
  );
  const theme = h(
    'select',
    { id: 'set-theme', onchange: () => choose({ theme: theme.value }) },
    ['auto', 'light', 'dark'].map((each) =>
      option(each, words.t(`settings.theme_${each}`), chosen.theme),
    ),
  );
  const space = h('input', {
    type: 'checkbox',
    id: 'set-space',
    checked: chosen.space,
    onchange: () => {
      choose({ space: space.checked });
      redraw();
    },
  });
  return h(
    'details',
    { class: 'settings' },
    h('summary', {}, words.t('settings')),
    h(
      'div',
      { class: 'card' },
      h('label', { for: tongue.id }, words.t('settings.language')),
      tongue,
      h('label', { for: theme.id }, words.t('settings.theme')),
      theme,
      name.startsWith('counter.')
        ? h('label', { class: 'tick', for: space.id }, space, words.t('settings.space'))
        : null,
      h('button', { type: 'button', onclick: logOut }, words.t('settings.logout')),
    ),
  );
}
