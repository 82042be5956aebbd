// A list in rows of equal height of which only those in sight are on the page, so that a thousand stay smooth.
// Arrow keys go from one to the next.
import { html, useEffect, useLayoutEffect, useMemo, useRef, useState } from '../../vendor/ui.mjs';
import { rem } from './rem.js';

/** So few are all there: nothing comes and goes while one scrolls or searches. */
const ALL = 60;
/** Rows beyond the edge of the window, so that scrolling and the keyboard find them. */
const BEYOND = 4;

/** Which rows are in sight: `[first, after the last]`. `top` is where the list begins in the window. */
export function inSight(top, windowHeight, rowHeight, rows) {
  const first = Math.max(0, Math.floor(-top / rowHeight) - BEYOND);
  const last = Math.min(rows, Math.ceil((windowHeight - top) / rowHeight) + BEYOND);
  return [Math.min(first, rows), Math.max(last, Math.min(first, rows))];
}

/** Where an arrow key leads, or null. */
export function step(key, at, count, columns) {
  const to = {
    ArrowRight: at + 1,
    ArrowLeft: at - 1,
    ArrowDown: at + columns,
    ArrowUp: at - columns,
    Home: 0,
    End: count - 1,
  }[key];
  return to === undefined || to < 0 || to >= count ? null : to;
}

function measure(box, count, columnsFor, heightRem, gap) {
  const one = rem();
  const width = box.clientWidth;
  const columns = Math.max(1, columnsFor(count, width / one));
  const pitch = heightRem * one + gap;
  const rows = Math.ceil(count / columns);
  const [first, last] = count <= ALL ? [0, rows] : inSight(box.getBoundingClientRect().top, innerHeight, pitch, rows);
  return { columns, pitch, rows, first, last };
}

const same = (a, b) => a && Object.keys(b).every((key) => a[key] === b[key]);

function useLayout(box, count, columnsFor, height, gap) {
  const [layout, setLayout] = useState(null);
  useLayoutEffect(() => {
    let frame = 0;
    const look = () => {
      frame = 0;
      const next = measure(box.current, count, columnsFor, height, gap);
      setLayout((before) => (same(before, next) ? before : next));
    };
    const soon = () => {
      frame ||= requestAnimationFrame(look);
    };
    look();
    const watch = new ResizeObserver(soon);
    watch.observe(box.current);
    addEventListener('scroll', soon, { passive: true, capture: true });
    addEventListener('resize', soon);
    return () => {
      cancelAnimationFrame(frame);
      watch.disconnect();
      removeEventListener('scroll', soon, { capture: true });
      removeEventListener('resize', soon);
    };
  }, [count, columnsFor, height, gap]);
  return layout;
}

/**
 * `item(index)` draws one, `keyOf(index)` names it. `columnsFor(count, width in rem)` says how many stand beside each other.
 * `height` of a row in rem. What takes the focus in an item is its first button or link.
 */
export function Rows({ count, columnsFor, height, gap = 10, label, item, keyOf }) {
  const box = useRef(null);
  const wanted = useRef(null);
  const layout = useLayout(box, count, columnsFor, height, gap);
  const focus = (index) => {
    const target = box.current.querySelector(`[data-at="${index}"]`)?.querySelector('button, a');
    target?.focus();
    return target != null;
  };
  useEffect(() => {
    if (wanted.current != null && focus(wanted.current)) wanted.current = null;
  });
  const onKeyDown = (event) => {
    const at = event.target.closest('[data-at]');
    if (!at || !layout || event.ctrlKey || event.altKey || event.metaKey) return;
    const to = step(event.key, Number(at.dataset.at), count, layout.columns);
    if (to == null) return;
    event.preventDefault();
    const row = Math.floor(to / layout.columns);
    if (row >= layout.first && row < layout.last) {
      focus(to);
      return;
    }
    wanted.current = to;
    scrollTo({ top: scrollY + box.current.getBoundingClientRect().top + (row - 1) * layout.pitch, behavior: 'instant' });
  };
  const { columns = 1, pitch = 0, rows = 0, first = 0, last = 0 } = layout ?? {};
  // While one scrolls, what stays in sight is not drawn again.
  const drawn = useMemo(() => new Map(), [item, count]);
  const draw = (n) => {
    if (!drawn.has(n)) {
      drawn.set(n, html`<li key=${keyOf(n)} class="rows-item" data-at=${n} aria-setsize=${count} aria-posinset=${n + 1}>${item(n)}</li>`);
    }
    return drawn.get(n);
  };
  const some = [];
  for (let n = first * columns; n < Math.min(count, last * columns); n += 1) some.push(draw(n));
  return html`<ul ref=${box} class="rows" aria-label=${label} onKeyDown=${onKeyDown} style=${{
    gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
    gridAutoRows: `${height}rem`,
    gap: `${gap}px`,
    paddingTop: `${first * pitch}px`,
    paddingBottom: `${Math.max(0, rows - last) * pitch}px`,
  }}>${some}</ul>`;
}
