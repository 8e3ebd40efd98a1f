// How a passport stands, in words and colour; and each of its checks.

import { dates, dayWords, daysBetween, isoDay } from './words.js';

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
  const { ends, looked } = dates(object);
  const { checks: t } = texts;
  if (!ends) return { words: looked ? t.checked(dayWords(looked)) : t.held, colour: 'grey' };
  const left = daysBetween(isoDay(seconds), ends);
  if (left < 0) return { words: t.ended(dayWords(ends)), colour: 'red' };
  if (left === 0) return { words: t.lastDay, colour: 'yellow' };
  if (left <= SOON) return { words: t.soon(left, dayWords(ends)), colour: 'yellow' };
  return { words: t.until(dayWords(ends)), colour: 'green' };
}
