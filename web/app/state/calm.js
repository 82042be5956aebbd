// Asks again when something happened, however much happens: one question at a time, with a pause between two, and none while
// nobody looks.

const page = globalThis.document;

/**
 * `ask` may answer a promise. `soon(wait)` wants an answer: at once, or after `wait` ms, but `pause` ms after the last question at
 * the earliest; what is wanted meanwhile becomes one question. `stop()` ends it.
 */
export function calmly(ask, pause) {
  let timer = null;
  let due = Infinity;
  let last = -Infinity;
  let busy = false;
  let over = false;

  const plan = () => {
    clearTimeout(timer);
    if (due === Infinity || busy || over || page?.hidden) return;
    timer = setTimeout(run, Math.max(0, due - performance.now()));
  };
  const run = async () => {
    due = Infinity;
    busy = true;
    last = performance.now();
    try {
      await ask();
    } finally {
      busy = false;
      plan();
    }
  };
  page?.addEventListener('visibilitychange', plan);
  return {
    soon(wait = 0) {
      due = Math.min(due, Math.max(performance.now() + wait, last + pause));
      plan();
    },
    stop() {
      over = true;
      clearTimeout(timer);
      page?.removeEventListener('visibilitychange', plan);
    },
  };
}
