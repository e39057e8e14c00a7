// What a workplace has chosen: language, colours, whether the space bar calls. Kept on this
// computer. The password is not: it lives as long as its tab.

import { LANGUAGES } from './words.js';

const CHOSEN = 'lobby.settings';
const LOGIN = 'lobby.login';

export function settings() {
  const usual = { language: null, theme: 'auto', space: true, name: '' };
  try {
    return { ...usual, ...JSON.parse(localStorage.getItem(CHOSEN)) };
  } catch {
    return usual;
  }
}

export function choose(changes) {
  localStorage.setItem(CHOSEN, JSON.stringify({ ...settings(), ...changes }));
  applyTheme();
}

export function applyTheme() {
  const { theme } = settings();
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

/** The chosen language; else that of the browser, if there are texts in it; else the site's. */
export function language(ofTheSite) {
  const browsers = navigator.languages.map((each) => each.slice(0, 2));
  return [settings().language, ...browsers, ofTheSite].find((each) => each in LANGUAGES) ?? 'de';
}

export function login() {
  return JSON.parse(sessionStorage.getItem(LOGIN));
}

export function keepLogin(name, password) {
  sessionStorage.setItem(LOGIN, JSON.stringify({ name, password }));
}

export function forgetLogin() {
  sessionStorage.removeItem(LOGIN);
}
