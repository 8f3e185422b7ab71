//! The variables of the environment that configure the exporter. It reads them
//! itself; what it would not obey is refused here.

use std::env;
use std::ffi::{OsStr, OsString};

use axum::http::uri::Scheme;
use axum::http::{HeaderName, HeaderValue, Uri};
use opentelemetry_sdk::metrics::Temporality;
use shared::{percent_decoded, refuse};

const NO_TLS: &str = "no certificate and no key: this lesson has no TLS";

type IsObeyed = fn(&str) -> bool;

// ANCHOR: options
/// Each option, the values that the exporter obeys, and how to tell one.
const OPTIONS: [(&str, &str, IsObeyed); 10] = [
    (
        "ENDPOINT",
        "a URL such as http://localhost:4318, with no https and no user",
        is_endpoint,
    ),
    (
        "HEADERS",
        "key=value,key=value, with % only as in %2C",
        are_headers,
    ),
    (
        "TIMEOUT",
        "a whole number of milliseconds above zero",
        is_timeout,
    ),
    ("PROTOCOL", "http/protobuf", |value| {
        value.eq_ignore_ascii_case("http/protobuf")
    }),
    ("COMPRESSION", "none", |value| {
        value.eq_ignore_ascii_case("none")
    }),
    ("CERTIFICATE", NO_TLS, |_| false),
    ("CLIENT_CERTIFICATE", NO_TLS, |_| false),
    ("CLIENT_KEY", NO_TLS, |_| false),
    // Only metrics have these.
    (
        "METRICS_TEMPORALITY_PREFERENCE",
        "cumulative, delta or lowmemory",
        |value| value.parse::<Temporality>().is_ok(),
    ),
    (
        "METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
        "explicit_bucket_histogram",
        |value| value.eq_ignore_ascii_case("explicit_bucket_histogram"),
    ),
];
// ANCHOR_END: options

/// Refuses each value that the exporter would not obey.
pub(crate) fn check() {
    for (option, accepted, is_obeyed) in OPTIONS {
        if let Some((name, value)) = variable(option)
            && !value.to_str().is_some_and(is_obeyed)
        {
            refuse(&name, &without_secrets(option, &value), accepted);
        }
    }
    check_for_hidden_headers();
}

/// The variable that names an endpoint, and the endpoint.
pub(crate) fn endpoint() -> Option<(String, OsString)> {
    variable("ENDPOINT")
}

// ANCHOR: variable
/// The variable that sets an option, and its value. The one for metrics comes
/// before the one for all signals. An empty one counts as unset.
fn variable(option: &str) -> Option<(String, OsString)> {
    let prefixes = ["OTEL_EXPORTER_OTLP_METRICS_", "OTEL_EXPORTER_OTLP_"];
    prefixes.into_iter().find_map(|prefix| {
        let name = format!("{prefix}{option}");
        let value = env::var_os(&name)?;
        (!value.is_empty()).then_some((name, value))
    })
}
// ANCHOR_END: variable

/// To the exporter, and to nobody else, an empty list for metrics is set.
fn check_for_hidden_headers() {
    let for_metrics = "OTEL_EXPORTER_OTLP_METRICS_HEADERS";
    if let Some((name, _)) = variable("HEADERS")
        && name != for_metrics
        && env::var_os(for_metrics).is_some()
    {
        let accepted = format!("a list, or unset it: it hides {name}");
        refuse(for_metrics, "".as_ref(), &accepted);
    }
}

/// What a line may show of a value: a header can be a password, and a URL can
/// have one.
fn without_secrets(option: &str, value: &OsStr) -> OsString {
    let text = value.to_string_lossy();
    if option == "HEADERS" {
        let keys = text.split(',').map(|header| match header.split_once('=') {
            Some((key, _)) => format!("{key}=..."),
            None => "...".to_owned(),
        });
        return keys.collect::<Vec<_>>().join(",").into();
    }
    match text.split_once('@') {
        Some((_, host)) => format!("...@{host}").into(),
        None => value.to_owned(),
    }
}

/// The client would leave out a user and a password.
fn is_endpoint(value: &str) -> bool {
    let Ok(url) = value.parse::<Uri>() else {
        return false;
    };
    let has_host = url.host().is_some_and(|host| !host.is_empty());
    url.scheme() == Some(&Scheme::HTTP) && has_host && !value.contains('@')
}

/// The exporter would leave out a header that is not one.
fn are_headers(list: &str) -> bool {
    list.split_terminator(',').all(is_header)
}

fn is_header(pair: &str) -> bool {
    let Some((key, value)) = pair.split_once('=') else {
        return false;
    };
    let value = value.trim();
    let decoded = percent_decoded(value);
    key.trim().parse::<HeaderName>().is_ok()
        && !value.is_empty()
        && decoded.is_some_and(|text| text.parse::<HeaderValue>().is_ok())
}

/// Zero should mean no limit. To the exporter it means no time at all.
fn is_timeout(value: &str) -> bool {
    value
        .parse()
        .is_ok_and(|milliseconds: u64| milliseconds > 0)
}
