// The camera: which one, its light, and its frames, one after the other.

/** Enough for the largest single code at arm's length, and quick to look at. */
const WANTED = { width: { ideal: 1280 }, height: { ideal: 720 } };

/** Why there is no picture: the name of a sentence of the page. */
export function reason(error) {
  switch (error?.name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'camera-refused';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'camera-none';
    case 'NotReadableError':
    case 'AbortError':
      return 'camera-busy';
    default:
      return 'camera-unknown';
  }
}

export class Camera {
  #video;
  #stream = null;
  #looking = 0;

  constructor(video) {
    this.#video = video;
  }

  static get possible() {
    return Boolean(navigator.mediaDevices?.getUserMedia);
  }

  /** Whether it may be used without a question, as far as the browser tells. */
  static async allowed() {
    try {
      return (await navigator.permissions.query({ name: 'camera' })).state === 'granted';
    } catch {
      return false;
    }
  }

  get on() {
    return this.#stream !== null;
  }

  /** Turns it on; `onEnd` is called when it is taken away. Throws what the browser throws. */
  async start(device, onEnd) {
    this.stop();
    const which = device ? { deviceId: { exact: device } } : { facingMode: { ideal: 'environment' } };
    this.#stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { ...WANTED, ...which } });
    const track = this.#track;
    track.addEventListener('ended', () => {
      if (this.#track !== track) return;
      this.stop();
      onEnd();
    });
    this.#video.srcObject = this.#stream;
    await this.#video.play();
    // Where the camera can't, it stays as it is.
    await track.applyConstraints({ advanced: [{ focusMode: 'continuous' }] }).catch(() => {});
  }

  stop() {
    this.#looking += 1;
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
    this.#video.srcObject = null;
  }

  /** Id of the camera in use, and every camera, with names. */
  async devices() {
    const all = await navigator.mediaDevices.enumerateDevices();
    const cameras = all.filter(({ kind }) => kind === 'videoinput');
    return { inUse: this.#track?.getSettings().deviceId, cameras };
  }

  get hasLight() {
    return Boolean(this.#track?.getCapabilities?.().torch);
  }

  async light(on) {
    await this.#track?.applyConstraints({ advanced: [{ torch: on }] });
  }

  /** Calls `look(time)` for frame after frame and waits for it: frames that come meanwhile are left out. */
  watch(look) {
    this.#looking += 1;
    const turn = this.#looking;
    const next = () => {
      if (turn !== this.#looking || !this.on) return;
      // A hidden page gets no frames; it goes on when it is seen again.
      if (this.#video.requestVideoFrameCallback) this.#video.requestVideoFrameCallback(frame);
      else requestAnimationFrame(frame);
    };
    const frame = async () => {
      if (turn !== this.#looking || !this.on) return;
      if (this.#video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) await look(performance.now());
      next();
    };
    next();
  }

  unwatch() {
    this.#looking += 1;
  }

  get #track() {
    return this.#stream?.getVideoTracks()[0];
  }
}
