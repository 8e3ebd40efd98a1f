// Passports as rows of a CSV file, under the template's headings.

function flat(prefix, value, row) {
  if (Array.isArray(value) && value.every((item) => typeof item === 'object')) {
    value.forEach((item, at) => flat(`${prefix}.${at + 1}`, item, row));
  } else if (Array.isArray(value)) {
    row.set(prefix, value.join(';'));
  } else if (typeof value === 'object') {
    for (const [name, inner] of Object.entries(value)) flat(prefix ? `${prefix}.${name}` : name, inner, row);
  } else {
    row.set(prefix, String(value));
  }
}

/** `people`: claims as the API takes them, all with the same fields. */
export function csv(people) {
  const rows = people.map(({ assurance: _, ...claims }) => {
    const row = new Map();
    flat('', claims, row);
    return row;
  });
  const headings = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  const cell = (text = '') => `"${text.replaceAll('"', '""')}"`;
  const lines = rows.map((row) => headings.map((heading) => cell(row.get(heading))).join(','));
  return `${headings.join(',')}\r\n${lines.join('\r\n')}\r\n`;
}
