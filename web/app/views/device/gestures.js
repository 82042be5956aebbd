// How the chart is moved: the wheel, a drag, two fingers, and keys.
import { indexAt, moved, nearest, pinched } from './span.js';
import { nowSeconds } from './timeline.js';

/** A click that moved no more than this is a click. */
const STILL_PX = 5;
const FINGER_PX = 12;

/**
 * Listens on the plot; answers how to stop. A plain wheel scrolls the page until the chart has the focus. `onClick` is called
 * with the share of the height, the time, and how much time a finger covers.
 */
export function gestures(chart, timeline, onClick) {
  const over = chart.over;
  const fingers = new Map();
  let start = null;
  const stop = new AbortController();
  const on = (name, act, more) => over.addEventListener(name, act, { signal: stop.signal, ...more });
  const share = (event) => (event.clientX - over.getBoundingClientRect().left) / over.clientWidth;
  const timeAt = (part, { from, to } = timeline.view.value) => from + part * (to - from);
  const hold = () => {
    start = { view: timeline.view.value, fingers: [...fingers.values()].map((part) => ({ part, at: timeAt(part) })) };
  };

  on('wheel', (event) => {
    const focused = chart.root.parentElement.contains(document.activeElement);
    const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
    if (!sideways && !event.ctrlKey && !event.metaKey && !focused) return;
    event.preventDefault();
    if (sideways) timeline.move(event.deltaX / over.clientWidth);
    else timeline.zoom(Math.exp(Math.max(-120, Math.min(120, event.deltaY)) * 0.003), timeAt(share(event)));
  }, { passive: false });

  on('pointerdown', (event) => {
    if (event.button !== 0) return;
    fingers.set(event.pointerId, share(event));
    hold();
    start.x = event.clientX;
  });
  // At most one change of the chart per frame.
  let frame = 0;
  const follow = () => {
    frame = 0;
    const parts = [...fingers.values()];
    if (!start || parts.length === 0) return;
    if (parts.length === 2) {
      const view = pinched(start.fingers[0].at, start.fingers[1].at, parts[0], parts[1], nowSeconds())
        ?? pinched(start.fingers[1].at, start.fingers[0].at, parts[1], parts[0], nowSeconds());
      if (view) timeline.show(view);
    } else if (start.drags) {
      const { from, to } = start.view;
      timeline.show(moved(start.view, (start.fingers[0].part - parts[0]) * (to - from), nowSeconds()));
    }
  };
  on('pointermove', (event) => {
    if (!fingers.has(event.pointerId) || !start) return;
    // A button that was let go outside the plot.
    if (event.buttons === 0) {
      lift(event);
      return;
    }
    fingers.set(event.pointerId, share(event));
    if (!start.drags && Math.abs(event.clientX - start.x) > STILL_PX) {
      // Only now, so that a click still reaches what is under it.
      over.setPointerCapture(event.pointerId);
      start.drags = true;
    }
    frame ||= requestAnimationFrame(follow);
  });
  const lift = (event) => {
    if (!fingers.delete(event.pointerId)) return;
    if (fingers.size) {
      hold();
      start.x = event.clientX;
    } else start = null;
  };
  on('pointerup', (event) => {
    const still = start && !start.drags && fingers.size === 1;
    if (frame) follow();
    const { top, height } = over.getBoundingClientRect();
    const { from, to } = timeline.view.value;
    lift(event);
    if (still) onClick((event.clientY - top) / height, timeAt(share(event)), ((to - from) * FINGER_PX) / over.clientWidth);
  });
  on('pointercancel', lift);
  on('dblclick', (event) => timeline.zoom(0.5, timeAt(share(event))));
  return () => {
    stop.abort();
    cancelAnimationFrame(frame);
  };
}

/** The time of the next point, decision or edge, by key; null: the key means nothing there. */
function target({ key, shiftKey }, timeline, here) {
  const series = timeline.series.value;
  const { from, to } = timeline.view.value;
  const step = key === 'ArrowLeft' ? -1 : 1;
  if (key === 'Home') return from;
  if (key === 'End') return Math.min(to, series.at.at(-1) ?? to);
  if (shiftKey) {
    const { times } = timeline;
    const index = indexAt(times, here);
    const next = step > 0 ? index + 1 : times[index] < here ? index : index - 1;
    return times[next] ?? null;
  }
  const index = nearest(series.at, here);
  return series.at[Math.min(series.at.length - 1, Math.max(0, index + step))] ?? null;
}

/** Keys: arrows go from value to value, with Shift from decision to decision; Enter opens it; + - zoom; Page keys move. */
export function keys(event, { timeline, cursor, point, onOpen }) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { from, to } = timeline.view.value;
  const here = cursor.value ?? Math.min(to, timeline.series.value.at.at(-1) ?? to);
  if (['ArrowLeft', 'ArrowRight', 'Home', 'End'].includes(event.key)) {
    const at = target(event, timeline, here);
    if (at != null) {
      if (at < from || at > to) timeline.show(moved({ from, to }, at - (from + to) / 2, nowSeconds()));
      point(at);
    }
  } else if (event.key === '+' || event.key === '=') timeline.zoom(0.5, here);
  else if (event.key === '-') timeline.zoom(2, here);
  else if (event.key === 'PageUp') timeline.move(-0.5);
  else if (event.key === 'PageDown') timeline.move(0.5);
  else if (event.key === 'Enter') {
    const decision = timeline.decisionAt(here);
    if (decision) onOpen(decision);
  } else return;
  event.preventDefault();
}
