//! Days and times of day in Europe/London.

use chrono::{DateTime, Days, Months, NaiveDate, Utc};
use chrono_tz::Europe::London;
use vc::time::UnixTime;

/// The day in London at an instant.
pub fn london(instant: UnixTime) -> NaiveDate {
    utc(instant).with_timezone(&London).date_naive()
}

/// `08:31`, London time.
pub fn clock(instant: UnixTime) -> String {
    utc(instant).with_timezone(&London).format("%H:%M").to_string()
}

/// `6 January 2026`.
pub fn words(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}

/// A day as a passport writes it, `2026-01-06`, from 1900 to 2099.
pub fn parse(text: &str) -> Option<NaiveDate> {
    crate::read::parse_day(text)
}

/// The last day on which something of `day` is not older than `days`.
pub(crate) fn plus_days(day: NaiveDate, days: u32) -> NaiveDate {
    day.checked_add_days(Days::new(days.into())).unwrap_or(NaiveDate::MAX)
}

/// The last day on which something of `day` is not older than `months`; the month's last day
/// where the day does not exist.
pub(crate) fn plus_months(day: NaiveDate, months: u32) -> NaiveDate {
    day.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX)
}

/// The years 1 to 9999: chrono has room to shift them into London's time.
const RANGE: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

fn utc(instant: UnixTime) -> DateTime<Utc> {
    let seconds = instant.0.clamp(*RANGE.start(), *RANGE.end());
    DateTime::from_timestamp(seconds, 0).unwrap_or_default()
}
