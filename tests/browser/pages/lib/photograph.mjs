// Pictures for docs/tour.md.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Few colours make small files, and pages have few. */
function shrink(picture, out) {
  const filter = 'split[a][b];[a]palettegen=max_colors=64:stats_mode=full[p];[b][p]paletteuse=dither=none';
  const made = spawnSync('ffmpeg', ['-hide_banner', '-loglevel', 'error', '-y', '-i', picture, '-vf', filter, out]);
  if (made.status !== 0) throw new Error(String(made.stderr));
}

/** A desk's screen. */
export const DESK = { viewport: { width: 1100, height: 880 } };

/** What takes a picture of somebody's page, by its name in the tour. */
export function photographer(network, report) {
  mkdirSync(network.tour, { recursive: true });
  const raw = join(network.folder, 'raw.png');
  return async ({ page }, name, more = {}) => {
    await page.evaluate(() => document.activeElement?.blur());
    await page.screenshot({ path: raw, ...more });
    const out = join(network.tour, `${name}.png`);
    rmSync(out, { force: true });
    shrink(raw, out);
    report.check(name, true);
  };
}
