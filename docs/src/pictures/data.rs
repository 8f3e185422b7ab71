//! The recorded data that each picture shows.

use std::path::Path;

use super::{Parts, chart, escaped, recording};
use crate::costs::Costs;
use crate::{Language, Result, sources};

/// The bars of `recording-cost`.
const BARS: [&str; 5] = [
    "recording/atomic/1",
    "recording/counter_0_attributes/1",
    "recording/counter_1_attribute/1",
    "recording/counter_4_attributes/1",
    "recording/counter_formatted_attribute/1",
];

/// The parts of a picture that are not words.
pub fn drawn(root: &Path, picture: &str, language: Language) -> Result<Parts> {
    let mut parts = Parts::new();
    let mut add = |name: &str, part| parts.insert(name.to_owned(), part);
    add("lang", language.tag().to_owned());
    match picture {
        "two-readers" => {
            let recording = recording::read(root, "two-readers")?;
            let points = &recording.points;
            let readers = [("fast/values", true), ("slow/values", false)];
            for (name, of_fast) in readers {
                let points = points.iter().filter(|p| p.is_fast() == of_fast);
                let values = points.map(|point| language.number(point.value));
                add(name, values.collect::<Vec<_>>().join(", "));
            }
            add("documents", chart::documents(points, language).to_string());
            add("metric", escaped(&recording.metric));
        }
        "temporality" => {
            let recording = recording::read(root, "temporality")?;
            add("metric", escaped(&recording.metric));
            let readers = [
                ("totals", "cumulative", "blue-line dots", false),
                ("changes", "delta", "diamonds", true),
            ];
            for (name, reader, class, has_stems) in readers {
                let points = recording.of_reader(reader);
                let chart =
                    chart::over_time(&points, class, has_stems, language);
                let values = points.iter().map(|p| language.number(p.value));
                let values = values.collect::<Vec<_>>().join(", ");
                add(&format!("{name}/chart"), chart.to_string());
                add(&format!("{name}/values"), values);
            }
        }
        "sum-and-gauge" => {
            let dashes = "orange-line dashed squares";
            for (name, run, class, has_stems) in [
                ("sum", "allocations", "blue-line dots", false),
                ("up_down_sum", "pending-tasks", dashes, false),
                ("gauge", "cpu-usage", "diamonds", true),
            ] {
                let recording = recording::read(root, run)?;
                let points = &recording.points;
                let chart =
                    chart::over_time(points, class, has_stems, language);
                let values = points.iter().map(|point| point.value);
                let greatest = values.fold(0.0, f64::max);
                add(&format!("{name}/chart"), chart.to_string());
                add(&format!("{name}/metric"), escaped(&recording.metric));
                add(&format!("{name}/greatest"), language.number(greatest));
            }
        }
        "buckets" => {
            let recording = recording::read(root, "task-durations")?;
            let point = recording
                .points
                .iter()
                .find_map(|point| Some((point.value, point.buckets.as_ref()?)));
            let (count, buckets) = point.ok_or("task-durations: no buckets")?;
            let counts = buckets.bucket_counts.iter().map(ToString::to_string);
            add("bars", chart::buckets(buckets, language).to_string());
            add("count", language.number(count));
            add("counts", counts.collect::<Vec<_>>().join(", "));
            add("metric", escaped(&recording.metric));
        }
        "fleet" => {
            let sum = |run: &str, at: usize| {
                let snapshots = "lessons/12-otlp/tests/snapshots";
                let file = format!("{snapshots}/backend__{run}.snap");
                let quoted =
                    sources::look_up(root, &format!("{file}#/sums/{at}"))?;
                Ok::<_, String>(quoted.text)
            };
            // Each machine overwrites the others, so the sums are their calls.
            for at in 0..3 {
                add(&format!("calls/{at}"), sum("without_instance_ids", at)?);
            }
            add("sum/without", sum("without_instance_ids", 2)?);
            add("sum/with", sum("with_instance_ids", 2)?);
        }
        "recording-cost" => {
            let costs = Costs::read(root)?;
            let mut bars = Vec::new();
            for name in BARS {
                let figure = costs.figure(name)?;
                add(name, figure.written(language));
                bars.push((figure.value, figure.written(language)));
            }
            add("bars", chart::bars(&bars).to_string());
        }
        _ => {}
    }
    Ok(parts)
}
