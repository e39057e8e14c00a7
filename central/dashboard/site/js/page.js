// What is around everything: whether this page hears, the time, the settings.

import { h, say, set, show } from './dom.js';
import { choose, settings } from './settings.js';
import { LANGUAGES } from './words.js';

export function page({ words, name, logOut }) {
  const link = h('p', { class: 'link', role: 'status' });
  const deaf = h('p', { class: 'deaf', role: 'alert', hidden: true });
  const main = h('main', {});
  const header = h(
    'header',
    {},
    h('div', { class: 'where' }, h('h1', {}, words.t('title')), h('p', { class: 'quiet' }, name)),
    link,
    menu(words, logOut),
  );
  const foot = h('footer', { class: 'quiet', hidden: true });
  const skip = h('a', { class: 'skip', href: '#devices' }, words.t('skip'));
  const element = h('div', { class: 'page' }, skip, header, deaf, main, foot);
  let heard = false;

  function draw(state, refused) {
    const up = state === 'up';
    heard ||= up;
    set(link, 'data-link', up ? 'live' : state);
    say(link, words.t(`link.${up ? 'live' : state}`));
    set(element, 'data-link', up ? 'live' : state);
    show(deaf, heard && !up);
    say(deaf, heard && !up ? words.t('link.deaf') : '');
    show(foot, refused > 0);
    say(foot, words.count('refused', refused));
  }
  return { element, main, draw };
}

function menu(words, logOut) {
  const chosen = settings();
  const options = (entries, current) =>
    entries.map(([value, text]) => h('option', { value, selected: value === current }, text));
  const tongue = h(
    'select',
    {
      id: 'set-language',
      onchange: () => {
        choose({ language: tongue.value });
        location.reload();
      },
    },
    options(Object.entries(LANGUAGES), words.language),
  );
  const themes = ['auto', 'light', 'dark'].map((each) => [each, words.t(`settings.theme_${each}`)]);
  const theme = h(
    'select',
    { id: 'set-theme', onchange: () => choose({ theme: theme.value }) },
    options(themes, chosen.theme),
  );
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
      h('button', { type: 'button', onclick: logOut }, words.t('settings.logout')),
    ),
  );
}
