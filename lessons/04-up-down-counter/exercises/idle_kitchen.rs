//! A kitchen cooks all day, but `cozinha.pratos` always says that there is no
//! dish on the fire. Find out why, and mend `cook`.

use opentelemetry::metrics::{Meter, UpDownCounter};

/// How many dishes are on the fire.
pub struct Kitchen(UpDownCounter<i64>);

/// A dish that is on the fire for as long as this exists.
#[must_use = "it is dropped at once, and the dish off the fire"]
pub struct Dish(UpDownCounter<i64>);

impl Kitchen {
    /// Builds the instrument.
    pub fn new(meter: &Meter) -> Self {
        let dishes = meter
            .i64_up_down_counter("cozinha.pratos")
            .with_description("Os pratos no fogo.")
            .with_unit("{prato}")
            .build();
        Self(dishes)
    }

    fn begin(&self) -> Dish {
        self.0.add(1, &[]);
        Dish(self.0.clone())
    }

    /// Cooks one dish by following its recipe.
    pub fn cook(&self, recipe: impl FnOnce()) {
        // The dish is taken off the fire also when the recipe panics.
        let _ = self.begin();
        recipe();
    }
}

impl Drop for Dish {
    fn drop(&mut self) {
        self.0.add(-1, &[]);
    }
}

mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use opentelemetry_sdk::metrics::Temporality;
    use serde_json::json;
    use shared::testing::{Collector, expect_metric};

    use super::Kitchen;

    #[test]
    fn a_dish_is_on_the_fire_as_long_as_its_recipe_runs() {
        let collector = Collector::by_hand("cozinha", Temporality::Cumulative);
        let kitchen = Kitchen::new(&collector.meter());
        let on_the_fire = |dishes: u64| {
            let document = collector.export();
            let metric = expect_metric(&document, "cozinha.pratos");
            metric.point(&json!({})).has("value", dishes);
        };
        kitchen.cook(|| on_the_fire(1));
        on_the_fire(0);
    }

    #[test]
    fn a_recipe_that_panics_leaves_no_dish_behind() {
        let collector = Collector::by_hand("cozinha", Temporality::Cumulative);
        let kitchen = Kitchen::new(&collector.meter());
        let burnt = AssertUnwindSafe(|| kitchen.cook(|| panic!("burnt")));
        assert!(catch_unwind(burnt).is_err());
        let document = collector.export();
        let dishes = expect_metric(&document, "cozinha.pratos");
        dishes.point(&json!({})).has("value", 0);
    }
}
