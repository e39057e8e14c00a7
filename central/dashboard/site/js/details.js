// One device, above everything else: opened and closed by the address, so that a link to it is one.

import { device } from './device.js';
import { h } from './dom.js';

/** Give the view of the device whose id stands behind the # of the address. */
export function details({ lookAt, ...context }) {
  const element = h('dialog', { class: 'details', 'aria-labelledby': 'details' });
  let shown = null;
  let view = null;
  let opener = null;

  function close() {
    history.replaceState(null, '', location.pathname + location.search);
    follow();
  }

  function follow() {
    const known = context.fleet.devices.get(decoded(location.hash.slice(1)));
    shown = known?.id ?? null;
    if (shown === null) {
      if (element.open) element.close();
      return;
    }
    view = device(known, { ...context, close });
    element.replaceChildren(...view.children);
    if (!element.open) {
      opener = document.activeElement;
      element.showModal();
    }
    lookAt();
  }
  element.addEventListener('close', () => {
    if (shown !== null) close();
    if (opener?.isConnected) opener.focus();
  });
  element.addEventListener('click', (event) => event.target === element && close());
  addEventListener('hashchange', follow);

  function draw(all) {
    const found = shown && all.find((each) => each.device.id === shown);
    if (found) view.draw(found);
  }
  return { element, follow, draw };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
