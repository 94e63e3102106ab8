//! When people are told by mail that a service's storage is filling up: at each mark once a month, in UTC.

use kernel::Date;

/// The marks, in percent of what the plan allows.
pub const MARKS: [i16; 4] = [50, 75, 90, 100];

/// What was told last, and for which month and which limit that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// 0 for none.
    pub mark: i16,
    /// Its first day.
    pub month: Date,
    /// In the unit of what is used: another plan begins anew.
    pub limit: i64,
}

/// What one measure makes of the marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Telling {
    pub told: Told,
    /// Whether it is to be told now.
    pub now: bool,
}

/// Nothing where there is no limit (none, or a negative one). `before` is what was kept last.
pub fn telling(before: Option<Told>, used: i64, limit: Option<i64>, today: Date) -> Option<Telling> {
    let limit = limit.filter(|limit| *limit >= 0)?;
    let month = today.plus_days(1 - i64::from(today.day()));
    let earlier = before.filter(|before| (before.month, before.limit) == (month, limit)).map_or(0, |before| before.mark);
    let at = |percent: i16| used > 0 && i128::from(used) * 100 >= i128::from(limit) * i128::from(percent);
    let reached = MARKS.into_iter().rev().find(|mark| at(*mark)).unwrap_or(0);
    Some(Telling { told: Told { mark: reached.max(earlier), month, limit }, now: reached > earlier })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().expect("a date")
    }

    /// The marks that are told while use goes through these percentages of 1,000, a day each from the first of a month of 31.
    fn through(uses: &[i64]) -> Vec<i16> {
        let (mut kept, mut all) = (None, Vec::new());
        for (day, used) in uses.iter().enumerate() {
            let next = telling(kept, *used, Some(1_000), date("2026-01-01").plus_days(day as i64)).expect("a limit");
            all.extend(next.now.then_some(next.told.mark));
            kept = Some(next.told);
        }
        all
    }

    #[test]
    fn each_mark_is_told_once_a_month_when_use_comes_to_it() {
        assert_eq!(through(&[0, 499, 500, 749, 750, 899, 900, 950, 999, 1_000, 1_050, 2_000]), [50, 75, 90, 100]);
        assert_eq!(through(&[100, 1_200, 1_300]), [100], "one mail where several marks are passed at once");
        assert_eq!(through(&[900, 100, 900, 1_000, 400, 1_000]), [90, 100], "not again within the month");
    }

    #[test]
    fn a_new_month_tells_what_holds_then() {
        let december = telling(None, 950, Some(1_000), date("2025-12-31")).expect("a limit");
        assert_eq!((december.told.mark, december.now), (90, true));
        let january = telling(Some(december.told), 950, Some(1_000), date("2026-01-01")).expect("a limit");
        assert_eq!((january.told.mark, january.told.month, january.now), (90, date("2026-01-01"), true));
        assert!(!telling(Some(december.told), 100, Some(1_000), date("2026-01-01")).expect("a limit").now);
    }

    #[test]
    fn another_plan_begins_anew_and_no_limit_has_no_marks() {
        let full = telling(None, 1_000, Some(1_000), date("2026-01-10")).expect("a limit").told;
        let larger = telling(Some(full), 1_000, Some(10_000), date("2026-01-10")).expect("a limit");
        assert_eq!((larger.told.mark, larger.now), (0, false));
        assert_eq!(telling(Some(full), 1_000, None, date("2026-01-10")), None);
        assert_eq!(telling(None, 1_000, Some(-1), date("2026-01-10")), None);
        let said = |used, limit| telling(None, used, Some(limit), date("2026-01-10")).map(|telling| (telling.told.mark, telling.now));
        assert_eq!((said(0, 0), said(1, 0), said(i64::MAX, i64::MAX)), (Some((0, false)), Some((100, true)), Some((100, true))));
    }
}
