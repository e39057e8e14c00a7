// The login: a name and a password, nothing else. The name is the place, never the person.

import { h, say } from './dom.js';

/** What people type, as the login that the bus knows: `3` is `counter.3`. */
export function loginName(typed, counters) {
  const name = typed.trim();
  if (/^(counter|staff)\.[A-Za-z0-9-]{1,24}$/.test(name)) return name;
  const counter = counters.find((each) => each.id.toLowerCase() === name.toLowerCase());
  if (counter) return `counter.${counter.id}`;
  return /^[A-Za-z0-9-]{1,24}$/.test(name) ? `staff.${name}` : null;
}

/**
 * @param {object} options
 * @param {string} options.where what one logs in to
 * @param {(typed: string) => string|null} options.loginOf what people type, as a login
 * @param {(login: string, password: string) => void} options.onLogin
 */
export function loginForm({ where, words, problem, name, loginOf, onLogin }) {
  const told = h('p', { class: 'told', role: 'alert', 'data-told': true }, problem);
  const who = h('input', {
    id: 'login-name',
    name: 'username',
    autocomplete: 'username',
    required: true,
    autocapitalize: 'none',
    spellcheck: 'false',
    value: name,
    'aria-describedby': 'login-help',
  });
  const secret = h('input', {
    id: 'login-password',
    name: 'password',
    type: 'password',
    autocomplete: 'current-password',
    required: true,
  });
  const reveal = h('input', {
    type: 'checkbox',
    id: 'login-reveal',
    onchange: () => {
      secret.type = reveal.checked ? 'text' : 'password';
    },
  });
  const go = h('button', { class: 'next', type: 'submit' }, words.t('login.go'));
  const form = h(
    'form',
    {
      class: 'login card',
      onsubmit: (event) => {
        event.preventDefault();
        const login = loginOf(who.value);
        if (!login) return void say(told, words.t('login.not_here'));
        say(told, words.t('login.trying'));
        go.disabled = true;
        onLogin(login, secret.value);
      },
    },
    h('p', { class: 'quiet' }, where),
    h('h1', {}, words.t('login.heading')),
    h('label', { for: who.id }, words.t('login.name')),
    who,
    h('p', { class: 'help', id: 'login-help' }, words.t('login.name_help')),
    h('label', { for: secret.id }, words.t('login.password')),
    secret,
    h('label', { class: 'tick', for: reveal.id }, reveal, words.t('login.show')),
    told,
    go,
    h('p', { class: 'help' }, words.t('login.ends')),
  );
  return {
    element: h('main', { class: 'alone' }, form),
    focus: () => (who.value ? secret : who).focus(),
  };
}
