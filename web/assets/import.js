// The import page: shows how an import goes on. Without this the page answers when it is over.

const csrf = document.querySelector('meta[name="csrf-token"]').content;
const form = document.querySelector('[data-import-form]');
const shown = document.querySelector('[data-import-progress]');
const said = shown.querySelector('[data-import-said]');
const bar = shown.querySelector('progress');

form.addEventListener('submit', (event) => {
  const [file] = form.elements.namedItem('file').files;
  if (event.submitter?.value !== 'import' || file === undefined) return;
  event.preventDefault();
  run(file).catch(() => end(said.dataset.stopped));
});

/** @param {File} file */
async function run(file) {
  shown.hidden = false;
  shown.querySelector('[data-import-see]').hidden = true;
  bar.removeAttribute('value');
  running(true);
  for (const button of form.querySelectorAll('button')) button.disabled = true;
  const bytes = await file.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const key = btoa(String.fromCharCode(...digest)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
  const asked = new URLSearchParams({ mapping: new FormData(form).get('mapping') });
  if (form.elements.namedItem('waive').checked) asked.set('confirm_key', 'false');
  const answer = await fetch(`/api/v1/imports?${asked}`, {
    method: 'POST',
    headers: { 'x-csrf-token': csrf, 'idempotency-key': `sha256:${key}` },
    body: bytes,
  });
  if (!answer.ok) {
    const problem = await answer.json();
    end(problem.detail ?? problem.title);
    return;
  }
  if (answer.status === 202) {
    end(said.dataset.waits);
    running(false);
    return;
  }
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let kept = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    kept += value;
    const events = kept.split('\n\n');
    kept = events.pop();
    for (const event of events) {
      const name = /^event: ?(.*)$/m.exec(event)?.[1];
      const data = /^data: ?(.*)$/m.exec(event)?.[1];
      if (data === undefined) continue;
      const counts = JSON.parse(data);
      if (name === 'stopped') {
        end(counts.sentence ?? said.dataset.stopped);
        return;
      }
      said.textContent = said.dataset.counts.replace(/\{(\w+)\}/g, (_, one) => counts[one] ?? '');
      if (name === 'done') {
        end(`${said.dataset.done} ${said.textContent}`);
        shown.querySelector('[data-import-see]').hidden = false;
        return;
      }
    }
  }
  end(said.dataset.stopped);
}

/** Whether there is a progress to show. */
function running(is) {
  for (const part of [bar, shown.querySelector('label')]) part.hidden = !is;
}

function end(words) {
  said.textContent = words;
  bar.value = 1;
  for (const button of form.querySelectorAll('button')) button.disabled = false;
}
