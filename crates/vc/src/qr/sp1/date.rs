//! Days of the proleptic Gregorian calendar, counted from 1970-01-01.

/// A day by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Day(pub(super) i64);

const DAYS_BEFORE: [i64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days before the first of January.
fn before_year(year: i64) -> i64 {
    let past = year - 1;
    past * 365 + past.div_euclid(4) - past.div_euclid(100) + past.div_euclid(400) - 719_162
}

impl Day {
    fn of(year: i64, month: i64, day: i64) -> Self {
        let index = usize::try_from(month - 1).unwrap_or(0);
        let months = DAYS_BEFORE.get(index).copied().unwrap_or(0);
        let leap = i64::from(month > 2 && is_leap(year));
        Self(before_year(year) + months + leap + day - 1)
    }

    fn parts(self) -> (i64, i64, i64) {
        // Not after the year, and near it.
        let mut year = 1970 + self.0.div_euclid(if self.0 < 0 { 365 } else { 366 });
        while before_year(year + 1) <= self.0 {
            year += 1;
        }
        let mut rest = self.0 - before_year(year);
        let mut month = 1;
        while rest >= days_in(year, month) {
            rest -= days_in(year, month);
            month += 1;
        }
        (year, month, rest + 1)
    }

    /// Reads `YYYY-MM-DD` of a real day from the year 1000 on.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (year, rest) = text.split_once('-')?;
        let (month, day) = rest.split_once('-')?;
        let number = |text: &str, len: usize| {
            let digits = text.len() == len && text.bytes().all(|c| c.is_ascii_digit());
            text.parse::<i64>().ok().filter(|_| digits)
        };
        let (year, month, day) = (number(year, 4)?, number(month, 2)?, number(day, 2)?);
        let real = year >= 1000 && (1..=12).contains(&month);
        (real && (1..=days_in(year, month)).contains(&day)).then(|| Self::of(year, month, day))
    }

    /// `YYYY-MM-DD`; `None` past the years that [`Self::parse`] reads.
    pub(super) fn text(self) -> Option<String> {
        // 1000-01-01 and 9999-12-31
        if !(-354_285..=2_932_896).contains(&self.0) {
            return None;
        }
        let (year, month, day) = self.parts();
        Some(format!("{year:04}-{month:02}-{day:02}"))
    }

    /// The same day of another year; 28 February for a 29th that is not there.
    pub(super) fn plus_years(self, years: i64) -> Self {
        let (year, month, day) = self.parts();
        let year = year + years;
        Self::of(year, month, day.min(days_in(year, month)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_comes_back() {
        for day in -354_285..=2_932_896 {
            let text = Day(day).text().unwrap();

            assert_eq!(Day::parse(&text), Some(Day(day)));
        }
        assert_eq!(Day(-354_285).text().unwrap(), "1000-01-01");
        assert_eq!(Day(2_932_896).text().unwrap(), "9999-12-31");
        assert_eq!(Day(-354_286).text(), None);
        assert_eq!(Day(2_932_897).text(), None);
    }

    #[test]
    fn what_is_no_day_is_text() {
        for text in
            ["2026-02-29", "2026-13-01", "2026-00-01", "2026-1-01", "0999-01-01", "+026-01-01"]
        {
            assert_eq!(Day::parse(text), None, "{text}");
        }
    }

    #[test]
    fn years_later_is_the_same_day() {
        let leap = Day::parse("2024-02-29").unwrap();

        assert_eq!(leap.plus_years(4).text().unwrap(), "2028-02-29");
        assert_eq!(leap.plus_years(1).text().unwrap(), "2025-02-28");
    }
}
