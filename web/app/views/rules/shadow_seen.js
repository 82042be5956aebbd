// What runs in shadow. Asked for once; that nothing does stays known until an event tells otherwise. While something runs, what
// it came to is asked for again and again.
import { effect, signal, useEffect } from '../../../vendor/ui.mjs';
import { calmly } from '../../state/calm.js';
import { link, onEvent } from '../../state/live.js';
import { shadow } from './store.js';

const LOOK_MS = 10_000;
const PAUSE_MS = 1000;
const TELLING = ['shadow_started', 'shadow_waits', 'config_loaded', 'snapshot'];

/** What runs in shadow; null: nothing; undefined: that must be asked. */
const seen = signal(undefined);

/** Says what an answer told of it. */
export function showShadow(told) {
  seen.value = told;
}

onEvent((code) => {
  if (code === 'shadow_ended') seen.value = null;
  else if (code === 'shadow_started') seen.value = seen.peek() ?? undefined;
});

// What happens while nothing is heard is not told afterwards.
effect(() => {
  if (link.value.state === 'lost') seen.value = seen.peek() ?? undefined;
});

/** What runs in shadow, looked at again while it is shown; null while nothing is known of it. */
export function useShadow() {
  useEffect(() => {
    const gone = new AbortController();
    const look = calmly(async () => {
      if (seen.peek() === null) return;
      await shadow({ signal: gone.signal }).then(showShadow, () => {});
      if (seen.peek()) look.soon(LOOK_MS);
    }, PAUSE_MS);
    look.soon();
    const stop = onEvent((code) => TELLING.includes(code) && look.soon());
    return () => {
      gone.abort();
      look.stop();
      stop();
    };
  }, []);
  return seen.value ?? null;
}
