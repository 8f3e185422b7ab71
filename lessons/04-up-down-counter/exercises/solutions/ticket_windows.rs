//! A solution of `ticket_windows`.

use opentelemetry::metrics::{Meter, UpDownCounter};

// ANCHOR: solution
/// One ticket window. How many people wait, the instrument knows.
pub struct Window {
    waiting: UpDownCounter<i64>,
}

impl Window {
    /// Opens a window where nobody waits.
    pub fn open(meter: &Meter) -> Self {
        let waiting = meter
            .i64_up_down_counter("bilheteria.fila")
            .with_description("As pessoas na fila.")
            .with_unit("{pessoa}")
            .build();
        Self { waiting }
    }

    /// One more person waits.
    pub fn join(&mut self) {
        self.waiting.add(1, &[]);
    }

    /// The next person has a ticket.
    pub fn serve(&mut self) {
        self.waiting.add(-1, &[]);
    }
}
// ANCHOR_END: solution

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
