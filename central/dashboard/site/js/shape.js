// What is heard comes from a hundred buildings and as many releases. A payload that is not what its
// topic promises is left out here, so that one device cannot take the view of all others away.

const text = (value) => typeof value === 'string';
const number = (value) => Number.isFinite(value);
const flag = (value) => typeof value === 'boolean';
const moment = (value) => text(value) && Number.isFinite(Date.parse(value));
const maybe = (fits) => (value) => value === undefined || value === null || fits(value);
const listOf = (fits) => (value) => Array.isArray(value) && value.every(fits);
const members = (shape) => {
  const entries = Object.entries(shape);
  return (value) =>
    typeof value === 'object' && value !== null && entries.every(([key, fits]) => fits(value[key]));
};
const kept = (shape) =>
  members({ as_of: moment, day: text, session: text, valid_s: number, ...shape });
const counts = listOf(maybe(number));

const SHAPES = {
  status: members({ state: text, session: text, as_of: moment, version: text }),
  health: kept({
    camera: maybe(text),
    board: maybe(text),
    kiosk: maybe(text),
    printer: maybe(text),
    paper: maybe(flag),
    card: maybe(text),
    disk_free_bytes: maybe(number),
    memory_free_bytes: maybe(number),
    temperature_c: maybe(number),
    undervoltage: maybe(flag),
    clock: maybe(text),
    uplink: maybe(
      members({
        backlog: number,
        stalled_s: number,
        dead: number,
        certificate_until: maybe(moment),
      }),
    ),
  }),
  alarms: kept({ alarms: listOf(members({ name: text, since: moment, sentence: text })) }),
  wait: kept({
    waiting: number,
    services: listOf(
      members({
        service: text,
        waiting: number,
        low_min: maybe(number),
        high_min: maybe(number),
      }),
    ),
  }),
  promise: kept({
    today: listOf(members({ service: text, came: number, called: number })),
    next_hour: listOf(members({ service: text, kept: number })),
  }),
  today: kept({
    start: moment,
    step_s: (value) => number(value) && value >= 60,
    waiting: counts,
    longest_min: counts,
    came: counts,
    kept: counts,
  }),
};

/** Read a payload; null: it is not what it should be. */
export function read(kind, payload) {
  try {
    const message = JSON.parse(payload);
    return SHAPES[kind]?.(message) ? message : null;
  } catch {
    return null;
  }
}
