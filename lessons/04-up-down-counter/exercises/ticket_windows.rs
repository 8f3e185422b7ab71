//! A station has two ticket windows. Two people wait at the first one and one at
//! the second, but `bilheteria.fila` has only the number of the window whose
//! line changed last. Let each window report its changes, so that they add up.

use opentelemetry::metrics::{Gauge, Meter};

/// One ticket window, and how many people wait at it.
pub struct Window {
    waiting: Gauge<i64>,
    people: i64,
}

impl Window {
    /// Opens a window where nobody waits.
    pub fn open(meter: &Meter) -> Self {
        let waiting = meter
            .i64_gauge("bilheteria.fila")
            .with_description("As pessoas na fila.")
            .with_unit("{pessoa}")
            .build();
        Self { waiting, people: 0 }
    }

    /// One more person waits.
    pub fn join(&mut self) {
        self.people += 1;
        self.waiting.record(self.people, &[]);
    }

    /// The next person has a ticket.
    pub fn serve(&mut self) {
        self.people -= 1;
        self.waiting.record(self.people, &[]);
    }
}

mod tests {
    use opentelemetry_sdk::metrics::Temporality;
    use serde_json::json;
    use shared::testing::{Collector, expect_metric};

    use super::Window;

    #[test]
    fn the_lines_of_both_windows_add_up() {
        let collector = Collector::by_hand("estacao", Temporality::Cumulative);
        let mut windows = [(); 2].map(|()| Window::open(&collector.meter()));
        for window in [0, 0, 1] {
            windows[window].join();
        }
        for level in [3, 2] {
            let document = collector.export();
            let waiting = expect_metric(&document, "bilheteria.fila");
            waiting.point(&json!({})).has("value", level);
            waiting.has("unit", "{pessoa}").has("is_monotonic", false);
            windows[0].serve();
        }
    }
}
