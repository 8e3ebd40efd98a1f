// Keeps the session alive while somebody fills in a long form: without a request it would end after
// half an hour, and what was typed would be lost.

const EVERY = 5 * 60 * 1000;
let asked = Date.now();

addEventListener('input', () => {
  if (Date.now() - asked < EVERY) return;
  asked = Date.now();
  fetch('/healthz', { credentials: 'same-origin' }).catch(() => {});
});
