//! The pictures match what would be drawn, and anything missing for one of them
//! is named.

mod folder;

use docs::Language;
use docs::pictures::recording::{Point, Recording, Run, runs};
use docs::pictures::{chart, check, files, write};
use folder::Folder;
use serde_json::{Value, json};

const STYLE: &str = "docs/pictures/style.css";
const TEMPLATE: &str = "docs/pictures/choice.svg";
const WORDS: &str = "docs/pictures/words.en.json";
const RECORDING: &str = "docs/data/two-readers.json";
const PICTURE: &str = "docs/en/src/pictures/choice.svg";

#[test]
fn the_book_shows_the_pictures_as_they_would_be_drawn() {
    assert_eq!(check(&docs::workspace()), [""; 0]);
}

#[test]
fn a_picture_that_differs_or_is_missing_is_a_problem() {
    let folder = pictures("differs");
    folder.append(PICTURE, "\n");
    let problem = format!("{PICTURE} differs: run `just pictures draw`");
    assert_eq!(check(&folder.root), [problem]);
    folder.remove(PICTURE);
    let problems = check(&folder.root);
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].starts_with(PICTURE), "{problems:?}");
}

#[test]
fn words_and_placeholders_belong_together() {
    for (file, old, new, problem) in [
        (TEMPLATE, "{{counter}}", "{{new}}", "no word for `{{new}}`"),
        (TEMPLATE, "{{counter}}", "", "`counter` is used nowhere"),
        (
            TEMPLATE,
            "{{counter}}",
            "{{counter",
            "no word for `{{counter</te",
        ),
        (TEMPLATE, "@import", "@export", "choice.svg has no `@import"),
        (
            WORDS,
            "\"counter\"",
            "\"other\"",
            "no word for `{{counter}}`",
        ),
        (WORDS, "\"choice\"", "\"other\"", "has no words for choice"),
        (WORDS, "\"counter\"", "{{x}}", "words.en.json does not have"),
        (WORDS, "{{metric}}", "{{x}}", "no word for `{{x}}`"),
    ] {
        let folder = pictures("words");
        folder.replace(file, old, new);
        let found = &check(&folder.root)[0];
        assert!(found.contains(problem), "{problem}: {found}");
        assert!(found.contains(file), "{file}: {found}");
    }
}

#[test]
fn words_are_escaped() {
    let folder = pictures("escaped");
    folder.replace(WORDS, ": \"histogram\"", ": \"a < b & c\"");
    write(&folder.root).expect("everything exists");
    assert!(folder.read(PICTURE).contains(">a &lt; b &amp; c</text>"));
}

#[test]
fn data_that_cannot_be_drawn_names_its_file() {
    for (old, new) in [
        ("1000", "null"),
        ("\"points\"", "\"dots\""),
        ("\"metric\": \"", "\"metric\": \"other."),
    ] {
        let folder = pictures("data");
        folder.replace(RECORDING, old, new);
        let problem = files(&folder.root).expect_err("it is broken");
        assert!(problem.starts_with(RECORDING), "{problem}");
        assert!(problem.ends_with("run `just pictures`"), "{problem}");
    }
}

#[test]
fn a_chart_has_round_numbers_in_four_steps() {
    for (greatest, expected) in [
        (0.0, 0.1),
        (0.4, 0.1),
        (1.0, 0.5),
        (1.9, 0.5),
        (16.0, 5.0),
        (3521.0, 1000.0),
        (4001.0, 2000.0),
    ] {
        assert_eq!(chart::step(greatest), expected, "{greatest}");
    }
}

#[test]
fn runs_at_almost_the_same_time_stand_side_by_side() {
    let times = [2000, 3000, 3001];
    let points = times.map(|time| point("fast", time, 0.25));
    let svg = chart::documents(&points, Language::Portuguese).to_string();
    for x in [140, 172, 188] {
        assert!(svg.contains(&format!("x1=\"{x}\"")), "{x}: {svg}");
    }
    assert!(svg.contains("0,25"), "{svg}");
}

#[test]
fn times_count_from_one_interval_before_the_first_document() {
    let documents = [
        document("fast", 7_000_000_000, 1),
        document("slow", 9_000_999_999, 2),
    ];
    let run = run("two-readers");
    let recording = run.recording(&documents);
    let points = vec![point("fast", 1000, 1.0), point("slow", 3000, 2.0)];
    let metric = run.metric;
    assert_eq!(recording, Some(Recording { metric, points }));
}

#[test]
fn a_document_without_the_metric_is_no_recording() {
    let documents = [document("fast", 7_000_000_000, 1)];
    assert_eq!(run("allocations").recording(&documents), None);
    assert_eq!(run("two-readers").recording(&[]), None);
}

#[test]
fn a_histogram_is_recorded_with_its_buckets() {
    let mut document = document("fast", 7_000_000_000, 1);
    let point =
        "/resource_metrics/0/scope_metrics/0/metrics/0/data/data_points/0";
    *document.pointer_mut(point).expect("it has one") = json!({
        "time_unix_nano": 7_000_000_000_u64,
        "count": 5,
        "bucket_counts": [3, 0, 2],
        "explicit_bounds": [0.5, 1.0],
    });
    let recording = run("two-readers").recording(&[document]);
    let points = recording.expect("it has the metric").points;
    let buckets = points[0].buckets.as_ref().expect("a histogram");
    assert_eq!(points[0].value, 5.0);
    let svg = chart::buckets(buckets, Language::Portuguese).to_string();
    for label in ["≤ 0,5", "0,5 – 1", "&gt; 1", "3", "0", "2"] {
        assert!(svg.contains(&format!("\n{label}\n")), "{label}: {svg}");
    }
}

fn run(name: &str) -> Run {
    let mut runs = runs(&docs::workspace()).expect("they can be read");
    runs.remove(name).expect("it is one of them")
}

fn point(reader: &str, milliseconds: u32, value: f64) -> Point {
    Point {
        reader: Some(reader.to_owned()),
        milliseconds,
        value,
        buckets: None,
    }
}

fn document(reader: &str, nanoseconds: u64, value: u64) -> Value {
    json!({
        "reader": reader,
        "resource_metrics": [{ "scope_metrics": [{ "metrics": [{
            "name": run("two-readers").metric,
            "data": { "data_points": [{
                "time_unix_nano": nanoseconds,
                "value": value,
            }]},
        }]}]}],
    })
}

/// Minimum text contrast in the Web Content Accessibility Guidelines (1.4.3).
const ENOUGH: f64 = 4.5;

#[test]
fn every_colour_is_readable_on_the_panel_and_in_a_box() {
    let sheet = Folder::new("style");
    sheet.copy("docs/pictures");
    let sheet = sheet.read(STYLE);
    let (light, dark) = sheet.split_once("@media").expect("a dark part");
    for (screen, sheet) in [("light", light), ("dark", dark)] {
        let colours = colours(sheet);
        assert_eq!(colours.len(), 7, "{screen}: {colours:?}");
        let (backgrounds, inks) = colours.split_at(2);
        for (ink, ink_value) in inks {
            for (background, value) in backgrounds {
                let contrast = contrast(ink_value, value);
                let pair = format!("{screen}: {ink} on {background}");
                assert!(contrast >= ENOUGH, "{pair}: {contrast}");
            }
        }
    }
}

#[test]
fn black_on_white_has_the_greatest_contrast() {
    assert!((contrast("000000", "ffffff") - 21.0).abs() < 1e-9);
}

/// The colour variables of a style sheet, in order.
fn colours(sheet: &str) -> Vec<(&str, &str)> {
    let lines = sheet.lines().map(str::trim);
    lines
        .filter_map(|line| {
            let (name, value) = line.strip_prefix("--")?.split_once(": #")?;
            Some((name, value.strip_suffix(';')?))
        })
        .collect()
}

fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// The relative luminance, as the guidelines define it.
fn luminance(colour: &str) -> f64 {
    let channel = |start: usize| {
        let digits = &colour[start..start + 2];
        let value =
            u8::from_str_radix(digits, 16).expect("a colour is six digits");
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
}

/// A copy of everything the pictures are made from, and the pictures.
fn pictures(name: &str) -> Folder {
    let folder = Folder::new(&format!("pictures_{name}"));
    folder.copy("docs/pictures");
    folder.copy("docs/data");
    folder.copy("lessons/12-otlp/tests/snapshots");
    write(&folder.root).expect("everything exists");
    folder
}
