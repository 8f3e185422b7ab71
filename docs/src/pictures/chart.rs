//! Draws recorded data. The time axes and the words around a chart are in its
//! template. Lengths are in pixels.

use svg::Node;
use svg::node::element::{Element, Group, Text};

use super::recording::{Buckets, Point};
use crate::Language;

/// The edges of every timeline, and the height of the values above it.
const LEFT: f64 = 60.0;
const RIGHT: f64 = 450.0;
const HEIGHT: f64 = 124.0;

/// The number of steps on a value axis.
const STEPS: u8 = 4;

/// Values over half a minute: their axis, and a line through the points. The
/// style sheet decides how the line and points of a class look. Points not
/// joined by a line stand on stems.
pub fn over_time(
    points: &[Point],
    class: &str,
    has_stems: bool,
    language: Language,
) -> Group {
    let greatest = points.iter().map(|point| point.value).fold(0.0, f64::max);
    let step = step(greatest);
    let y = |value: f64| HEIGHT - value / step / f64::from(STEPS) * HEIGHT;
    let mut chart = Group::new();
    for value in (0..=STEPS).map(|number| f64::from(number) * step) {
        let (from, to) = ((LEFT, y(value)), (RIGHT, y(value)));
        chart.append(line("grey-line thin faint", from, to));
        let value = language.number(value);
        chart.append(label("small end", (LEFT - 8.0, from.1 + 5.0), &value));
    }
    let places = points.iter().map(|p| (x(p, 13.0), y(p.value)));
    let places: Vec<_> = places.collect();
    for (x, y) in places.iter().filter(|_| has_stems) {
        chart.append(line("green-line thin", (*x, HEIGHT), (*x, *y)));
    }
    let places = places.iter().map(|(x, y)| format!("{x:.1},{y:.1}"));
    let mut series = Element::new("polyline");
    series.assign("class", format!("line {class}"));
    series.assign("points", places.collect::<Vec<_>>().join(" "));
    chart.add(series)
}

/// The smallest step of 0.1, 0.2, 0.5, 1, 2, 5, 10 ... that reaches `greatest`
/// in four.
pub fn step(greatest: f64) -> f64 {
    let tens = (-1..12).map(|exponent| 10_f64.powi(exponent));
    tens.flat_map(|ten| [ten, 2.0 * ten, 5.0 * ten])
        .find(|step| step * f64::from(STEPS) >= greatest)
        .unwrap_or(greatest)
}

/// Callback runs on a timeline, with an arrow from each to a document: round
/// and above for the fast reader, square and below for the slow one.
pub fn documents(points: &[Point], language: Language) -> Group {
    let mut group = Group::new();
    for (point, x) in points.iter().zip(side_by_side(points)) {
        group.append(line("ink-line thick", (x, 155.0), (x, 173.0)));
        let y = if point.is_fast() {
            group.append(line("blue-line blue-arrow", (x, 155.0), (x, 94.0)));
            let circle = [("cx", x), ("cy", 76.0), ("r", 15.0)];
            group.append(element("circle", "soft blue-line line", &circle));
            81.0
        } else {
            let way = ((x, 173.0), (x, 230.0));
            group.append(line("orange-line dashed orange-arrow", way.0, way.1));
            let place = (x - 15.0, 233.0);
            let class = "soft orange-line line";
            group.append(rectangle(class, place, (30.0, 30.0)));
            253.0
        };
        let value = language.number(point.value);
        group.append(label("small bold middle", (x, y), &value));
    }
    group
}

/// The positions of points on the timeline. Points at almost the same time are
/// moved apart, keeping their order.
fn side_by_side(points: &[Point]) -> Vec<f64> {
    const APART: f64 = 16.0;
    let mut places: Vec<_> = points.iter().map(|p| x(p, 40.0)).collect();
    for right in 1..places.len() {
        let middle = f64::midpoint(places[right - 1], places[right]);
        if places[right] - places[right - 1] < APART {
            places[right - 1] = middle - APART / 2.0;
            places[right] = middle + APART / 2.0;
        }
    }
    places
}

/// A bar for each bucket, with its bounds before it and its count behind it.
pub fn buckets(buckets: &Buckets, language: Language) -> Group {
    let bounds = buckets.explicit_bounds.iter();
    let bounds: Vec<_> = bounds.map(|bound| language.number(*bound)).collect();
    let counts = buckets.bucket_counts.iter();
    let counts = counts.map(|count| (f64::from(*count), count.to_string()));
    let mut group = bars(&counts.collect::<Vec<_>>());
    for (bucket, row) in (0..=bounds.len()).zip(0_u8..) {
        let name = match (bucket.checked_sub(1), bounds.get(bucket)) {
            (None, Some(upper)) => format!("≤ {upper}"),
            (Some(lower), Some(upper)) => {
                format!("{} – {upper}", bounds[lower])
            }
            (Some(lower), None) => format!("> {}", bounds[lower]),
            (None, None) => String::new(),
        };
        let y = f64::from(row) * 36.0;
        group.append(label("small end", (-10.0, y + 15.0), &name));
    }
    group
}

/// Bars that compare values, with the values written beside them.
pub fn bars(bars: &[(f64, String)]) -> Group {
    let greatest = bars.iter().map(|(value, _)| *value).fold(0.0, f64::max);
    let mut group = Group::new();
    for ((value, written), row) in bars.iter().zip(0_u8..) {
        let y = f64::from(row) * 36.0;
        let width = value / greatest * 196.0;
        group.append(rectangle("blue", (0.0, y), (width, 20.0)));
        group.append(label("small bold", (width + 8.0, y + 15.0), written));
    }
    group
}

/// The position of a point on a timeline with `second` pixels per second.
fn x(point: &Point, second: f64) -> f64 {
    LEFT + f64::from(point.milliseconds) / 1000.0 * second
}

fn line(class: &str, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) -> Element {
    let ends = [("x1", x1), ("y1", y1), ("x2", x2), ("y2", y2)];
    element("line", &format!("line {class}"), &ends)
}

fn rectangle(class: &str, (x, y): (f64, f64), size: (f64, f64)) -> Element {
    let (width, height) = size;
    let edges = [("x", x), ("y", y), ("width", width), ("height", height)];
    element("rect", class, &edges)
}

/// An element with a class and lengths, rounded to a tenth of a pixel.
fn element(name: &str, class: &str, lengths: &[(&str, f64)]) -> Element {
    let mut element = Element::new(name);
    element.assign("class", class);
    for (name, length) in lengths {
        element.assign(*name, (length * 10.0).round() / 10.0);
    }
    element
}

fn label(class: &str, (x, y): (f64, f64), words: &str) -> Text {
    let (x, y) = (format!("{x:.1}"), format!("{y:.1}"));
    Text::new(words).set("class", class).set("x", x).set("y", y)
}
