// Reading what the desk tells of tickets: what a page needs to know of one, in words.

const URGENT = -1;
const RIGHT_OF_WAY = 0;
const EARLY = 2;

export function rankClass(ticket) {
  return ticket.rank[0];
}

export function isUrgent(ticket) {
  return rankClass(ticket) === URGENT;
}

/** Whether the person is called before those without an appointment. */
export function hasRightOfWay(ticket) {
  return rankClass(ticket) <= RIGHT_OF_WAY;
}

/** Why a ticket stands where it stands in the line, in a few words. */
export function turn(ticket, { words, clock }) {
  const time = clock(ticket.slot ?? ticket.rank[1]);
  if (isUrgent(ticket)) return words.t('line.urgent');
  if (!ticket.slot) return words.t('line.walk_in', { time: clock(ticket.taken) });
  if (hasRightOfWay(ticket)) return words.t('line.slot', { time });
  return words.t(rankClass(ticket) === EARLY ? 'line.early' : 'line.late', { time });
}

export function serviceText(code, { about, words }) {
  const service = about.services.find((each) => each.code === code);
  return service ? (service.text[words.language] ?? service.text[about.language] ?? code) : code;
}

export function wishText(ticket, words) {
  return (ticket.wishes ?? [])
    .map((wish) => (words.has(`wish.${wish}`) ? words.t(`wish.${wish}`) : wish))
    .join(', ');
}

/** How long somebody has waited, or had waited when called first. */
export function waited(ticket, now) {
  const until = ticket.first_called ? Date.parse(ticket.first_called) : now;
  return until === null ? null : until - Date.parse(ticket.taken);
}

export function whyText(ticket, words) {
  const why = ticket.why;
  if (!why || !words.has(`why.${why.because}`)) return '';
  const passed = why.passed ? words.count('why.passed', why.passed) : '';
  return words.t(`why.${why.because}`, { passed, others: why.waiting + 1 });
}
