// HR's form: which field gets which text, for a passport as the API takes it.

/** Field names and what goes into them: `identity.birth_date.day` -> `20`. */
export function fields(claims) {
  const all = new Map();
  const put = (name, value) => {
    const day = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value);
    const period = /^P(?:(\d+)Y)?(?:(\d+)M)?$/.exec(value);
    if (day) {
      all.set(`${name}.day`, String(Number(day[3])));
      all.set(`${name}.month`, String(Number(day[2])));
      all.set(`${name}.year`, day[1]);
    } else if (period) {
      if (period[1]) all.set(`${name}.years`, period[1]);
      if (period[2]) all.set(`${name}.months`, period[2]);
    } else {
      all.set(name, String(value));
    }
  };
  const walk = (value, name) => {
    if (value === null || typeof value !== 'object') return put(name, value);
    for (const [member, inner] of Object.entries(value)) walk(inner, `${name}.${member}`);
  };
  for (const [section, value] of Object.entries(claims)) {
    if (section !== 'core_skills') walk(value, section);
  }
  all.set('professional_registration', claims.professional_registration ? 'yes' : 'no');
  return all;
}

/** Rows of training are found by their subject, which the page has filled in. */
export async function withRows(page, claims, all = fields(claims)) {
  const rows = await page.locator('[name^="core_skills."][name$=".subject"]').evaluateAll((selects) =>
    selects.map(({ name, value }) => ({ row: name.slice(0, -'.subject'.length), subject: value })),
  );
  for (const { subject, ...skill } of claims.core_skills ?? []) {
    const { row } = rows.find((one) => one.subject === subject) ?? {};
    if (!row) throw new Error(`the form has no row for ${subject}`);
    for (const [name, value] of fields({ [row]: { ...skill, framework: undefined, attainment: undefined } })) {
      if (value !== 'undefined' && name !== 'professional_registration') all.set(name, value);
    }
  }
  return all;
}

/** Fills the form in by mouse and keys, in the order of the page. */
export async function fill(page, claims) {
  const all = await withRows(page, claims);
  const names = await page.locator('form [name]').evaluateAll((inputs) => [...new Set(inputs.map(({ name }) => name))]);
  for (const name of names) {
    const value = all.get(name);
    if (value === undefined) continue;
    all.delete(name);
    const inputs = page.locator(`[name="${name}"]:not([type=hidden])`);
    const kind = await inputs.first().evaluate((input) => {
      const folded = input.closest('details:not([open])');
      if (folded) folded.open = true;
      return input.type;
    });
    if (kind === 'radio' || kind === 'checkbox') await page.locator(`[name="${name}"][value="${value}"]`).check();
    else if (kind === 'select-one') await inputs.first().selectOption(value);
    else await inputs.first().fill(value);
  }
  if (all.size > 0) throw new Error(`the form has no field for ${[...all.keys()].join(', ')}`);
}
