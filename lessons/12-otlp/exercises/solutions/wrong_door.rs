//! A solution of `wrong_door`.

use std::net::SocketAddr;
use std::time::Duration;

use opentelemetry_otlp::{
    ExporterBuildError, MetricExporter, WithExportConfig,
};
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};

// ANCHOR: solution
/// Builds a provider that sends with OTLP to the Collector at `address`.
fn pipeline(
    address: SocketAddr,
) -> Result<SdkMeterProvider, ExporterBuildError> {
    let exporter = MetricExporter::builder()
        .with_http()
        // Nothing adds the path to an endpoint that is set in code.
        .with_endpoint(format!("http://{address}/v1/metrics"))
        .build()?;
    let reader = PeriodicReader::builder(exporter)
        .with_interval(Duration::from_mins(1))
        .build();
    Ok(SdkMeterProvider::builder().with_reader(reader).build())
}
// ANCHOR_END: solution

mod tests {
    use std::sync::mpsc;

    use opentelemetry::metrics::MeterProvider;
    use otlp::receive;

    use super::pipeline;

    #[test]
    fn the_sales_arrive() {
        // What the SDK reports is printed when the test fails.
        tracing_subscriber::fmt().with_test_writer().init();
        let (sender, lines) = mpsc::channel();
        let collector = receive(move |line| {
            // The test waits for the first line only.
            let _ = sender.send(line.to_owned());
            Ok(())
        });
        let address = collector.expect("the Collector starts");
        let provider = pipeline(address).expect("the exporter is built");
        let meter = provider.meter("caixa");
        meter.u64_counter("caixa.vendas").build().add(3, &[]);
        let flushed = provider.force_flush();
        let arrived = lines.try_recv().unwrap_or_default();
        assert!(
            arrived.contains(r#""name":"caixa.vendas""#),
            "metric `caixa.vendas` has not arrived: {flushed:?}"
        );
    }
}
