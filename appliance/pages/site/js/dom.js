// Making and changing elements. Never markup made of strings: the server forbids it.

/** Make an element: h('p', {class: 'x', onclick: f}, 'text', child). */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else set(element, key, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** Set an attribute if it is another than before; null or false takes it away. */
export function set(element, key, value) {
  if (value === null || value === undefined || value === false) {
    if (element.hasAttribute(key)) element.removeAttribute(key);
    return;
  }
  const text = value === true ? '' : String(value);
  if (element.getAttribute(key) !== text) element.setAttribute(key, text);
}

/** Set the text if it is another than before: a screen reader hears only what is new. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function show(element, visible) {
  if (element.hidden === Boolean(visible)) element.hidden = !visible;
}

/**
 * Bring the children of an element in line with items, and keep those that stay: who has one of
 * their buttons under the finger, or in focus, keeps it.
 */
export function list(parent, items, keyOf, make, update) {
  const known = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  let at = parent.firstElementChild;
  for (const item of items) {
    const key = String(keyOf(item));
    let child = known.get(key);
    if (child) known.delete(key);
    else {
      child = make(item);
      child.dataset.key = key;
    }
    update(child, item);
    if (child === at) at = at.nextElementSibling;
    else parent.insertBefore(child, at);
  }
  known.forEach((child) => child.remove());
}
