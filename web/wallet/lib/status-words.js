// How a passport stands, in words and colour; and each of its checks.

import { dates, dayWords, daysBetween, isoDay, value } from './words.js';

const SOON = 30;

/** `{words, colour, usable}` of a passport. */
export function standing(one, seconds, texts) {
  const { standing: t } = texts;
  if (one.claims.exp <= seconds) return { words: t.expired, colour: 'red', usable: false };
  switch (one.status?.state) {
    case 'VALID':
      return { words: t.valid, colour: 'green', usable: true };
    case 'SUPERSEDED':
      return { words: t.superseded, colour: 'yellow', usable: false };
    case 'INVALID':
    case 'SUSPENDED':
      return { words: t.invalid, colour: 'red', usable: false };
    default:
      return { words: t.unknown, colour: 'grey', usable: true };
  }
}

/** `just now`, `2 minutes ago`, `3 hours ago`, `4 days ago`. */
export function ago(then, seconds, texts) {
  const minutes = Math.max(0, Math.floor((seconds - then) / 60));
  if (minutes < 1) return texts.ago.now;
  if (minutes < 60) return texts.ago.minutes(minutes);
  if (minutes < 24 * 60) return texts.ago.hours(Math.floor(minutes / 60));
  return texts.ago.days(Math.floor(minutes / (24 * 60)));
}

/** `{words, colour}` of one check: until when, or when it was looked at. */
export function checkTag(object, seconds, texts) {
  if (Array.isArray(object)) return recordsTag(object, seconds, texts);
  const { ends, looked } = dates(object);
  const { checks: t } = texts;
  const status = object.assignment_status ?? object.status;
  if (status && !['ACTIVE', 'REGISTERED', 'REGISTERED_WITH_CONDITIONS'].includes(status)) {
    return { words: value(status, texts), colour: 'red' };
  }
  if (!ends && status) return { words: value(status, texts), colour: 'green' };
  if (!ends) return { words: looked ? t.checked(dayWords(looked)) : t.held, colour: 'grey' };
  const left = daysBetween(isoDay(seconds), ends);
  if (left < 0) return { words: t.ended(dayWords(ends)), colour: 'red' };
  if (left === 0) return { words: t.lastDay, colour: 'yellow' };
  if (left <= SOON) return { words: t.soon(left, dayWords(ends)), colour: 'yellow' };
  return { words: t.until(dayWords(ends)), colour: 'green' };
}

/** Of several records: how many have ended, or end soon. */
function recordsTag(records, seconds, texts) {
  const { checks: t } = texts;
  const today = isoDay(seconds);
  const left = records.flatMap((record) => {
    const { ends } = dates(record);
    return ends ? [daysBetween(today, ends)] : [];
  });
  const ended = left.filter((days) => days < 0).length;
  const soon = left.filter((days) => days >= 0 && days <= SOON).length;
  if (ended > 0) return { words: t.someEnded(ended, records.length), colour: 'red' };
  if (soon > 0) return { words: t.someSoon(soon, records.length), colour: 'yellow' };
  return { words: t.allGood(records.length), colour: 'green' };
}
