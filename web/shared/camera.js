// The camera: opened, read frame by frame, closed.

/** Longest side of a frame that is decoded: more pixels cost time and read no better. */
const MAX_SIDE = 1280;

/** Why there is no camera: `refused`, `none`, `busy` or `unsupported`. */
export class CameraError extends Error {
  constructor(reason, cause) {
    super(`no camera: ${reason}`, { cause });
    this.reason = reason;
  }
}

/** Starts the rear camera, or any, into `video`. */
export async function openCamera(video) {
  if (!navigator.mediaDevices?.getUserMedia) throw new CameraError('unsupported');
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: { ideal: 'environment' }, width: { ideal: 1280 }, height: { ideal: 720 } },
    });
  } catch (error) {
    const reasons = { NotAllowedError: 'refused', SecurityError: 'refused', NotFoundError: 'none' };
    throw new CameraError(reasons[error.name] ?? 'busy', error);
  }
  video.muted = true;
  video.playsInline = true;
  video.srcObject = stream;
  await video.play();
  return stream;
}

export function closeCamera(stream, video) {
  for (const track of stream?.getTracks() ?? []) track.stop();
  if (video) video.srcObject = null;
}

/**
 * Decodes frame after frame, one at a time, and gives `onTexts` what each shows. Returns what stops
 * it.
 */
export function readFrames(video, decoder, onTexts) {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  let stopped = false;

  const next = () => {
    if (stopped) return;
    if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(look);
    else requestAnimationFrame(look);
  };
  const look = async () => {
    const { videoWidth: width, videoHeight: height } = video;
    if (stopped || !width || !height) return next();
    const scale = Math.min(1, MAX_SIDE / Math.max(width, height));
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    try {
      const texts = await decoder.frame(context.getImageData(0, 0, canvas.width, canvas.height));
      if (!stopped && texts.length > 0) onTexts(texts);
    } catch {
      // One frame that can't be read is followed by the next.
    }
    return next();
  };
  next();
  return () => {
    stopped = true;
  };
}
