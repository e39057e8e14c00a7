// When to draw: soon after something was heard, and a few times a second however much comes.

/** So that what comes together is drawn together. */
const GATHER_MS = 60;
const REST_MS = 400;

/** Give what asks for a round, and what has it at once. */
export function rounds(draw) {
  let timer = null;
  let drawnAt = -Infinity;

  function now() {
    clearTimeout(timer);
    timer = null;
    drawnAt = performance.now();
    draw();
  }
  function soon() {
    // Nobody looks; who comes back is shown everything at once.
    if (timer !== null || document.visibilityState === 'hidden') return;
    const rest = drawnAt + REST_MS - performance.now();
    timer = setTimeout(now, Math.max(GATHER_MS, rest));
  }
  return { now, soon };
}
