//! A backend has received totals of `padaria.pedidos`. Some documents were
//! lost, and the program restarted. Work out how many orders came in, from the
//! start times and the totals of the points that arrived.

#![allow(unused_variables, reason = "the solution uses them")]

/// A data point of a cumulative counter.
#[derive(Debug)]
pub struct Point {
    /// Its `start_time_unix_nano`.
    pub start: u64,
    /// Its `value`.
    pub total: u64,
}

/// How many orders came in until the last of these points, the oldest first.
pub fn orders(points: &[Point]) -> u64 {
    todo!()
}

mod tests {
    use super::{Point, orders};

    #[test]
    fn a_lost_document_loses_no_order() {
        // After 5 came 8, which is lost.
        assert_orders(&[(1, 4), (1, 5), (1, 10)], 10);
    }

    #[test]
    fn after_a_restart_orders_are_counted_from_zero() {
        assert_orders(&[(1, 4), (1, 18), (9, 2), (9, 17)], 18 + 17);
    }

    #[test]
    fn a_restart_need_not_show_in_the_totals() {
        assert_orders(&[(1, 8), (9, 8), (17, 12)], 8 + 8 + 12);
    }

    #[track_caller]
    fn assert_orders(points: &[(u64, u64)], expected: u64) {
        let points = points.iter();
        let points = points.map(|&(start, total)| Point { start, total });
        let points: Vec<_> = points.collect();
        let found = orders(&points);
        assert!(
            found == expected,
            "`orders` returns {found}, but should return {expected}: {points:?}"
        );
    }
}
