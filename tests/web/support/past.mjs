// Writes a past into the history of a service that does not run, as an older program would have left it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

// Python comes with a SQLite on every Debian; Debian's node has none.
const WRITE = `
import json, sqlite3, sys
folder, reports = sys.argv[1], json.load(sys.stdin)
with sqlite3.connect(folder) as db:
    first = db.execute("SELECT max(n) FROM (SELECT max(n) n FROM reports UNION SELECT max(n) FROM decisions UNION SELECT max(n) FROM switches UNION SELECT max(n) FROM events)").fetchone()[0] or 0
    db.executemany(
        "INSERT INTO reports (n, station, port, device, at, measured_at, level, charging, temperature) VALUES (?, 'demo', ?, ?, ?, ?, ?, ?, ?)",
        [(first + n, r["port"], r["device"], r["at"] * 10**9, r["at"] * 10**9, r["level"], r["charging"], r["temperature"]) for n, r in enumerate(reports, 1)])
`;

/** `reports` are `{device, port, at (epoch seconds), level, charging, temperature}`, the oldest first. */
export async function writePast(folder, reports) {
  const child = spawn('python3', ['-c', WRITE, join(folder, 'history.db')], { stdio: ['pipe', 'inherit', 'inherit'] });
  child.stdin.end(JSON.stringify(reports));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`the past cannot be written: ${code}`);
}

/**
 * Reports each `every` seconds from `from` to `to` (epoch seconds), with a battery that goes up and down, but none in
 * `holes`, which are pairs of times.
 */
export function past({ device, port, from, to, every, holes = [] }) {
  const reports = [];
  for (let at = from; at < to; at += every) {
    if (holes.some(([begin, end]) => at >= begin && at < end)) continue;
    const phase = (at / 3600) % 24;
    const up = phase >= 12;
    reports.push({ device, port, at, level: Math.round(20 + 5 * (up ? phase - 12 : 12 - phase)), charging: up ? 1 : 0, temperature: 24 + (up ? 8 : 0) });
  }
  return reports;
}
