// Showing: which host, what for, what they will see and why; then the code.

import { button, choices, field, h, inset, link, paragraph, tag, title } from '../lib/dom.js';
import * as presenting from '../lib/present.js';
import { standing } from '../lib/status-words.js';
import { CHECKS, day, label, plain } from '../lib/words.js';
import { showCode } from './code.js';
import { now } from './parts.js';

const DESK_CODE = /^[0-9]{6}$/;

export async function show(app, id) {
  const { t, wallet, registry } = app;
  const passports = await wallet.passports();
  const one = passports.find((found) => found.id === id) ?? passports[0];
  if (!one) return { title: t.show.title, content: [title(t.show.title), paragraph(t.show.none), link(t.home.receive, '#receive', 'nhsuk-button')] };
  const trust = await registry.atHand();
  const how = standing(one, now(), t);
  const blocked = one.claims.exp <= now() ? t.show.expired : how.usable ? null : t.show.notUsable;
  const hosts = trust?.hosts ?? [];
  const head = [
    link(t.back, '#home', 'nhsuk-back-link'),
    title(t.show.title),
    passports.length > 1 ? paragraph(`${t.show.which}: ${one.name ?? plain(one.type)}, ${day(one.claims.exp)}`) : null,
  ];
  if (blocked) return { title: t.show.title, content: [...head, inset(paragraph(blocked))] };
  if (hosts.length === 0) return { title: t.show.title, content: [...head, inset(paragraph(t.show.noHosts))] };

  const rest = h('div');
  const remembered = app.lastHost;
  const select = h(
    'select',
    { id: 'host', class: 'nhsuk-select' },
    h('option', { value: '' }, t.show.hostChoose),
    hosts.map(({ ods, name }) => h('option', { value: ods, selected: ods === remembered }, `${plain(name)} (${plain(ods)})`)),
  );
  const chosen = async () => {
    const host = hosts.find(({ ods }) => ods === select.value);
    app.lastHost = select.value;
    rest.replaceChildren();
    if (host) await placementPart(app, one, host, rest);
  };
  select.addEventListener('change', () => app.guard(chosen()));
  return {
    title: t.show.title,
    content: [
      ...head,
      trust.expired ? inset(paragraph(t.show.oldRegistry(day(trust.fetchedAt)))) : null,
      h(
        'div',
        { class: 'nhsuk-form-group' },
        h('label', { class: 'nhsuk-label nhsuk-label--m', for: 'host' }, t.show.host),
        select,
      ),
      rest,
    ],
    shown: () => app.guard(chosen()),
  };
}

async function placementPart(app, one, host, room) {
  const { t, vc } = app;
  const wait = h('p', { role: 'status' }, t.show.loading);
  room.replaceChildren(wait);
  const group = one.claims.assignment?.staff_group ?? 'ANY';
  const { own, list } = await presenting.placements(vc, host, group);
  if (!wait.isConnected) return;
  if (list.length === 0) return room.replaceChildren(inset(paragraph(t.show.noPlacements)));
  const rest = h('div');
  const kinds = choices({
    name: 'kind',
    legend: t.show.for,
    items: list.map((item) => ({ value: item.kind, label: plain(item.title), checked: item.kind === app.lastKind })),
  });
  const chosen = async () => {
    app.lastKind = kinds.value;
    rest.replaceChildren(h('p', { role: 'status' }, t.show.loading));
    const asked = await presenting.requirement(vc, host, kinds.value, group);
    if (!asked || asked.kind !== kinds.value) return rest.replaceChildren(inset(paragraph(t.show.noPlacements)));
    preview(app, one, host, asked, rest);
  };
  for (const input of kinds.inputs) input.addEventListener('change', () => app.guard(chosen()));
  room.replaceChildren(kinds.group, own ? '' : inset(paragraph(t.show.shipped)), rest);
  if (kinds.value) await chosen();
}

function preview(app, one, host, asked, room) {
  const { t } = app;
  const { shown, missing } = presenting.plan(one.credential, asked.asked);
  if (shown.length === 0) return room.replaceChildren(inset(paragraph(t.show.nothing)));
  const names = new Set(shown.map(({ path }) => path[0]));
  const hidden = CHECKS.filter((name) => one.claims[name] && !names.has(name)).map((name) => label([name]));
  const desk = field({
    id: 'desk-code',
    label: t.show.deskCode,
    hint: t.show.deskCodeHint,
    inputmode: 'numeric',
    autocomplete: 'off',
    maxlength: 6,
    class: 'nhsuk-input nhsuk-input--width-5 wallet-digits-input',
  });
  const submit = async (event) => {
    event.preventDefault();
    const deskCode = desk.input.value.trim();
    const fault = deskCode && !DESK_CODE.test(deskCode);
    if (fault) desk.group.closest('details').open = true;
    desk.say(fault ? t.show.deskCodeFault : null);
    if (fault) return;
    const key = { pair: await app.vault.key(one.id), alg: one.alg };
    await showCode(app, { one, host, asked, shown, deskCode, key });
  };
  room.replaceChildren(
    h('h2', { class: 'nhsuk-heading-m' }, t.show.sees(plain(host.name))),
    h(
      'ul',
      { class: 'wallet-asked' },
      shown.map(({ path, why }) => h('li', {}, h('strong', {}, path.length > 1 ? label(path) : label([path[0]])), h('p', { class: 'nhsuk-hint' }, plain(why)))),
      h('li', {}, h('strong', {}, t.show.always), h('p', { class: 'nhsuk-hint' }, t.show.alwaysWhat)),
    ),
    hidden.length > 0 ? paragraph(t.show.notSeen(t.and(hidden))) : '',
    missing.length > 0
      ? inset(paragraph(t.show.missing), h('ul', {}, missing.map(({ path }) => h('li', {}, label(path), ' ', tag(t.no, 'yellow')))))
      : '',
    asked.own ? '' : inset(paragraph(t.show.shipped)),
    h(
      'form',
      { onsubmit: (event) => app.guard(submit(event)), novalidate: true },
      h(
        'details',
        { class: 'nhsuk-details' },
        h('summary', { class: 'nhsuk-details__summary' }, h('span', { class: 'nhsuk-details__summary-text' }, t.show.deskCodeOpen)),
        h('div', { class: 'nhsuk-details__text' }, desk.group),
      ),
      h('button', { class: 'nhsuk-button', type: 'submit' }, t.show.start),
    ),
  );
}
