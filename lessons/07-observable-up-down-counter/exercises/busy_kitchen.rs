//! A kitchen reports how many orders wait. While a cook is at work, the metric
//! has gaps, and they are as long as the cooking. Find out why, and mend
//! `cook_next`. Leave `observe_orders` as it is.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use opentelemetry::metrics::Meter;

/// The orders that wait in a kitchen.
#[derive(Default)]
pub struct Kitchen {
    orders: Mutex<VecDeque<&'static str>>,
}

impl Kitchen {
    /// Adds an order, which waits until `cook_next` takes it.
    pub fn order(&self, dish: &'static str) {
        self.lock().push_back(dish);
    }

    /// Takes the order that has waited longest, and cooks it.
    pub fn cook_next(&self, cook: impl FnOnce(&str)) {
        if let Some(dish) = self.lock().pop_front() {
            cook(dish);
        }
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<&'static str>> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Observes how many orders wait.
pub fn observe_orders(meter: &Meter, kitchen: Arc<Kitchen>) {
    meter
        .i64_observable_up_down_counter("cozinha.pedidos")
        .with_unit("{pedido}")
        .with_callback(move |counter| {
            // `lock` would make all metrics wait for whoever has the lock.
            if let Ok(orders) = kitchen.orders.try_lock()
                && let Ok(waiting) = i64::try_from(orders.len())
            {
                counter.observe(waiting, &[]);
            }
        })
        .build();
}

mod tests {
    use opentelemetry_sdk::metrics::Temporality;
    use serde_json::json;
    use shared::testing::{Collector, expect_metric};

    use super::{Arc, Kitchen, observe_orders};

    #[test]
    fn orders_are_counted_while_a_cook_works() {
        let kitchen = Arc::new(Kitchen::default());
        for dish in ["sopa", "peixe", "torta"] {
            kitchen.order(dish);
        }
        let collector = Collector::by_hand("cozinha", Temporality::Cumulative);
        observe_orders(&collector.meter(), Arc::clone(&kitchen));
        for waiting in [2, 1] {
            kitchen.cook_next(|_dish| {
                let document = collector.export();
                let orders = expect_metric(&document, "cozinha.pedidos");
                orders.point(&json!({})).has("value", waiting);
            });
        }
    }
}
