//! `dateTimeStamp` of XML Schema 1.1, as `validFrom` and `validUntil` write it: years of four
//! digits, a zone always.

use crate::time::UnixTime;

/// Longest text in bytes.
const MAX_BYTES: usize = 64;
const DAY: i64 = 86_400;
/// Days from 0000-03-01 to 1970-01-01.
const EPOCH: i64 = 719_468;
/// Days of 400 years.
const ERA: i64 = 146_097;

/// Reads a `dateTimeStamp`; parts of a second are cut off.
pub fn parse(text: &str) -> Option<UnixTime> {
    if text.len() > MAX_BYTES {
        return None;
    }
    let (date, time) = text.split_once('T')?;
    let (time, offset) = zone(time)?;
    let mut date = date.split('-');
    let (year, month, day) =
        (digits(date.next()?, 4)?, digits(date.next()?, 2)?, digits(date.next()?, 2)?);
    if date.next().is_some() || year == 0 || !(1..=12).contains(&month) {
        return None;
    }
    if !(1..=days_in(year, month)).contains(&day) {
        return None;
    }
    let second = second_of_day(time)?;
    Some(UnixTime(days_since_epoch(year, month, day) * DAY + second - offset))
}

/// Writes a `dateTimeStamp` in UTC.
pub fn format(time: UnixTime) -> String {
    let (days, second) = (time.0.div_euclid(DAY), time.0.rem_euclid(DAY));
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

fn digits(text: &str, len: usize) -> Option<i64> {
    let plain = text.len() == len && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

/// The time before its zone, and the zone's seconds east of UTC.
fn zone(time: &str) -> Option<(&str, i64)> {
    if let Some(time) = time.strip_suffix('Z') {
        return Some((time, 0));
    }
    let (time, offset, sign) = match time.split_once('+') {
        Some((time, offset)) => (time, offset, 1),
        None => time.split_once('-').map(|(time, offset)| (time, offset, -1))?,
    };
    let (hours, minutes) = offset.split_once(':')?;
    let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
    let fits = (hours < 14 && minutes < 60) || (hours == 14 && minutes == 0);
    fits.then_some((time, sign * (hours * 3600 + minutes * 60)))
}

fn second_of_day(time: &str) -> Option<i64> {
    let (clock, fraction) = match time.split_once('.') {
        Some((clock, fraction)) => (clock, digits(fraction, fraction.len().clamp(1, 18))?),
        None => (time, 0),
    };
    let mut clock = clock.split(':');
    let (hour, minute, second) =
        (digits(clock.next()?, 2)?, digits(clock.next()?, 2)?, digits(clock.next()?, 2)?);
    if clock.next().is_some() {
        return None;
    }
    let within = hour < 24 && minute < 60 && second < 60;
    // "24:00:00" is the next day's beginning
    let end_of_day = hour == 24 && minute == 0 && second == 0 && fraction == 0;
    (within || end_of_day).then_some(hour * 3600 + minute * 60 + second)
}

fn days_in(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The year is counted from March, so that the leap day comes last.
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    era * ERA + year * 365 + year / 4 - year / 100 + day_of_year - EPOCH
}

fn civil(days: i64) -> (i64, i64, i64) {
    let days = days.saturating_add(EPOCH);
    let (era, day) = (days.div_euclid(ERA), days.rem_euclid(ERA));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (year, month) = (year + era * 400, if month < 10 { month + 3 } else { month - 9 });
    (if month <= 2 { year + 1 } else { year }, month, day)
}
