//! When people are told by mail that a service's storage is filling up: once each time that use comes to a mark.

/// The marks, in percent of what the plan allows.
pub const MARKS: [i16; 2] = [90, 100];
/// How far below a mark use must fall, in percent of what the plan allows, before coming to it is told again: so one that
/// hovers there sends no mail every few minutes.
const BACK: i16 = 5;

/// What one measure makes of the marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// The mark that counts as told from now on; 0 for none.
    pub mark: i16,
    /// Whether it is to be told now.
    pub now: bool,
}

/// `told` is the mark that was told last, `limit` in the unit of `used`; none or a negative one stands for no limit.
pub fn told(told: i16, used: i64, limit: Option<i64>) -> Told {
    let Some(limit) = limit.filter(|limit| *limit >= 0) else { return Told { mark: 0, now: false } };
    let at = |percent: i16| used > 0 && i128::from(used) * 100 >= i128::from(limit) * i128::from(percent);
    let reached = MARKS.into_iter().rev().find(|mark| at(*mark)).unwrap_or(0);
    if reached > told {
        return Told { mark: reached, now: true };
    }
    let holds = MARKS.into_iter().rev().find(|mark| *mark <= told && at(*mark - BACK)).unwrap_or(0);
    Told { mark: holds, now: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The marks that are told while use goes through these percentages of 1,000.
    fn through(uses: &[i64]) -> Vec<i16> {
        let (mut mark, mut all) = (0, Vec::new());
        for used in uses {
            let next = told(mark, *used, Some(1_000));
            all.extend(next.now.then_some(next.mark));
            mark = next.mark;
        }
        all
    }

    #[test]
    fn each_mark_is_told_once_when_use_comes_to_it() {
        assert_eq!(through(&[0, 899, 900, 950, 999, 1_000, 1_050, 2_000]), [90, 100]);
        assert_eq!(through(&[100, 1_200, 1_300]), [100], "one mail where both marks are passed at once");
    }

    #[test]
    fn it_is_told_again_after_use_has_fallen_well_below() {
        assert_eq!(through(&[900, 899, 900, 850, 900]), [90], "85 % is not well below 90 %");
        assert_eq!(through(&[900, 849, 900]), [90, 90]);
        assert_eq!(through(&[1_000, 999, 1_000, 950, 1_000]), [100]);
        assert_eq!(through(&[1_000, 949, 1_000]), [100, 100]);
        assert_eq!(through(&[1_000, 400, 900]), [100, 90]);
    }

    #[test]
    fn a_larger_plan_takes_the_mark_back_and_no_limit_has_none() {
        assert_eq!(told(100, 1_000, Some(10_000)), Told { mark: 0, now: false });
        assert_eq!(told(100, 1_000, None), Told { mark: 0, now: false });
        assert_eq!(told(0, 1_000, Some(-1)), Told { mark: 0, now: false });
        assert_eq!(told(0, 0, Some(0)), Told { mark: 0, now: false });
        assert_eq!(told(0, 1, Some(0)), Told { mark: 100, now: true });
        assert_eq!(told(0, i64::MAX, Some(i64::MAX)), Told { mark: 100, now: true });
    }
}
