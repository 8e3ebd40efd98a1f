// Asks the service about a code, and again while the code is fresh when the network or the service
// fails. The same scan session gets the same answer, so asking twice does no harm.

/** A code is taken for 90 seconds after the wallet made it, and it is renewed every 30. */
export const FRESH = 50_000;
const PATIENCE = 10_000;
const PAUSES = [500, 1000, 2000, 4000];

/**
 * `{ kind, html? }`: `verdict` or `refused` with what to show; `signed-out`; `page-old`; `unreachable`,
 * `busy` when the code's time ran out on it; `failed`.
 */
export async function ask(address, fields, { seenAt, onRetry = () => {}, world = globalThis }) {
  let failed = 'unreachable';
  for (let turn = 0; ; turn += 1) {
    const answer = await once(address, fields, world);
    if (!answer.again) return answer;
    failed = answer.kind;
    const pause = Math.max(answer.after ?? 0, PAUSES[Math.min(turn, PAUSES.length - 1)]);
    if (world.performance.now() + pause - seenAt > FRESH) return { kind: failed };
    onRetry(failed);
    await new Promise((resolve) => {
      world.setTimeout(resolve, pause);
    });
  }
}

async function once(address, fields, world) {
  let response;
  try {
    response = await world.fetch(address, {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers: { 'x-fragment': 'verdict' },
      redirect: 'manual',
      credentials: 'same-origin',
      cache: 'no-store',
      referrerPolicy: 'same-origin',
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (response.headers.has('x-fragment')) {
      return { kind: response.ok ? 'verdict' : 'refused', html: await response.text() };
    }
  } catch {
    return { kind: 'unreachable', again: true };
  }
  // To the sign-in page.
  if (response.type === 'opaqueredirect' || response.status === 401) return { kind: 'signed-out' };
  if (response.status === 403) return { kind: 'page-old' };
  if ([429, 502, 503, 504].includes(response.status)) {
    const after = Number(response.headers.get('retry-after')) * 1000;
    return { kind: 'busy', again: true, after: Number.isFinite(after) ? Math.min(after, 10_000) : 0 };
  }
  return { kind: 'failed' };
}
