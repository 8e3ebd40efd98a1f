// Elements without markup: what comes from outside only ever becomes text.

const SVG = 'http://www.w3.org/2000/svg';

/** An element with attributes and children; `on…` takes a listener, a null child is left out. */
export function h(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

export const paragraph = (text, kind = '') => h('p', { class: kind || null }, text);

export const button = (text, onclick, kind = '') =>
  h('button', { type: 'button', class: `nhsuk-button ${kind}`.trim(), onclick }, text);

export const link = (text, href, kind = '') => h('a', { href, class: kind || null }, text);

/** A heading that takes the focus when its page is shown. */
export const title = (text) => h('h1', { tabindex: '-1', class: 'nhsuk-heading-l' }, text);

export const tag = (text, colour) =>
  h('strong', { class: `nhsuk-tag ${colour ? `nhsuk-tag--${colour}` : ''}`.trim() }, text);

/** Terms and what stands beside them. */
export function summary(rows) {
  return h(
    'dl',
    { class: 'nhsuk-summary-list' },
    rows
      .filter(Boolean)
      .map(([term, value]) =>
        h(
          'div',
          { class: 'nhsuk-summary-list__row' },
          h('dt', { class: 'nhsuk-summary-list__key' }, term),
          h('dd', { class: 'nhsuk-summary-list__value' }, value),
        ),
      ),
  );
}

/** A box that tells of trouble, with what to do; it is announced. */
export function trouble(heading, ...what) {
  return h(
    'div',
    { class: 'nhsuk-error-summary', role: 'alert', tabindex: '-1' },
    h('h2', { class: 'nhsuk-error-summary__title' }, heading),
    h('div', { class: 'nhsuk-error-summary__body' }, what.map((text) => (typeof text === 'string' ? paragraph(text) : text))),
  );
}

export const inset = (...children) => h('div', { class: 'nhsuk-inset-text' }, children);

/** One field with label, hint and room for a fault. */
export function field({ id, label, hint, value = '', ...attributes }) {
  const input = h('input', {
    id,
    name: id,
    class: 'nhsuk-input',
    type: 'text',
    value,
    'aria-describedby': hint ? `${id}-hint` : null,
    ...attributes,
  });
  const fault = h('p', { id: `${id}-fault`, class: 'nhsuk-error-message' });
  fault.hidden = true;
  const group = h(
    'div',
    { class: 'nhsuk-form-group' },
    h('label', { class: 'nhsuk-label', for: id }, label),
    hint ? h('div', { id: `${id}-hint`, class: 'nhsuk-hint' }, hint) : null,
    fault,
    input,
  );
  return {
    group,
    input,
    /** Shows a fault, or none. */
    say(text) {
      fault.hidden = !text;
      fault.textContent = text ?? '';
      group.classList.toggle('nhsuk-form-group--error', Boolean(text));
      input.classList.toggle('nhsuk-input--error', Boolean(text));
      const describes = [hint && `${id}-hint`, text && `${id}-fault`].filter(Boolean).join(' ');
      if (describes) input.setAttribute('aria-describedby', describes);
      else input.removeAttribute('aria-describedby');
      if (text) input.setAttribute('aria-invalid', 'true');
      else input.removeAttribute('aria-invalid');
      if (text) input.focus();
    },
  };
}

/** Radios or checkboxes: `[{value, label, hint?, checked?}]`. */
export function choices({ name, legend, items, kind = 'radios', hint }) {
  const type = kind === 'radios' ? 'radio' : 'checkbox';
  const one = kind === 'radios' ? 'radio' : 'checkbox';
  const fault = h('p', { id: `${name}-fault`, class: 'nhsuk-error-message' });
  fault.hidden = true;
  const inputs = [];
  const group = h(
    'div',
    { class: 'nhsuk-form-group' },
    h(
      'fieldset',
      { class: 'nhsuk-fieldset', 'aria-describedby': hint ? `${name}-hint` : null },
      h('legend', { class: 'nhsuk-fieldset__legend nhsuk-fieldset__legend--m' }, legend),
      hint ? h('div', { id: `${name}-hint`, class: 'nhsuk-hint' }, hint) : null,
      fault,
      h(
        'div',
        { class: `nhsuk-${kind}` },
        items.map((item, index) => {
          const id = `${name}-${index}`;
          const input = h('input', {
            type,
            id,
            name,
            value: item.value,
            checked: item.checked ?? false,
            class: `nhsuk-${kind}__input`,
            'aria-describedby': item.hint ? `${id}-hint` : null,
          });
          inputs.push(input);
          return h(
            'div',
            { class: `nhsuk-${kind}__item` },
            input,
            h('label', { class: `nhsuk-label nhsuk-${kind}__label`, for: id }, item.label),
            item.hint ? h('div', { id: `${id}-hint`, class: `nhsuk-hint nhsuk-${kind}__hint` }, item.hint) : null,
          );
        }),
      ),
    ),
  );
  group.dataset.kind = one;
  return {
    group,
    inputs,
    get value() {
      return inputs.find(({ checked }) => checked)?.value ?? null;
    },
    say(text) {
      fault.hidden = !text;
      fault.textContent = text ?? '';
      group.classList.toggle('nhsuk-form-group--error', Boolean(text));
      if (text) inputs[0]?.focus();
    },
  };
}
