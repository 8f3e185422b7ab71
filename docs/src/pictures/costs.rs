//! Bars that compare what things cost, in the order of the tables.

use super::canvas::{Canvas, LEADING, ReadAloud, WIDTH};
use super::{Language, Picture};
use crate::costs::{Costs, Figure};

struct Words {
    title: [&'static str; 2],
    /// Before the names and figures of all bars.
    description: [&'static str; 2],
    heading: [&'static str; 2],
}

struct Bar {
    name: [&'static str; 2],
    colour: &'static str,
    expression: &'static str,
}

const fn bar(
    colour: &'static str,
    expression: &'static str,
    name: [&'static str; 2],
) -> Bar {
    Bar {
        name,
        colour,
        expression,
    }
}

const RECORDING: Words = Words {
    title: ["What one recording costs", "Quanto custa um registro"],
    description: [
        "Bars for one recording on one thread: ",
        "Barras para um registro em uma thread: ",
    ],
    heading: [
        "time of one recording, 1 thread",
        "tempo de um registro, 1 thread",
    ],
};

const RECORDING_BARS: [Bar; 7] = [
    bar("blue", "recording/atomic/1", ["atomic", "atômico"]),
    bar(
        "blue",
        "recording/atomic_and_observable/1",
        ["atomic, observed", "atômico, observado"],
    ),
    bar(
        "orange",
        "recording/bound_counter/1",
        ["bound counter", "contador vinculado"],
    ),
    bar(
        "orange",
        "recording/counter_0_attributes/1",
        ["no attribute", "sem atributo"],
    ),
    bar(
        "orange",
        "recording/counter_1_attribute/1",
        ["1 attribute", "1 atributo"],
    ),
    bar(
        "orange",
        "recording/counter_4_attributes/1",
        ["4 attributes", "4 atributos"],
    ),
    bar(
        "orange",
        "recording/counter_formatted_attribute/1",
        ["1, made by format!", "1, feito com format!"],
    ),
];

const EXPORTING: Words = Words {
    title: ["What one export costs", "Quanto custa uma exportação"],
    description: [
        "Bars for one data point of 10,000: ",
        "Barras para um ponto de dados entre 10.000: ",
    ],
    heading: [
        "time for one of 10,000 data points",
        "tempo para um de 10.000 pontos de dados",
    ],
};

const EXPORTING_BARS: [Bar; 6] = [
    bar(
        "green",
        "exporting/copy/10000 / 10000",
        ["copy of the bytes", "cópia dos bytes"],
    ),
    bar(
        "green",
        "exporting/typed_structs/10000 / 10000",
        ["structs in order", "structs em ordem"],
    ),
    bar(
        "blue",
        "exporting/json/10000 / 10000",
        ["JsonExporter", "JsonExporter"],
    ),
    bar(
        "blue",
        "exporting/ordering/10000 / 10000",
        ["of this, ordering", "disso, ordenação"],
    ),
    bar(
        "orange",
        "exporting/json_to_stdout/10000 / 10000",
        ["JsonExporter, stdout", "JsonExporter, stdout"],
    ),
    bar(
        "orange",
        "exporting/opentelemetry_stdout/10000 / 10000",
        ["opentelemetry-stdout", "opentelemetry-stdout"],
    ),
];

/// Draws both pictures.
///
/// # Errors
///
/// A sentence that says which figure there is not.
pub fn draw(costs: &Costs, language: Language) -> Result<[Picture; 2], String> {
    Ok([
        bars(
            "recording-cost",
            &RECORDING,
            &RECORDING_BARS,
            costs,
            language,
        )?,
        bars(
            "exporting-cost",
            &EXPORTING,
            &EXPORTING_BARS,
            costs,
            language,
        )?,
    ])
}

const LEFT: f64 = 20.0;
const TOP: f64 = 66.0;
const BARS_LEFT: f64 = 196.0;
const BARS_RIGHT: f64 = WIDTH - 88.0;
const ROW: f64 = LEADING + 15.0;
const BAR: f64 = 20.0;

fn bars(
    name: &'static str,
    words: &Words,
    bars: &[Bar],
    costs: &Costs,
    language: Language,
) -> Result<Picture, String> {
    let choose = |[english, portuguese]: [&'static str; 2]| {
        language.choose(english, portuguese)
    };
    let figures = bars.iter().map(|bar| costs.calculate(bar.expression));
    let figures = figures.collect::<Result<Vec<_>, _>>()?;
    let read_aloud = bars.iter().zip(&figures).map(|(bar, figure)| {
        format!("{}: {}", choose(bar.name), figure.written(language))
    });
    let read_aloud: Vec<_> = read_aloud.collect();
    let description =
        format!("{}{}.", choose(words.description), read_aloud.join("; "));
    let rows = bars.iter().map(|_| ROW).sum::<f64>();
    let mut canvas = Canvas::new(
        name,
        TOP + rows,
        language,
        &ReadAloud {
            title: choose(words.title),
            description: &description,
        },
    );
    canvas.words("bold", LEFT, 36.0, choose(words.heading));
    let greatest = figures.iter().map(nanoseconds).fold(0.0, f64::max);
    let mut y = TOP;
    for (bar, figure) in bars.iter().zip(&figures) {
        let share = nanoseconds(figure) / greatest;
        let right = BARS_LEFT + share * (BARS_RIGHT - BARS_LEFT);
        canvas.words("small", LEFT, y + 15.0, choose(bar.name));
        canvas.shape(
            bar.colour,
            &[
                (BARS_LEFT, y),
                (right, y),
                (right, y + BAR),
                (BARS_LEFT, y + BAR),
            ],
        );
        let written = figure.written(language);
        canvas.words("small bold", right + 8.0, y + 15.0, &written);
        y += ROW;
    }
    Ok(canvas.finish())
}

fn nanoseconds(figure: &Figure) -> f64 {
    match figure {
        Figure::Time(time) => *time,
        Figure::Size(_) | Figure::Number(_) => 0.0,
    }
}
