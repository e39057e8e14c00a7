// A question with a few answers, asked in a dialog of the browser's own: it keeps the focus inside,
// and Escape closes it.

import { h } from './dom.js';

/**
 * @param {object} options
 * @param {string} options.heading
 * @param {string} [options.text]
 * @param {Array<HTMLElement>} [options.fields]
 * @param {Array<[string, () => void]>} options.answers text and what to do
 * @param {string} options.cancel text
 */
export function ask({ heading, text, fields = [], answers, cancel }) {
  const dialog = h(
    'dialog',
    { 'aria-labelledby': 'dialog-heading', onclose: () => dialog.remove() },
    h('h2', { id: 'dialog-heading' }, heading),
    text ? h('p', {}, text) : null,
    fields,
    h(
      'div',
      { class: 'answers' },
      answers.map(([said, act]) =>
        h(
          'button',
          {
            type: 'button',
            class: 'answer',
            onclick: () => {
              dialog.close();
              act();
            },
          },
          said,
        ),
      ),
      h('button', { type: 'button', onclick: () => dialog.close() }, cancel),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
}

/** A choice of one or several, as a group with a legend. */
export function choices({ type, name, legend, options, chosen }) {
  const inputs = options.map(([value]) =>
    h('input', { type, name, value, id: `${name}-${value}`, checked: chosen.includes(value) }),
  );
  const element = h(
    'fieldset',
    {},
    h('legend', {}, legend),
    options.map(([, text], at) =>
      h('label', { class: 'tick', for: inputs[at].id }, inputs[at], text),
    ),
  );
  return {
    element,
    get values() {
      return inputs.filter((input) => input.checked).map((input) => input.value);
    },
    set values(values) {
      inputs.forEach((input) => {
        input.checked = values.includes(input.value);
      });
    },
  };
}
