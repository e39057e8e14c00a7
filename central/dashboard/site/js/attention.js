// Who needs a hand: what is wrong with a device or its lobby, the worst first.
//
// A desk raises alarms by itself, with what to do; they come first. What only somebody from afar
// would notice (nobody hears it, its promise will break) is added here.

export const URGENT = 3;
export const SOON = 2;
export const UNKNOWN = 1;
export const FINE = 0;

/** People with a slip may go uncalled, or nobody gets a number. */
const STOPPING = new Set([
  'bookings',
  'camera',
  'card',
  'codes',
  'disk',
  'journal',
  'journal_aside',
  'kiosk',
  'printer',
  'slip',
]);
/** A printer that still prints, or will by itself. */
const PRINTS = new Set(['ready', 'paper_low', 'overheated']);
/** A screen that gives out numbers, only nobody hears it. */
const MUTE = 'no_sound';
export const PROMISED = 0.95;
export const BACKLOG = 1000;

/**
 * Give how urgent it is, and why.
 * @returns {{level: number, life: string, why: {key: string, level: number, word?: string,
 *   share?: number, count?: number}[]}}
 */
export function attention(fleet, device) {
  const life = fleet.life(device);
  if (life === 'unknown') return { level: UNKNOWN, life, why: [] };
  // What it said before is not known to be so any more.
  if (life !== 'alive') {
    // One that was exchanged, and whose name nobody took off the broker; or a page of yesterday.
    const level = device.expected ? URGENT : SOON;
    return { level, life, why: [{ key: life, level }, ...unlisted(device)] };
  }
  const lobby = fleet.lobbyOf(device);
  const why = [
    ...alarms(fleet, lobby, device.health),
    ...promise(fleet, lobby),
    ...ofHealth(device),
    ...unlisted(device),
  ];
  const first = new Map();
  for (const each of why) if (!first.has(each.key)) first.set(each.key, each);
  const all = [...first.values()].sort((one, other) => other.level - one.level);
  return { level: all[0]?.level ?? FINE, life, why: all };
}

function alarms(fleet, lobby, health) {
  if (!fleet.isFresh(lobby, lobby.alarms)) return [];
  return lobby.alarms.alarms.map(({ name }) => {
    const prints = name === 'printer' && PRINTS.has(health?.printer);
    const mute = name === 'kiosk' && health?.kiosk === MUTE;
    const level = STOPPING.has(name) && !prints && !mute ? URGENT : SOON;
    return { key: name, level, word: name === 'printer' ? health?.printer : undefined };
  });
}

function promise(fleet, lobby) {
  if (!fleet.isFresh(lobby, lobby.promise)) return [];
  const shares = lobby.promise.next_hour.map(({ kept }) => kept);
  const share = Math.min(1, ...shares);
  return share < PROMISED ? [{ key: 'promise', level: SOON, share }] : [];
}

function unlisted(device) {
  return device.expected ? [] : [{ key: 'unlisted', level: SOON }];
}

/** What a desk of another release may have no alarm for. */
function ofHealth({ health }) {
  if (!health) return [];
  const found = [];
  const wrong = (key, level, more) => found.push({ key, level, ...more });
  if (health.camera && health.camera !== 'ok') wrong('camera', URGENT);
  if (health.printer && health.printer !== 'ready') {
    wrong('printer', PRINTS.has(health.printer) ? SOON : URGENT, { word: health.printer });
  }
  if (health.card && health.card !== 'fine') wrong('disk', URGENT);
  if (health.board && health.board !== 'ok') wrong('board', SOON);
  if (health.kiosk && health.kiosk !== 'ok') {
    wrong('kiosk', health.kiosk === MUTE ? SOON : URGENT);
  }
  if (health.clock === 'unsure') wrong('clock', SOON);
  if (health.uplink?.backlog >= BACKLOG) wrong('backlog', SOON, { count: health.uplink.backlog });
  return found;
}
