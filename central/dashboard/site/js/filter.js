// Which devices are listed, and in what order: a search, who needs help, one site.

import { SOON } from './attention.js';
import { h } from './dom.js';

const WHICH = ['first', 'only', 'name'];

export function filter({ words, names, about, onChange }) {
  const find = h('input', { id: 'find', type: 'search', autocomplete: 'off', spellcheck: 'false' });
  const which = select('which', WHICH, (each) => words.t(`which.${each}`));
  const sites = about.sites.map(({ id }) => id);
  const where = select('where', ['', ...sites], (each) => site(each) || words.t('where.all'));
  for (const control of [find, which, where]) control.addEventListener('input', onChange);
  const element = h(
    'div',
    { class: 'tools', role: 'search' },
    labelled(words.t('find'), find),
    labelled(words.t('which'), which),
    sites.length > 1 ? labelled(words.t('where'), where) : null,
  );

  function site(id) {
    const name = names.site(id);
    return name === id ? id : `${name} (${id})`;
  }

  /** Give those that are wanted, in order. */
  function chosen(all) {
    const wanted = find.value.trim().toLocaleLowerCase().split(/\s+/);
    const fits = ({ device, level }) => {
      if (which.value === 'only' && level < SOON) return false;
      if (where.value && device.site !== where.value) return false;
      const said = `${device.id} ${names.place(device)} ${device.status?.version ?? ''}`;
      return wanted.every((each) => said.toLocaleLowerCase().includes(each));
    };
    const worst = (one, other) => (which.value === 'name' ? 0 : other.level - one.level);
    const byName = (one, other) => (one.device.id < other.device.id ? -1 : 1);
    return all.filter(fits).sort((one, other) => worst(one, other) || byName(one, other));
  }
  return { element, chosen };
}

function select(id, values, name) {
  return h(
    'select',
    { id },
    values.map((each) => h('option', { value: each }, name(each))),
  );
}

function labelled(text, control) {
  return h('div', { class: 'tool' }, h('label', { for: control.id }, text), control);
}
