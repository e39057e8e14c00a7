// The way in: who logs in gets the page of the login's kind. A counter's page is for counter.*, the
// reception's for staff.*; the bus decides what either may do.

import { Bus } from './bus.js';
import { Commands } from './commands.js';
import { say } from './dom.js';
import { Lobby } from './lobby.js';
import { loginForm, loginName } from './login.js';
import {
  applyTheme,
  forgetLogin,
  keepLogin,
  language,
  login,
  settings,
  choose,
} from './settings.js';
import { frame } from './frame.js';
import { Words, clock } from './words.js';

const FOR_ALL = ['tickets', 'board', 'wait', 'promise', 'alarms'];
const FOR_STAFF = ['proc/+/+', 'dev/+/status', 'dev/+/health'];

applyTheme();
const about = await (await fetch('lobby.json')).json();
const words = await Words.load(language(about.language));
document.documentElement.lang = words.language;
document.title = words.t('title');

const known = login();
if (known) enter(known.name, known.password);
else ask(settings().name);

function ask(name, problem = '') {
  const where = `${about.office} · ${about.name}`;
  const loginOf = (typed) => loginName(typed, about.counters);
  const form = loginForm({ where, words, problem, name, loginOf, onLogin: enter });
  document.body.replaceChildren(form.element);
  form.focus();
}

/** Try a login, and show its page as soon as the bus lets it in. */
async function enter(name, password) {
  const kind = name.split('.')[0];
  const loaded = kind === 'counter' ? import('./counter.js') : import('./reception.js');
  const lobby = new Lobby();
  let page = null;
  const draw = () => page?.draw();
  const bus = new Bus({
    url: new URL('mqtt', location.href.replace(/^http/, 'ws')).href,
    prefix: `lobby/v1/${about.site}/${about.lobby}/`,
    login: name,
    password,
    hears: [...FOR_ALL, ...(kind === 'staff' ? FOR_STAFF : [])],
    onMessage: ({ topic, payload, retained, key }) => {
      if (topic === commands.replies) commands.replied(payload, key);
      else lobby.hear(topic, JSON.parse(payload), retained);
      draw();
    },
    onState: () => {
      if (bus.state === 'up') {
        keepLogin(name, password);
        choose({ name });
        commands.resume();
        commands.back();
      } else {
        lobby.lost();
      }
      if (bus.state === 'refused') {
        bus.close();
        forgetLogin();
        ask(name, words.t('login.wrong'));
        return;
      }
      draw();
    },
  });
  const commands = new Commands(bus, name, draw);
  bus.options.hears.push(commands.replies);
  const logOut = () => {
    bus.close();
    forgetLogin();
    location.reload();
  };
  const context = { about, words, bus, lobby, commands, name, clock: clock(about.timezone) };
  const around = frame({ ...context, logOut, redraw: draw });
  bus.open();
  const { build } = await loaded;
  const built = build(context, around);
  // Not before somebody is let in: who typed a wrong password sees the form and nothing else.
  const shown = () => {
    if (bus.state === 'refused') return;
    if (document.body.contains(around.element)) return;
    if (bus.state === 'up' || known) document.body.replaceChildren(around.element);
  };
  page = {
    draw() {
      shown();
      around.draw();
      built.draw();
    },
  };
  setInterval(draw, 1000);
  draw();
  if (!known) watchLogin(bus, words);
}

/** Say under the form that the bus does not answer, for as long as that is so. */
function watchLogin(bus, texts) {
  const timer = setInterval(() => {
    const told = document.querySelector('[data-told]');
    if (!told || bus.state === 'up' || bus.state === 'refused') return void clearInterval(timer);
    say(told, texts.t('login.no_bus'));
  }, 3000);
}
