//! A solution of `sold_today`.

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value;
use prost::{DecodeError, Message};

// ANCHOR: solution
/// Adds up the data points of the sum called `name`.
fn total(request: &[u8], name: &str) -> Result<i64, DecodeError> {
    let request = ExportMetricsServiceRequest::decode(request)?;
    let resources = request.resource_metrics.iter();
    let metrics = resources
        .flat_map(|resource| &resource.scope_metrics)
        .flat_map(|scope| &scope.metrics)
        .filter(|metric| metric.name == name);
    let mut total = 0;
    for metric in metrics {
        // A gauge has data points too, which make no sense added up.
        if let Some(Data::Sum(sum)) = &metric.data {
            for point in &sum.data_points {
                if let Some(Value::AsInt(value)) = point.value {
                    total += value;
                }
            }
        }
    }
    Ok(total)
}
// ANCHOR_END: solution

mod tests {
    use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest as Request;
    use opentelemetry_proto::tonic::metrics::v1::metric::Data;
    use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value;
    use opentelemetry_proto::tonic::metrics::v1::{
        Gauge, Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics, Sum,
    };
    use prost::Message as _;

    use super::total;

    #[test]
    fn the_sales_of_all_tills_are_added_up() {
        let first = sum("caixa.vendas", &[4, 5]);
        let second = sum("caixa.vendas", &[3]);
        expect_total(&[&[first], &[second]], 12);
    }

    #[test]
    fn other_metrics_and_gauges_are_left_out() {
        let sales = sum("caixa.vendas", &[4]);
        let returns = sum("caixa.devolucoes", &[1]);
        let gauge = gauge("caixa.vendas", 100);
        expect_total(&[&[sales, returns, gauge]], 4);
    }

    /// Each slice has the metrics of one program.
    #[track_caller]
    fn expect_total(programs: &[&[Metric]], expected: i64) {
        let resource = |metrics: &&[Metric]| ResourceMetrics {
            scope_metrics: vec![ScopeMetrics {
                metrics: metrics.to_vec(),
                ..ScopeMetrics::default()
            }],
            ..ResourceMetrics::default()
        };
        let resource_metrics = programs.iter().map(resource).collect();
        let request = Request { resource_metrics }.encode_to_vec();
        let total = total(&request, "caixa.vendas");
        assert!(
            total == Ok(expected),
            "metric `caixa.vendas`: the total is {total:?}, but should be \
             {expected}"
        );
    }

    fn sum(name: &str, values: &[i64]) -> Metric {
        let sum = Sum {
            data_points: values.iter().copied().map(point).collect(),
            is_monotonic: true,
            ..Sum::default()
        };
        metric(name, Data::Sum(sum))
    }

    fn gauge(name: &str, value: i64) -> Metric {
        let data_points = vec![point(value)];
        metric(name, Data::Gauge(Gauge { data_points }))
    }

    fn metric(name: &str, data: Data) -> Metric {
        Metric {
            name: name.to_owned(),
            data: Some(data),
            ..Metric::default()
        }
    }

    fn point(value: i64) -> NumberDataPoint {
        NumberDataPoint {
            value: Some(Value::AsInt(value)),
            ..NumberDataPoint::default()
        }
    }
}
