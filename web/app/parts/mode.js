// Who holds a switch, in words, and how to ask for the same again.
import { t, pct, when } from '../words.js';

/** "Off until 18:00", "Held at 60 % until unplugged". `now` in milliseconds, `zone` the station's. */
export function modeWords(mode, now, zone) {
  const words = t(`stations.mode_${mode.mode}`, { level: pct(mode.level ?? 0) });
  if (mode.until_unplugged) return t('stations.until_unplugged', { mode: words });
  if (mode.until) return t('stations.until', { mode: words, time: when(mode.until, now, zone) });
  return words;
}

/** The wish that brings a mode back. One that has ended meanwhile is `auto`. */
export function wishOf(mode, now) {
  if (mode.mode === 'auto' || (mode.until && Date.parse(mode.until) <= now)) return { mode: 'auto' };
  const wish = { mode: mode.mode };
  if (mode.level != null) wish.level = mode.level;
  if (mode.until_unplugged) wish.until = 'unplugged';
  else if (mode.until) wish.until = mode.until;
  return wish;
}
