//! Exports one counter with many data points, again and again, one document a
//! line: `cargo run --release --package shared --example many_points 100 3`.

use std::env;
use std::io;
use std::num::{NonZeroU16, NonZeroU32};
use std::process::ExitCode;
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Meter, MeterProvider};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::{
    Instrument, PeriodicReader, SdkMeterProvider, Stream,
};
use shared::JsonExporter;

const NAME: &str = "many-points";

fn main() -> ExitCode {
    let Some((points, exports)) = arguments() else {
        eprintln!(
            "error: use many_points POINTS EXPORTS, two whole numbers from 1 \
             to {} and {}",
            NonZeroU16::MAX,
            NonZeroU32::MAX
        );
        return ExitCode::from(2);
    };
    let provider = provider(points);
    add(&provider.meter(NAME), points);
    match export(&provider, exports) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => shared::fail(&error),
    }
}

fn arguments() -> Option<(u16, u32)> {
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    let [points, exports] = arguments.as_slice() else {
        return None;
    };
    let points: NonZeroU16 = points.to_str()?.parse().ok()?;
    let exports: NonZeroU32 = exports.to_str()?.parse().ok()?;
    Some((points.get(), exports.get()))
}

fn provider(points: u16) -> SdkMeterProvider {
    let reader = PeriodicReader::builder(JsonExporter::new(io::stdout()))
        .with_interval(Duration::MAX)
        .build();
    // By default the SDK keeps 2000 sets of attributes apart.
    let all_points = move |_: &Instrument| {
        let limit = usize::from(points);
        Stream::builder().with_cardinality_limit(limit).build().ok()
    };
    SdkMeterProvider::builder()
        .with_resource(Resource::builder().with_service_name(NAME).build())
        .with_reader(reader)
        .with_view(all_points)
        .build()
}

fn add(meter: &Meter, points: u16) {
    let counter = meter
        .u64_counter("api.chamadas")
        .with_unit("{chamada}")
        .build();
    for i in 0..points {
        let attributes = [
            KeyValue::new("http.response.status_code", i64::from(200 + i % 5)),
            KeyValue::new("http.route", format!("/users/{i}/items")),
        ];
        counter.add(1, &attributes);
    }
}

fn export(provider: &SdkMeterProvider, exports: u32) -> OTelSdkResult {
    // The shutdown makes the last export.
    for _ in 1..exports {
        provider.force_flush()?;
    }
    provider.shutdown()
}
