//! A car park knows how many of its spaces are free. Export this number as
//! `estacionamento.vagas`, in `{vaga}`, for as long as the car park exists.
//! Choose the instrument for a level that makes sense added up.

#![allow(unused_variables, reason = "the solution uses them")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use opentelemetry::metrics::Meter;

/// A car park, which counts its free spaces.
pub struct CarPark {
    free: AtomicUsize,
}

impl CarPark {
    /// The number of free spaces.
    pub fn free(&self) -> usize {
        self.free.load(Relaxed)
    }
}

/// Observes the free spaces.
pub fn observe_free_spaces(meter: &Meter, car_park: &Arc<CarPark>) {
    todo!()
}

mod tests {
    use opentelemetry_sdk::metrics::Temporality;
    use serde_json::json;
    use shared::testing::{Collector, expect_metric};

    use super::{Arc, AtomicUsize, CarPark, Relaxed, observe_free_spaces};

    #[test]
    fn free_spaces_are_a_sum_that_may_fall() {
        let (collector, _car_park) = observed();
        let document = collector.export();
        let spaces = expect_metric(&document, "estacionamento.vagas");
        spaces.has("unit", "{vaga}").has("is_monotonic", false);
    }

    #[test]
    fn each_collection_reads_the_level() {
        let (collector, car_park) = observed();
        for free in [40, 12, 13] {
            car_park.free.store(free, Relaxed);
            let document = collector.export();
            let spaces = expect_metric(&document, "estacionamento.vagas");
            spaces.point(&json!({})).has("value", free);
        }
    }

    #[test]
    fn a_car_park_that_is_gone_is_not_exported() {
        let (collector, car_park) = observed();
        drop(car_park);
        let document = collector.export();
        assert!(document.is_null(), "it is gone, but still exported");
    }

    fn observed() -> (Collector, Arc<CarPark>) {
        let free = AtomicUsize::new(40);
        let car_park = Arc::new(CarPark { free });
        let collector = Collector::by_hand("cidade", Temporality::Cumulative);
        observe_free_spaces(&collector.meter(), &car_park);
        (collector, car_park)
    }
}
