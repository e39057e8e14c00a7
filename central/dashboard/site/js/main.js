// The way in, and the round: what is heard goes into the fleet at once, and is drawn a few times a
// second, however much comes. A thousand devices say four hundred things a second.

import { attention } from './attention.js';
import { Bus } from './bus.js';
import { say } from './dom.js';
import { details } from './details.js';
import { Fleet } from './fleet.js';
import { deviceList } from './list.js';
import { loginForm } from './login.js';
import { Names } from './names.js';
import { overview } from './overview.js';
import { page } from './page.js';
import { rounds } from './rounds.js';
import {
  applyTheme,
  choose,
  forgetLogin,
  keepLogin,
  language,
  login,
  settings,
} from './settings.js';
import { Words, clock } from './words.js';

/** First who is there, so that the page stands; then the rest, of a thousand devices some 2 MB. */
const HEARS = ['dev/+/status'];
const HEARS_THEN = ['dev/+/health', 'alarms', 'wait', 'promise', 'today'];
const LOOK_MS = 1000;
const ANSWERS_WITHIN_MS = 4000;

applyTheme();
const about = await (await fetch('fleet.json')).json();
const words = await Words.load(language('de'));
document.documentElement.lang = words.language;
document.title = words.t('title');

const known = login();
if (known) enter(known.name, known.password);
else ask(settings().name);

function ask(name, problem = '') {
  const where = words.t('login.where');
  const form = loginForm({ where, words, problem, name, loginOf, onLogin: enter });
  document.body.replaceChildren(form.element);
  form.focus();
}

/** What people type, as the login that the broker knows: `city` is `dashboard.city`. */
function loginOf(typed) {
  const name = typed
    .trim()
    .toLowerCase()
    .replace(/^dashboard\./, '');
  return /^[a-z0-9-]{1,24}$/.test(name) ? `dashboard.${name}` : null;
}

/** Whom a login is to see; it sees no others anyway. */
function expectedOf(name) {
  const sites = about.dashboards[name];
  return sites ? about.devices.filter(({ site }) => sites.includes(site)) : about.devices;
}

function enter(name, password) {
  const fleet = new Fleet(expectedOf(name));
  const sites = about.sites.filter(({ id }) => about.dashboards[name]?.includes(id) ?? true);
  const bus = new Bus({
    url: new URL('mqtt', location.href.replace(/^http/, 'ws')).href,
    prefix: 'lobby/v1/',
    login: name,
    password,
    hears: HEARS.map((each) => `+/+/${each}`),
    hearsThen: HEARS_THEN.map((each) => `+/+/${each}`),
    qos: 0,
    onMessage: ({ topic, payload, retained }) => {
      if (!fleet.hear(topic, payload, retained)) return;
      days ||= topic.endsWith('/today');
      round.soon();
    },
    onState: () => {
      if (bus.state === 'up') {
        keepLogin(name, password);
        choose({ name });
        fleet.hears();
      } else {
        fleet.isDeaf();
        if (bus.state === 'connecting') fleet.beginAnew();
      }
      if (bus.state === 'refused') leave();
      else round.soon();
    },
  });
  const zone = sites[0]?.timezone ?? 'Europe/Berlin';
  const names = new Names(about, words);
  const context = { words, fleet, names, about: { ...about, sites }, clock: clock(zone) };
  const around = page({ words, name, logOut: () => logOut(bus) });
  const top = overview(context);
  const devices = deviceList({ ...context, redraw: () => round.now() });
  const one = details({ ...context, lookAt: () => round.now() });
  around.main.append(...top.elements, devices.element, one.element);

  // Whether what was told of the day is new.
  let days = true;
  const round = rounds(() => {
    if (bus.state === 'refused' || !shown()) return;
    const all = [...fleet.devices.values()].map((device) => ({
      device,
      ...attention(fleet, device),
    }));
    around.draw(bus.state, fleet.refused);
    top.draw(all, days);
    devices.draw(all);
    one.draw(all);
    days = false;
  });

  // Not before somebody is let in: who typed a wrong password sees the form and nothing else.
  function shown() {
    if (around.element.isConnected) return true;
    if (bus.state !== 'up' && !known) return false;
    document.body.replaceChildren(around.element);
    one.follow();
    return true;
  }
  const began = performance.now();
  // What is silent says nothing: somebody must look at the clock.
  function look() {
    fleet.tick();
    if (document.visibilityState === 'visible') round.now();
    const told = document.querySelector('[data-told]');
    if (told && performance.now() - began > ANSWERS_WITHIN_MS) say(told, words.t('login.no_bus'));
  }
  const looking = setInterval(look, LOOK_MS);
  document.addEventListener('visibilitychange', look);
  function leave() {
    clearInterval(looking);
    document.removeEventListener('visibilitychange', look);
    bus.close();
    forgetLogin();
    ask(name, words.t('login.wrong'));
  }
  bus.open();
}

function logOut(bus) {
  bus.close();
  forgetLogin();
  location.reload();
}
