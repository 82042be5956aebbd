// Values of the history in words.
import { n as number, pct, t } from '../../words.js';
import { reasonWords } from '../stations/say.js';

/** The level of a point in words, with the lowest and highest where it stands for more than one report. */
export function levelWords(series, n) {
  const [level, low, high] = [series.level[n], series.level_min[n], series.level_max[n]];
  if (level == null) return t('device.not_known');
  if (low == null || high == null || Math.round(high) - Math.round(low) < 1) return pct(level);
  return t('device.level_between', { level: pct(level), low: number(low), high: number(high) });
}

/** Whether the port had power, in words. */
export function powerWords(share) {
  if (share == null) return t('device.not_known');
  if (share <= 0) return t('device.power_off');
  return share >= 1 ? t('device.power_on') : t('device.power_part', { share: pct(share * 100) });
}

/** Why it was decided so, where the port had power for a share of the time. */
export const decidedWords = (decision, share) => reasonWords(decision, share == null ? null : share > 0 ? 'on' : 'off');
