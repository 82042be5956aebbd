// What the chart of a device shows: a stretch of time, the values and the decisions in it, and how they are fetched.
import { batch, signal } from '../../../vendor/ui.mjs';
import { Problem, get, path } from '../../state/api.js';
import { serviceNow } from '../../state/clock.js';
import { LONGEST, RANGES, indexAt, moved, nearest, upTo, within, zoomed } from './span.js';

/** While somebody moves the chart nothing is asked for. */
const CALM_MS = 180;
/** The chart of a device that reports all the time is renewed this often. */
const RENEW_MS = 4000;
/** The service answers no more points, and a screen shows no more. */
const MOST_POINTS = 2000;
/** A value needs so much room to be told from its neighbours. */
const PX_EACH = 2.5;
/** Enough to find a stretch in years. */
const FEW_POINTS = 400;
/** How many decisions are marked; more could not be told from each other. */
const MOST_DECISIONS = 500;

const EMPTY = { at: [], level: [], level_min: [], level_max: [], temperature: [], temperature_max: [], power: [], step_s: 0 };

const text = (seconds) => new Date(seconds * 1000).toISOString();
export const nowSeconds = () => serviceNow() / 1000;

/** The history of one device, as far as it is looked at. */
export class Timeline {
  constructor(device) {
    this.device = device;
    this.view = signal(upTo(nowSeconds(), RANGES.day));
    /** True while the right edge goes with the clock. */
    this.follows = signal(true);
    this.series = signal(EMPTY);
    /** The oldest first. */
    this.decisions = signal([]);
    this.times = [];
    /** Where the marks begin, when there are more decisions than are marked; else null. */
    this.marksFrom = signal(null);
    this.problem = signal(null);
    this.loading = signal(true);
    this.known = signal(false);
    /** True for a device of which there never was a report. */
    this.nothing = signal(false);
    /** Rises when what failed is tried once more. */
    this.turn = signal(0);
    /** How wide the plot is, in pixels. */
    this.width = 1000;
    this.asked = 0;
    this.behind = false;
  }

  /** Shows a stretch; it stays there unless it ends now. */
  show(view) {
    const now = nowSeconds();
    const next = within(view, now);
    batch(() => {
      this.view.value = next;
      this.follows.value = next.to >= now;
    });
    this.plan(CALM_MS);
  }

  showRange(name) {
    const { from, to } = this.view.value;
    const length = RANGES[name];
    const next = this.follows.value ? upTo(nowSeconds(), length) : { from: (from + to - length) / 2, to: (from + to + length) / 2 };
    this.show(next);
    this.plan(0);
  }

  showNow() {
    const { from, to } = this.view.value;
    this.show(upTo(nowSeconds(), to - from));
    this.plan(0);
  }

  /** Goes to the last that is known, as far back as the service may know; answers false when there is nothing. */
  async showLast() {
    const length = this.view.value.to - this.view.value.from;
    let stretch = { from: nowSeconds() - LONGEST, to: nowSeconds() };
    for (;;) {
      const query = new URLSearchParams({ from: text(stretch.from), to: text(stretch.to), points: FEW_POINTS });
      const { at, level, step_s: step } = await get(`${path`devices/${this.device}/series`}?${query}`);
      const last = level.findLastIndex((one) => one != null);
      if (last < 0) return false;
      // A cell that is long is looked into, unless it is as short as what is kept of that time.
      if (step * 4 <= length || step * 2 >= stretch.to - stretch.from) {
        this.show({ from: at[last] - length * 0.8, to: at[last] + length * 0.2 });
        return true;
      }
      stretch = { from: at[last], to: Math.min(at[last] + step, nowSeconds()) };
    }
  }

  zoom(factor, at = (this.view.value.from + this.view.value.to) / 2) {
    const now = nowSeconds();
    // Whoever watches the present goes on to do so.
    const around = this.follows.value && at > this.view.value.to - (this.view.value.to - this.view.value.from) * 0.1 ? now : at;
    this.show(zoomed(this.view.value, factor, around, now));
  }

  move(share) {
    const { from, to } = this.view.value;
    this.show(moved(this.view.value, (to - from) * share, nowSeconds()));
  }

  /** Something was heard of the device: the chart follows, now and then. */
  heard() {
    const { from, to } = this.view.value;
    // What is under way is not cut off, however slow it is: it is followed by another.
    this.behind = this.loading.value;
    if (this.behind || !this.follows.value || this.timer || document.hidden) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      if (this.follows.value) this.view.value = upTo(nowSeconds(), to - from);
      this.load();
    }, Math.max(0, this.asked + RENEW_MS - performance.now()));
  }

  again() {
    this.turn.value += 1;
    this.plan(0);
  }

  /** Fetches after a moment of calm. */
  plan(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = null;
      this.load();
    }, wait);
  }

  /** Fetches what is shown and as much again on both sides, so that moving shows something at once. */
  async load() {
    this.asking?.abort();
    const asking = new AbortController();
    this.asking = asking;
    this.asked = performance.now();
    this.loading.value = true;
    const { from, to } = this.view.value;
    const half = (to - from) / 2;
    const stretch = { from: from - half, to: Math.min(to + half, nowSeconds() + 60) };
    try {
      const [series, decisions] = await Promise.all([this.getSeries(stretch, asking), this.getDecisions(stretch, asking)]);
      batch(() => {
        this.series.value = series;
        this.times = decisions.list.map((one) => one.time);
        this.decisions.value = decisions.list;
        this.marksFrom.value = decisions.cut ? decisions.list[0].time : null;
        this.problem.value = null;
        this.known.value = true;
        this.loading.value = false;
      });
      if (this.behind) this.heard();
    } catch (problem) {
      if (asking.signal.aborted) return;
      this.loading.value = false;
      if (!(problem instanceof Problem)) throw problem;
      // A device that never reported has no history: that is nothing wrong.
      if (problem.code === 'unknown_device') batch(() => (this.known.value = this.nothing.value = true));
      else this.problem.value = problem;
    }
  }

  async getSeries({ from, to }, { signal: stop }) {
    const view = this.view.value;
    const points = Math.min(MOST_POINTS, Math.max(50, Math.round((this.width / PX_EACH) * ((to - from) / (view.to - view.from)))));
    const query = new URLSearchParams({ from: text(from), to: text(to), points });
    return { ...EMPTY, ...(await get(`${path`devices/${this.device}/series`}?${query}`, { signal: stop })) };
  }

  async getDecisions({ from, to }, { signal: stop }) {
    const query = new URLSearchParams({ device: this.device, before: text(to), limit: MOST_DECISIONS });
    const { decisions, next } = await get(`decisions?${query}`, { signal: stop });
    const list = decisions.map((one) => ({ ...one, time: Date.parse(one.at) / 1000 })).reverse();
    // The one before counts until the first in the stretch.
    const first = Math.max(0, indexAt(list.map((one) => one.time), from));
    return { list: list.slice(first), cut: next != null && list.length > 0 && list[0].time > from };
  }

  /** The decision that counted at a time, or null. */
  decisionAt(time) {
    const list = this.decisions.value;
    const index = indexAt(this.times, time);
    return index < 0 ? null : list[index];
  }

  /** The decision that is nearest to a time, no further than `room` seconds; else null. */
  decisionNear(time, room) {
    const index = nearest(this.times, time);
    return index >= 0 && Math.abs(this.times[index] - time) <= room ? this.decisions.value[index] : null;
  }

  stop() {
    clearTimeout(this.timer);
    this.asking?.abort();
  }
}
