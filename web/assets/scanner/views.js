// Where in a picture to look for a code, and at what size, likeliest first.

/** Largest picture that is looked at whole, in pixels of its longer side. */
const LARGEST = 2560;

/** Rectangles of a `width` × `height` picture, each with the scale at which to look at it. */
export function views(width, height) {
  const longer = Math.max(width, height);
  const whole = Math.min(1, LARGEST / longer);
  const all = [{ x: 0, y: 0, width, height, scale: whole }];
  // Small codes in the middle: only the middle, so that contrast is judged there.
  const side = Math.round(Math.min(width, height) * 0.8);
  all.push({
    x: Math.round((width - side) / 2),
    y: Math.round((height - side) / 2),
    width: side,
    height: side,
    scale: Math.min(1, LARGEST / side),
  });
  // Noise and moiré of a screen average out at half size.
  if (longer >= 600) all.push({ x: 0, y: 0, width, height, scale: whole / 2 });
  return all;
}
