//! A bakery knows the temperature of each of its ovens in degrees Celsius,
//! unless a sensor is broken. Export them as `forno.temperatura` in `Cel`, with
//! the oven in `forno.nome`. No temperature, no point: 0 would be one.

#![allow(unused_variables, reason = "the solution uses them")]

use opentelemetry::metrics::Meter;

/// The name of an oven, and its temperature unless its sensor is broken.
pub type Oven = (&'static str, Option<f64>);

/// Observes the temperature of each oven that has one.
pub fn observe_ovens(
    meter: &Meter,
    ovens: impl Fn() -> Vec<Oven> + Send + Sync + 'static,
) {
    todo!()
}

mod tests {
    use opentelemetry_sdk::metrics::Temporality;
    use serde_json::{Value, json};
    use shared::testing::{Collector, expect_metric};

    use super::{Oven, observe_ovens};

    #[test]
    fn temperatures_are_a_gauge_in_degrees_celsius() {
        let document = exported([("lenha", Some(285.5)), ("gas", Some(-4.0))]);
        let temperature = expect_metric(&document, "forno.temperatura");
        temperature.has("unit", "Cel").has_points(2);
        let wood = temperature.point(&json!({"forno.nome": "lenha"}));
        wood.has("value", 285.5);
        // Only a gauge has no start.
        wood.has("start_time_unix_nano", Value::Null);
        let gas = temperature.point(&json!({"forno.nome": "gas"}));
        gas.has("value", -4.0);
    }

    #[test]
    fn an_oven_without_a_temperature_has_no_point() {
        let document = exported([("lenha", None), ("gas", Some(180.0))]);
        let temperature = expect_metric(&document, "forno.temperatura");
        temperature.has_points(1);
        let gas = temperature.point(&json!({"forno.nome": "gas"}));
        gas.has("value", 180.0);
    }

    fn exported(ovens: [Oven; 2]) -> Value {
        let collector = Collector::by_hand("padaria", Temporality::Cumulative);
        observe_ovens(&collector.meter(), move || ovens.to_vec());
        collector.export()
    }
}
