// A camera's film (.y4m) made of pictures: black first, so that the moment the code comes into view
// is known, then the pictures in turn.
import { spawnSync } from 'node:child_process';
import { renameSync } from 'node:fs';

const [WIDTH, HEIGHT, RATE] = [1280, 720, 20];

function ffmpeg(args) {
  const { status, stderr } = spawnSync('ffmpeg', ['-hide_banner', '-loglevel', 'error', '-y', ...args]);
  if (status !== 0) throw new Error(`ffmpeg: ${stderr}`);
}

/** `pictures`: PNG files, each shown for `each` seconds after `black` seconds. */
export function film(out, pictures, { black = 1, each = 1.5 } = {}) {
  const inputs = [];
  const dark = `color=black:s=${WIDTH}x${HEIGHT}:r=${RATE}:d=${Math.max(black, 0.1)}`;
  inputs.push('-f', 'lavfi', '-i', dark);
  for (const picture of pictures) inputs.push('-loop', '1', '-framerate', String(RATE), '-t', String(each), '-i', picture);
  const fit = pictures.map(
    (_, at) =>
      `[${at + 1}:v]scale=${WIDTH}:${HEIGHT}:force_original_aspect_ratio=decrease,` +
      `pad=${WIDTH}:${HEIGHT}:(ow-iw)/2:(oh-ih)/2:color=gray,setsar=1,format=yuv420p[p${at}]`,
  );
  const parts = ['[d]', ...pictures.map((_, at) => `[p${at}]`)].join('');
  const graph = `[0:v]setsar=1,format=yuv420p[d];${fit.map((one) => `${one};`).join('')}${parts}concat=n=${pictures.length + 1}:v=1[v]`;
  const making = `${out}.making.y4m`;
  ffmpeg([...inputs, '-filter_complex', graph, '-map', '[v]', '-r', String(RATE), '-pix_fmt', 'yuv420p', making]);
  renameSync(making, out);
  return out;
}

/** Nothing to see yet. */
export function darkness(out) {
  return film(out, [], { black: 1 });
}

/**
 * Makes every page of a browser session note when a bright picture first fills the middle of its
 * video (`inView`), and when something first matches `selector` (`shown`), by its own clock.
 */
export function timeViews(context, selector) {
  return context.addInitScript((selector) => {
    const times = {};
    globalThis.cameraTimes = times;
    const watch = (video) => {
      const canvas = new OffscreenCanvas(8, 8);
      const pixels = canvas.getContext('2d', { willReadFrequently: true });
      const frame = (now) => {
        const { videoWidth: w, videoHeight: h } = video;
        pixels.drawImage(video, w / 4, h / 4, w / 2, h / 2, 0, 0, 8, 8);
        const { data } = pixels.getImageData(0, 0, 8, 8);
        const light = data.filter((_, at) => at % 4 === 0).reduce((sum, value) => sum + value, 0) / 64;
        if (light > 60) times.inView ??= now;
        else {
          times.sawDark = true;
          video.requestVideoFrameCallback(frame);
        }
      };
      video.requestVideoFrameCallback(frame);
    };
    let watched = false;
    new MutationObserver(() => {
      const video = document.querySelector('video');
      if (video && !watched) {
        watched = true;
        watch(video);
      }
      if (!times.shown && document.querySelector(selector)) {
        requestAnimationFrame((now) => {
          times.shown ??= now;
        });
      }
    }).observe(document, { subtree: true, childList: true });
  }, selector);
}

/** Milliseconds from the code in view to `selector`; the film must have begun dark. */
export async function timeToSee(page) {
  const { inView, shown, sawDark } = await page.evaluate(() => globalThis.cameraTimes);
  if (!sawDark) throw new Error('the code was in view before the camera was watched');
  return Math.round(shown - inView);
}
