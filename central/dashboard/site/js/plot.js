// A curve over the day: lines in SVG, everything that is to be read as text beside it, so that it
// grows with the text, and what it shows in a sentence for those who do not see it.

import { h, set, show } from './dom.js';

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 600;
const HEIGHT = 120;
const HOUR = 3_600_000;

function svg(name, attributes = {}) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

/** A path through values, with gaps where there are none. */
function path(values, x, y) {
  let pen = 'M';
  let drawn = '';
  values.forEach((value, index) => {
    if (value === null) {
      pen = 'M';
      return;
    }
    drawn += `${pen}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
    pen = 'L';
  });
  return drawn;
}

/** A small curve without any words, for a row: the words are in the row. */
export function spark() {
  const line = svg('path', { class: 'line', 'vector-effect': 'non-scaling-stroke' });
  const element = svg('svg', {
    class: 'spark',
    viewBox: '0 0 100 24',
    preserveAspectRatio: 'none',
    'aria-hidden': 'true',
  });
  element.append(line);
  return {
    element,
    draw(values) {
      const top = Math.max(1, ...values);
      const step = 100 / Math.max(1, values.length - 1);
      const drawn = path(
        values,
        (index) => index * step,
        (value) => 22 - (20 * value) / top,
      );
      set(line, 'd', drawn || null);
    },
  };
}

/**
 * @param {object} options
 * @param {string} options.title what it shows
 * @param {(value: number) => string} options.tell a value, in words
 * @param {number|null} [options.top] the end of the scale; null: it grows with the values
 * @param {(facts: object) => string} options.sentence what it shows, for who does not see it
 */
export function plot({ title, tell, top = null, sentence, clock, nothing }) {
  const area = svg('path', { class: 'area' });
  const line = svg('path', { class: 'line', 'vector-effect': 'non-scaling-stroke' });
  const thin = svg('path', { class: 'line thin', 'vector-effect': 'non-scaling-stroke' });
  const now = svg('path', { class: 'now', 'vector-effect': 'non-scaling-stroke' });
  const grid = [0, 0.5, 1].map((share) =>
    svg('path', {
      class: 'grid',
      d: `M0 ${HEIGHT * share}H${WIDTH}`,
      'vector-effect': 'non-scaling-stroke',
    }),
  );
  const drawing = svg('svg', {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    preserveAspectRatio: 'none',
    role: 'img',
  });
  drawing.append(...grid, area, line, thin, now);
  const scale = h('div', { class: 'scale', 'aria-hidden': 'true' });
  const hours = h('div', { class: 'hours', 'aria-hidden': 'true' });
  const empty = h('p', { class: 'quiet', hidden: true }, nothing);
  const drawn = h('div', { class: 'drawn' }, scale, drawing, hours);
  const element = h('figure', { class: 'plot' }, h('figcaption', {}, title), drawn, empty);
  let before = '';

  /** Draw steps: `{at, ms, value, thin}`, from the first to the last without a gap in time. */
  function draw(steps) {
    const told = JSON.stringify(steps);
    if (told === before) return;
    before = told;
    const known = steps.filter((each) => each.value !== null);
    show(empty, known.length === 0);
    show(drawn, known.length > 0);
    if (!known.length) return;
    const most = top ?? nice(Math.max(...known.map((each) => each.value)));
    const [from, every, count] = axis(steps[0].at, steps.at(-1).at + steps.at(-1).ms);
    const span = every * count;
    const x = (index) => (WIDTH * (steps[index].at + steps[index].ms / 2 - from)) / span;
    const y = (value) => HEIGHT * (1 - value / most);
    const solid = path(
      steps.map((each) => (each.thin ? null : each.value)),
      x,
      y,
    );
    set(line, 'd', solid || null);
    // Dashed where a sum says too little, joined to what is whole on either side.
    const holey = steps.map((each, index) =>
      each.thin || steps[index - 1]?.thin || steps[index + 1]?.thin ? each.value : null,
    );
    set(thin, 'd', path(holey, x, y) || null);
    set(area, 'd', filled(steps, x, y) || null);
    const last = steps.findLastIndex((each) => each.value !== null);
    set(now, 'd', `M${x(last).toFixed(1)} ${y(steps[last].value).toFixed(1)}h0`);
    scale.replaceChildren(...[most, most / 2, 0].map((value) => h('span', {}, tell(value))));
    const times = Array.from({ length: count + 1 }, (_, index) => from + index * every);
    hours.replaceChildren(...times.map((at) => h('span', {}, clock(at))));
    const peak = known.reduce((one, other) => (other.value > one.value ? other : one));
    const facts = {
      now: tell(steps[last].value),
      most: tell(peak.value),
      time: clock(peak.at),
      from: clock(steps[0].at),
    };
    set(drawing, 'aria-label', `${title}: ${sentence(facts)}`);
  }
  return { element, draw };
}

function filled(steps, x, y) {
  let drawn = '';
  let first = null;
  steps.forEach(({ value }, index) => {
    if (value !== null) {
      drawn += first === null ? `M${x(index)} ${HEIGHT}` : '';
      drawn += `L${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
      first ??= index;
    }
    if (first !== null && (value === null || index === steps.length - 1)) {
      const last = value === null ? index - 1 : index;
      drawn += `L${x(last).toFixed(1)} ${HEIGHT}Z`;
      first = null;
    }
  });
  return drawn;
}

/** Whole hours around what is known, in four to seven steps that are the same. */
function axis(first, last) {
  const from = Math.floor(first / HOUR) * HOUR;
  const hours = Math.max(1, Math.ceil((last - from) / HOUR));
  const every = [1, 2, 3, 4, 6].find((each) => hours / each <= 6) ?? 6;
  const count = Math.max(2, Math.ceil(hours / every));
  return [from, every * HOUR, count];
}

/** The next number with one digit, even, so that its half is a whole one. */
function nice(value) {
  const size = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  return Math.max(
    2,
    [1, 2, 4, 6, 8, 10].map((each) => each * size).find((each) => each >= value),
  );
}
