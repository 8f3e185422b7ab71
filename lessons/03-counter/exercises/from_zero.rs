//! Nobody can tell a day without failed payments from a day without metrics:
//! `pagamento.falhas` appears only with the first failure. Let it say 0 from the
//! start, for each way of payment in `PAYMENTS`.

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Meter};

/// The ways of payment.
pub const PAYMENTS: [&str; 2] = ["cartao", "pix"];

/// Counts failed payments.
pub struct Failures(Counter<u64>);

impl Failures {
    /// Builds the instrument.
    pub fn new(meter: &Meter) -> Self {
        let failures = meter
            .u64_counter("pagamento.falhas")
            .with_description("Os pagamentos que falharam.")
            .with_unit("{pagamento}")
            .build();
        Self(failures)
    }

    /// Counts one failure.
    pub fn count(&self, payment: &'static str) {
        self.0.add(1, &[KeyValue::new("pagamento.meio", payment)]);
    }
}

mod tests {
    use opentelemetry_sdk::metrics::Temporality;
    use serde_json::json;
    use shared::testing::{Collector, expect_metric};

    use super::{Failures, PAYMENTS};

    #[test]
    fn each_way_of_payment_starts_at_0() {
        let collector = Collector::by_hand("loja", Temporality::Cumulative);
        let _failures = Failures::new(&collector.meter());
        let document = collector.export();
        let failures = expect_metric(&document, "pagamento.falhas");
        for payment in PAYMENTS {
            let attributes = json!({"pagamento.meio": payment});
            failures.point(&attributes).has("value", 0);
        }
    }

    #[test]
    fn the_first_failure_is_the_first() {
        let collector = Collector::by_hand("loja", Temporality::Cumulative);
        Failures::new(&collector.meter()).count("pix");
        let document = collector.export();
        let failures = expect_metric(&document, "pagamento.falhas");
        failures.has_points(2);
        let attributes = json!({"pagamento.meio": "pix"});
        failures.point(&attributes).has("value", 1);
    }
}
