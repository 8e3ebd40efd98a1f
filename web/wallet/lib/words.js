// How names, values and days are written. What came from outside is made inert first.

import metadata from '../../../schemas/employment-checks-1/metadata.json' with { type: 'json' };

const MAX_CHARS = 300;
const TURNS = /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;
const LONDON = { timeZone: 'Europe/London' };
const DAY = new Intl.DateTimeFormat('en-GB', { ...LONDON, day: 'numeric', month: 'long', year: 'numeric' });
const CLOCK = new Intl.DateTimeFormat('en-GB', { ...LONDON, hour: '2-digit', minute: '2-digit' });
const ISO = new Intl.DateTimeFormat('en-CA', { ...LONDON, year: 'numeric', month: '2-digit', day: '2-digit' });
const SECONDS_A_DAY = 86_400;

const LABELS = new Map(
  metadata.claims.map(({ path, display }, place) => [
    path.map((step) => step ?? '*').join('/'),
    { place, words: display.find(({ locale }) => locale === 'en-GB')?.label },
  ]),
);
/** The eight objects, in the order in which people read a passport. */
export const CHECKS = [
  'identity',
  'assignment',
  'professional_registration',
  'right_to_work',
  'criminal_record',
  'work_health',
  'employment_history',
  'core_skills',
];
/** Members whose day is the last one of what they belong to. */
const ENDS = ['valid_until', 'expires_on', 'permission_until', 'document_expiry', 'fixed_term_end', 'end'];
/** Members that say when something was looked at. */
const LOOKED = ['checked_on', 'issued_on', 'assessed_on'];

/** Foreign text without anything that could turn the reading order round. */
export function plain(foreign) {
  const text = String(foreign).replace(TURNS, '\ufffd');
  return text.length > MAX_CHARS ? `${text.slice(0, MAX_CHARS)}…` : text;
}

/** `3 May 2027`, of seconds since 1970. */
export const day = (seconds) => DAY.format(seconds * 1000);
/** `3 May 2027 at 14:05`. */
export const moment = (seconds) => `${day(seconds)} at ${CLOCK.format(seconds * 1000)}`;
export const clock = (seconds) => CLOCK.format(seconds * 1000);
/** London's day, `2027-05-03`. */
export const isoDay = (seconds) => ISO.format(seconds * 1000);

const isDay = (text) => typeof text === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(text);
/** Of `2027-05-03`. */
export const dayWords = (iso) => day(Date.parse(`${iso}T12:00:00Z`) / 1000);

/** Whole days from one `2027-05-03` to another. */
export function daysBetween(from, to) {
  return Math.round((Date.parse(`${to}T12:00:00Z`) - Date.parse(`${from}T12:00:00Z`)) / (SECONDS_A_DAY * 1000));
}

export function label(path) {
  const known = LABELS.get(path.join('/'));
  if (known) return known.words;
  const at = path.lastIndexOf('assurance');
  const inner = at > 0 ? LABELS.get(path.slice(at).join('/')) : null;
  return inner?.words ?? capital(plain(path.at(-1)).replaceAll('_', ' '));
}

export const place = (path) => LABELS.get(path.join('/'))?.place ?? Number.MAX_SAFE_INTEGER;

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** `IN_PERSON`, `ENHANCED`; not `NMC`, which is a name. */
function isCode(text) {
  if (!/^[A-Z0-9_]+$/.test(text)) return false;
  const word = !/[0-9]/.test(text) && (text.length > 4 || ['NONE', 'FIT', 'PASS', 'MALE', 'BANK'].includes(text));
  return text.includes('_') || word;
}

function codeWords(code) {
  const word = (part) => (part.length < 2 || /[0-9]/.test(part) ? part : part.toLowerCase());
  return capital(code.split('_').map(word).join(' '));
}

/** `P3Y` as `3 years`. */
function period(text) {
  const [, years, months] = /^P(?:(\d+)Y)?(?:(\d+)M)?$/.exec(text) ?? [];
  const part = (count, unit) => (count ? `${count} ${unit}${count === '1' ? '' : 's'}` : null);
  return [part(years, 'year'), part(months, 'month')].filter(Boolean).join(' ');
}

/** One value in words. */
export function value(found, texts) {
  if (found === true) return texts.yes;
  if (found === false) return texts.no;
  if (Array.isArray(found)) return found.map((one) => value(one, texts)).join(', ');
  if (found === null || typeof found !== 'object') {
    const text = String(found);
    if (texts.words[text]) return texts.words[text];
    if (isDay(text)) return dayWords(text);
    if (/^P\d/.test(text) && period(text)) return period(text);
    return isCode(text) ? codeWords(text) : plain(text);
  }
  return Object.entries(found)
    .map(([name, inner]) => `${capital(name.replaceAll('_', ' '))}: ${value(inner, texts)}`)
    .join(', ');
}

/** `[label, words]` of every plain member of an object, in the order of the type's metadata. */
export function rows(path, object, texts) {
  return Object.entries(object)
    .map(([name, inner]) => ({ path: [...path, name], inner }))
    .sort((left, right) => place(left.path) - place(right.path))
    .flatMap(({ path: at, inner }) => {
      if (at.at(-1) === 'portrait') return [];
      if (inner && typeof inner === 'object' && !Array.isArray(inner)) return rows(at, inner, texts);
      return [[label(at), value(inner, texts)]];
    });
}

/** The first day on which something of an object is over, and when it was looked at. */
export function dates(object) {
  const ends = [];
  const looked = [];
  const walk = (found) => {
    for (const [name, inner] of Object.entries(found)) {
      if (ENDS.includes(name) && isDay(inner)) ends.push(inner);
      else if (LOOKED.includes(name) && isDay(inner)) looked.push(inner);
      else if (inner && typeof inner === 'object') walk(inner);
    }
  };
  walk(object);
  return { ends: ends.sort()[0] ?? null, looked: looked.sort().at(-1) ?? null };
}

/** A holder's own words in the characters that the protocol lets through. */
export function forIssuer(words) {
  return words
    .replace(/[“”„"‘’`\\]/g, "'")
    .replace(/[–—]/g, '-')
    .replace(/…/g, '...')
    .normalize('NFD')
    .replace(/\p{M}/gu, '');
}

/** `Amara Okafor`, or null when no identity is held. */
export function person(claims) {
  const { given_name: given, family_name: family } = claims.identity ?? {};
  return given && family ? plain(`${given} ${family}`) : null;
}
