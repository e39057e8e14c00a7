// The smaller buttons of a counter, of which those are there that mean something now.

import { h, set, show } from './dom.js';

export function actionButtons({ words, commands }, actions) {
  const buttons = Object.fromEntries(
    actions.map(([key, run]) => [
      key,
      h(
        'button',
        {
          type: 'button',
          'data-action': key,
          onclick: (event) => {
            if (commands.open && key !== 'transfer') return;
            run();
            // With the mouse away from a button the space bar calls again.
            if (event.detail > 0) event.currentTarget.blur();
          },
        },
        words.t(`action.${key}`),
      ),
    ]),
  );
  const element = h('div', { class: 'actions' }, Object.values(buttons));
  return {
    element,
    draw(visible) {
      Object.entries(buttons).forEach(([key, button]) => {
        show(button, visible[key]);
        set(button, 'aria-disabled', Boolean(commands.open) && 'true');
      });
      show(element, Object.values(visible).some(Boolean));
    },
  };
}
