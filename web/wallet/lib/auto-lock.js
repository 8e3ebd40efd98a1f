// Locks by itself: after a time without touch or key, or a time out of sight.

/** Minutes without touch or key. */
export const IDLE_MINUTES = 5;
/** Minutes out of sight. */
export const HIDDEN_MINUTES = 2;

const CHECK_EVERY = 5_000;
const SIGNS = ['pointerdown', 'keydown', 'touchstart', 'wheel'];

/** Calls `lock` when it is time, while `isOpen` says there is something to lock. */
export function autoLock({ isOpen, lock, now = () => Date.now(), page = document }) {
  let touched = now();
  let hidden = null;
  const look = () => {
    if (!isOpen()) return;
    const idle = now() - touched >= IDLE_MINUTES * 60_000;
    const away = hidden !== null && now() - hidden >= HIDDEN_MINUTES * 60_000;
    if (idle || away) lock();
  };
  const seen = () => {
    look();
    touched = now();
  };
  for (const sign of SIGNS) page.addEventListener(sign, seen, { passive: true, capture: true });
  page.addEventListener('visibilitychange', () => {
    // A hidden page's timers may sleep: what was missed is made up for when it is seen again.
    look();
    hidden = page.hidden ? now() : null;
  });
  const timer = setInterval(look, CHECK_EVERY);
  return {
    look,
    /** Counts as touched, for what takes long without a touch. */
    touch: () => {
      touched = now();
    },
    stop: () => clearInterval(timer),
  };
}
