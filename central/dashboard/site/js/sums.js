// Figures of many lobbies as one: who waits, how the promise is kept, now and over the day.

/** How many wait, in lobbies that are heard; and in how many that is. */
export function waitingNow(fleet) {
  let people = 0;
  let lobbies = 0;
  for (const lobby of fleet.lobbies.values()) {
    if (!fleet.isFresh(lobby, lobby.wait)) continue;
    people += lobby.wait.waiting;
    lobbies += 1;
  }
  return { people, lobbies };
}

/** The share of today's appointments that were called in time; null: there were none. */
export function keptNow(fleet) {
  let came = 0;
  let called = 0;
  for (const lobby of fleet.lobbies.values()) {
    if (!fleet.isFresh(lobby, lobby.promise)) continue;
    for (const each of lobby.promise.today) {
      came += each.came;
      called += each.came * each.called;
    }
  }
  return came ? called / came : null;
}

export function keptOf(promise) {
  const came = promise.today.reduce((sum, each) => sum + each.came, 0);
  const called = promise.today.reduce((sum, each) => sum + each.came * each.called, 0);
  return came ? called / came : null;
}

/** The longest wait that is foreseen for any service, in minutes; null: none is. */
export function longestOf(wait) {
  const ends = wait.services.map((each) => each.high_min ?? null).filter((end) => end !== null);
  return ends.length ? Math.max(...ends) : null;
}

/** The days so far of lobbies, of that day which it is there. */
export function daysOf(fleet, lobbies) {
  const all = [...lobbies].filter((lobby) => lobby.today);
  const newest = all.map((lobby) => lobby.heard?.day ?? lobby.today.day).reduce(later, '');
  return all
    .filter((lobby) => lobby.today.day === (lobby.heard?.day ?? newest))
    .map((lobby) => lobby.today);
}

const later = (one, other) => (one > other ? one : other);
/** Where more of the lobbies than this are missing, a sum says too little. */
const THIN = 0.05;

/**
 * Add up days, step by step.
 * @returns {{at: number, ms: number, waiting: number|null, longest: number|null,
 *   share: number|null, thin: boolean}[]} each step, from the first to the last; thin: many lobbies
 *   are missing in it
 */
export function added(days) {
  const steps = new Map();
  let ms = 0;
  for (const day of days) {
    ms = day.step_s * 1000;
    const start = Date.parse(day.start);
    const spoken = day.waiting.flatMap((value, index) => (isCount(value) ? [index] : []));
    const [first, last] = [spoken[0], spoken.at(-1)];
    day.waiting.forEach((value, index) => {
      const at = start + index * ms;
      let step = steps.get(at);
      if (!step) {
        step = { at, ms, waiting: null, longest: null, came: 0, kept: 0, heard: 0, missing: 0 };
        steps.set(at, step);
      }
      if (!isCount(value)) {
        step.missing += index > first && index < last ? 1 : 0;
        return;
      }
      step.heard += 1;
      step.waiting += value;
      const longest = day.longest_min[index];
      if (isCount(longest)) step.longest = Math.max(step.longest ?? 0, longest);
      step.came += day.came[index] ?? 0;
      step.kept += day.kept[index] ?? 0;
    });
  }
  const times = [...steps.keys()].sort((one, other) => one - other);
  const found = [];
  for (let at = times[0]; at <= times.at(-1) && found.length < 200; at += ms) {
    const step = steps.get(at);
    found.push({
      at,
      ms,
      waiting: step?.waiting ?? null,
      longest: step?.longest ?? null,
      share: step?.came ? step.kept / step.came : null,
      thin: step ? step.missing > THIN * (step.heard + step.missing) : true,
    });
  }
  return found;
}

const isCount = (value) => value !== null && value !== undefined;
