//! The way from a measurement to a document.

use super::canvas::{Canvas, LEADING, ReadAloud, WIDTH};
use super::{Language, Picture};

struct Words {
    title: &'static str,
    description: &'static str,
    program: Step,
    measurement: &'static [&'static str],
    provider: &'static str,
    resource: Step,
    instrument: Step,
    aggregation: Step,
    collection: &'static str,
    reader: Step,
    exporter: Step,
    document: Step,
}

/// What takes part, and what it does.
struct Step {
    name: &'static str,
    does: &'static [&'static str],
}

const ENGLISH: Words = Words {
    title: "From a measurement to a document",
    description: "The program gives a measurement, a value with its \
        attributes, to an instrument. The instrument was built by a meter of \
        the provider. Inside the provider, the aggregation keeps one data \
        point for each set of attributes. At an interval, and once more at \
        the end, the reader collects all data points. It gives them, with the \
        resource that says which program this is, to the exporter. The \
        exporter prints them on standard output as one JSON document.",
    program: Step {
        name: "program",
        does: &["measures when something happens"],
    },
    measurement: &["measurement:", "value and attributes"],
    provider: "provider",
    resource: Step {
        name: "resource",
        does: &["says which", "program this is"],
    },
    instrument: Step {
        name: "instrument",
        does: &["built by a meter"],
    },
    aggregation: Step {
        name: "aggregation",
        does: &["one data point", "for each set of attributes"],
    },
    collection: "collection",
    reader: Step {
        name: "reader",
        does: &["collects all data points", "at an interval, and at the end"],
    },
    exporter: Step {
        name: "exporter",
        does: &["writes what was collected"],
    },
    document: Step {
        name: "document",
        does: &["JSON on stdout,", "one for each collection"],
    },
};

const PORTUGUESE: Words = Words {
    title: "Da medição ao documento",
    description: "O programa entrega uma medição, um valor com seus atributos, \
        a um instrumento. O instrumento foi criado por um meter do provedor. \
        Dentro do provedor, a agregação mantém um ponto de dados para cada \
        conjunto de atributos. A cada intervalo, e mais uma vez no fim, o \
        leitor coleta todos os pontos de dados. Ele os entrega, junto com o \
        recurso que diz qual é o programa, ao exportador. O exportador os \
        imprime na saída padrão como um documento JSON.",
    program: Step {
        name: "programa",
        does: &["mede quando algo acontece"],
    },
    measurement: &["medição:", "valor e atributos"],
    provider: "provedor",
    resource: Step {
        name: "recurso",
        does: &["diz qual é", "o programa"],
    },
    instrument: Step {
        name: "instrumento",
        does: &["criado por um meter"],
    },
    aggregation: Step {
        name: "agregação",
        does: &["um ponto de dados", "por conjunto de atributos"],
    },
    collection: "coleta",
    reader: Step {
        name: "leitor",
        does: &[
            "coleta todos os pontos de dados",
            "a cada intervalo e no fim",
        ],
    },
    exporter: Step {
        name: "exportador",
        does: &["escreve o que foi coletado"],
    },
    document: Step {
        name: "documento",
        does: &["JSON em stdout,", "um a cada coleta"],
    },
};

const HEIGHT: f64 = 806.0;

/// The edges of the boxes, and where the arrows are.
const LEFT: f64 = 44.0;
const BOX: f64 = 336.0;
const ARROWS: f64 = 88.0;
const ARROW: f64 = 36.0;

/// Where the provider begins, and what is in it.
const PROVIDER: f64 = 146.0;
const INSTRUMENT: f64 = 256.0;

pub fn draw(language: Language) -> Picture {
    let words = language.choose(&ENGLISH, &PORTUGUESE);
    let read_aloud = ReadAloud {
        title: words.title,
        description: words.description,
    };
    let mut canvas = Canvas::new("pipeline", HEIGHT, language, &read_aloud);
    let program = step(&mut canvas, "panel ink-line", 20.0, &words.program);
    provider(&mut canvas, words.provider);
    let way = [(ARROWS, program), (ARROWS, INSTRUMENT - 3.0)];
    canvas.arrow("ink", &way);
    canvas.lines("small", ARROWS + 14.0, program + 24.0, words.measurement);

    let blue = "soft blue-line";
    let y = step(&mut canvas, blue, INSTRUMENT, &words.instrument);
    let y = next(&mut canvas, y);
    let y = step(&mut canvas, blue, y, &words.aggregation);
    canvas.words("small", ARROWS + 14.0, y + 23.0, words.collection);
    let reader = next(&mut canvas, y);
    resource(&mut canvas, &words.resource, reader + 40.0);
    let orange = "soft orange-line";
    let y = step(&mut canvas, orange, reader, &words.reader);
    let y = next(&mut canvas, y);
    let y = step(&mut canvas, orange, y, &words.exporter);

    let document = y + 54.0;
    canvas.arrow("ink", &[(ARROWS, y), (ARROWS, document - 4.0)]);
    let size = (BOX, height(&words.document));
    canvas.sheet("panel ink-line", LEFT, document, size);
    inscribe(&mut canvas, LEFT, document, &words.document);
    canvas.finish()
}

/// The frame around everything that belongs to the provider.
fn provider(canvas: &mut Canvas, name: &str) {
    let size = (WIDTH - 40.0, 514.0);
    canvas.rectangle("panel grey-line line", 20.0, PROVIDER, size);
    canvas.words("bold", ARROWS + 14.0, PROVIDER + 30.0, name);
}

/// The resource, which comes into each collection at `reader`.
fn resource(canvas: &mut Canvas, resource: &Step, reader: f64) {
    let (left, top, rail) = (284.0, PROVIDER + 14.0, 420.0);
    let size = (160.0, height(resource));
    canvas.rectangle("panel green-line line dashed", left, top, size);
    inscribe(canvas, left, top, resource);
    let (bottom, right) = (top + size.1, LEFT + BOX + 3.0);
    let way = [(rail, bottom), (rail, reader), (right, reader)];
    canvas.dashed_arrow("green", &way);
}

/// Draws a box with what a step is and does; returns where it ends.
fn step(canvas: &mut Canvas, class: &str, top: f64, step: &Step) -> f64 {
    let height = height(step);
    canvas.rectangle(&format!("{class} line"), LEFT, top, (BOX, height));
    inscribe(canvas, LEFT, top, step);
    top + height
}

fn inscribe(canvas: &mut Canvas, left: f64, top: f64, step: &Step) {
    canvas.words("bold", left + 14.0, top + 25.0, step.name);
    canvas.lines("small", left + 14.0, top + 25.0 + LEADING, step.does);
}

fn height(step: &Step) -> f64 {
    // A bold line, one more for each, and room above and below.
    step.does.iter().map(|_| LEADING).sum::<f64>() + 38.0
}

/// Draws an arrow from the end of one box to the start of the next.
fn next(canvas: &mut Canvas, end: f64) -> f64 {
    let start = end + ARROW;
    canvas.arrow("ink", &[(ARROWS, end), (ARROWS, start - 3.0)]);
    start
}
