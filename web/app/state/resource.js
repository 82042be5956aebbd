// Something from the API for a view: `{data, problem, loading, again}`.
import { useCallback, useEffect, useRef, useState } from '../../vendor/ui.mjs';
import { Problem, get } from './api.js';
import { calmly } from './calm.js';

const PAUSE_MS = 500;

/**
 * Asks for `where` when it changes, and again whenever `again` is called: one question at a time, `pause` ms apart. What was there
 * stays until the answer comes.
 */
export function useResource(where, pause = PAUSE_MS) {
  const [state, setState] = useState({ data: null, problem: null, loading: true });
  const asking = useRef(null);
  useEffect(() => {
    if (where == null) return undefined;
    const gone = new AbortController();
    asking.current = calmly(async () => {
      setState((before) => (before.loading ? before : { ...before, loading: true }));
      try {
        const data = await get(where, { signal: gone.signal });
        setState({ data, problem: null, loading: false, of: where });
      } catch (problem) {
        if (gone.signal.aborted) return;
        if (!(problem instanceof Problem)) throw problem;
        setState((before) => ({ data: before.of === where ? before.data : null, problem, loading: false, of: where }));
      }
    }, pause);
    asking.current.soon();
    return () => {
      gone.abort();
      asking.current.stop();
    };
  }, [where, pause]);
  const again = useCallback(() => asking.current?.soon(), []);
  return { ...state, again };
}
