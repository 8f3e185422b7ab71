//! A cumulative sum, an up-down sum and a gauge over the same half minute, as
//! lessons 6, 7 and 8 printed them.

use super::canvas::{Canvas, ReadAloud};
use super::chart::{Chart, RIGHT};
use super::recording::{Point, Recording, Recordings};
use super::{Language, Picture};

struct Words {
    title: &'static str,
    /// Before the first and the last value of the sum, after these, and after
    /// the greatest of each other metric.
    description: [&'static str; 5],
    sum: Heading,
    up_down_sum: Heading,
    gauge: Heading,
    seconds: &'static str,
}

struct Heading {
    name: &'static str,
    reading: &'static str,
}

const ENGLISH: Words = Words {
    title: "A cumulative sum, an up-down sum and a gauge over the same half \
        minute: recorded runs of lessons 6, 7 and 8",
    description: [
        "Three charts, one below the other, with a point for each collection, \
        every half second. The cumulative sum app.alocacoes never falls: it \
        rises from ",
        " to ",
        ". The up-down sum fila.tarefas.pendentes jumps up when tasks are \
        added and falls to 0 as they are done, again and again; its greatest \
        value is ",
        ". The gauge processo.cpu.uso is high for some seconds and almost 0 \
        for some seconds, in turn; each point stands for itself. Its greatest \
        value is ",
        ".",
    ],
    sum: Heading {
        name: "Cumulative sum",
        reading: "never falls: look at how steep it is",
    },
    up_down_sum: Heading {
        name: "Up-down sum",
        reading: "how many there are; two queues add up",
    },
    gauge: Heading {
        name: "Gauge",
        reading: "how it is now; adding it up says nothing",
    },
    seconds: "seconds",
};

const PORTUGUESE: Words = Words {
    title: "Uma soma cumulativa, uma soma bidirecional e um gauge no mesmo \
        meio minuto: execuções gravadas das lições 6, 7 e 8",
    description: [
        "Três gráficos, um abaixo do outro, com um ponto para cada coleta, a \
        cada meio segundo. A soma cumulativa app.alocacoes nunca cai: ela sobe \
        de ",
        " a ",
        ". A soma bidirecional fila.tarefas.pendentes salta quando entram \
        tarefas e cai a 0 conforme elas são feitas, várias vezes; seu maior \
        valor é ",
        ". O gauge processo.cpu.uso fica alto por alguns segundos e quase em 0 \
        por outros, alternadamente; cada ponto vale por si. Seu maior \
        valor é ",
        ".",
    ],
    sum: Heading {
        name: "Soma cumulativa",
        reading: "nunca cai: observe a inclinação",
    },
    up_down_sum: Heading {
        name: "Soma bidirecional",
        reading: "quantas há agora; duas filas se somam",
    },
    gauge: Heading {
        name: "Gauge",
        reading: "como está agora; somado, não diz nada",
    },
    seconds: "segundos",
};

const HEIGHT: f64 = 742.0;

/// From one chart to the next, and from its top to its first value.
const CHART: f64 = 236.0;
const ABOVE: f64 = 82.0;
const VALUES: f64 = 124.0;
const SECONDS: f64 = 30.0;

pub fn draw(recordings: &Recordings, language: Language) -> Picture {
    let words = language.choose(&ENGLISH, &PORTUGUESE);
    let description = describe(recordings, words, language);
    let read_aloud = ReadAloud {
        title: words.title,
        description: &description,
    };
    let name = "sum-and-gauge";
    let mut canvas = Canvas::new(name, HEIGHT, language, &read_aloud);
    let mut panel = |row: u8, heading: &Heading, recording: &Recording| {
        let top = f64::from(row) * CHART;
        draw_chart(&mut canvas, top, heading, recording, language)
    };
    let sum = panel(0, &words.sum, &recordings.allocations);
    let up_down = panel(1, &words.up_down_sum, &recordings.pending_tasks);
    let gauge = panel(2, &words.gauge, &recordings.cpu_usage);

    draw_sum(&mut canvas, &sum, &recordings.allocations.points);
    draw_up_down(&mut canvas, &up_down, &recordings.pending_tasks.points);
    draw_gauge(&mut canvas, &gauge, &recordings.cpu_usage.points);
    gauge.draw_unit(&mut canvas, words.seconds);
    canvas.finish()
}

fn describe(
    recordings: &Recordings,
    words: &Words,
    language: Language,
) -> String {
    let value = |point: Option<&Point>| {
        language.number(point.map_or(0.0, |point| point.value))
    };
    let greatest = |recording: &Recording| {
        let values = recording.points.iter().map(|point| point.value);
        language.number(values.fold(0.0, f64::max))
    };
    let sum = &recordings.allocations.points;
    let [start, to, pending, usage, end] = words.description;
    [
        start,
        &value(sum.first()),
        to,
        &value(sum.last()),
        pending,
        &greatest(&recordings.pending_tasks),
        usage,
        &greatest(&recordings.cpu_usage),
        end,
    ]
    .concat()
}

/// Draws all of a chart but its points.
fn draw_chart(
    canvas: &mut Canvas,
    top: f64,
    heading: &Heading,
    recording: &Recording,
    language: Language,
) -> Chart {
    canvas.words("bold", 20.0, top + 32.0, heading.name);
    canvas.words("small code end", RIGHT + 8.0, top + 32.0, &recording.metric);
    canvas.words("small", 20.0, top + 54.0, heading.reading);
    let bottom = top + ABOVE + VALUES;
    let chart = Chart::new(bottom, VALUES, SECONDS, &recording.points);
    chart.draw_values(canvas, language);
    chart.draw_seconds(canvas, 5);
    chart
}

/// A line through round points: what is between two of them is in the second.
fn draw_sum(canvas: &mut Canvas, chart: &Chart, points: &[Point]) {
    let places: Vec<_> = places(chart, points).collect();
    canvas.path("blue-line", &places);
    for place in places {
        canvas.circle("blue", place, 3.0);
    }
}

/// A dashed line through square points.
fn draw_up_down(canvas: &mut Canvas, chart: &Chart, points: &[Point]) {
    let places: Vec<_> = places(chart, points).collect();
    canvas.path("orange-line dashed", &places);
    for (x, y) in places {
        let (left, right, top, bottom) = (x - 3.0, x + 3.0, y - 3.0, y + 3.0);
        let corners =
            [(left, top), (right, top), (right, bottom), (left, bottom)];
        canvas.shape("orange", &corners);
    }
}

/// Points that no line joins: each stands for itself.
fn draw_gauge(canvas: &mut Canvas, chart: &Chart, points: &[Point]) {
    for (x, y) in places(chart, points) {
        canvas.line("green-line thin", (x, chart.bottom), (x, y));
        let corners = [(x, y - 4.5), (x + 4.5, y), (x, y + 4.5), (x - 4.5, y)];
        canvas.shape("green", &corners);
    }
}

fn places(chart: &Chart, points: &[Point]) -> impl Iterator<Item = (f64, f64)> {
    points.iter().map(|point| chart.place(point))
}
