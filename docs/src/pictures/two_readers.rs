//! Two readers of one provider on one time line, as lesson 9 printed them.

use super::canvas::{Canvas, LEADING, ReadAloud, WIDTH};
use super::recording::{Point, Recording};
use super::{Language, Picture};

struct Words {
    title: &'static str,
    /// Before the fast reader's documents, between them and the slow reader's,
    /// and after these.
    description: [&'static str; 3],
    fast: &'static str,
    run: &'static str,
    slow: &'static str,
    value: &'static str,
    seconds: &'static str,
}

const ENGLISH: Words = Words {
    title: "Two readers on one time line: a recorded run of lesson 9",
    description: [
        "On the line, one tick for each time that the callback ran; the \
        number is the value of coletas.total, which counts these runs. From \
        each tick an arrow leads to the document of the reader that collected: \
        above, the fast reader, every second; below, the slow reader, every \
        three seconds. When both collect at almost the same time, the callback \
        runs twice. The fast reader's documents: ",
        ". The slow reader's documents: ",
        ".",
    ],
    fast: "documents of the fast reader (1 s)",
    run: "a tick: the callback runs",
    slow: "documents of the slow reader (3 s)",
    value: "a number: coletas.total in a document",
    seconds: "seconds",
};

const PORTUGUESE: Words = Words {
    title: "Dois leitores em uma linha do tempo: uma execução gravada da \
        lição 9",
    description: [
        "Na linha, um traço para cada vez que o callback foi executado; o \
        número é o valor de coletas.total, que conta essas execuções. De cada \
        traço uma seta leva ao documento do leitor que coletou: acima, o \
        leitor rápido, a cada segundo; abaixo, o leitor lento, a cada três \
        segundos. Quando os dois coletam quase ao mesmo tempo, o callback é \
        executado duas vezes. Os documentos do leitor rápido: ",
        ". Os documentos do leitor lento: ",
        ".",
    ],
    fast: "documentos do leitor rápido (1 s)",
    run: "um traço: o callback é executado",
    slow: "documentos do leitor lento (3 s)",
    value: "um número: coletas.total no documento",
    seconds: "segundos",
};

const HEIGHT: f64 = 434.0;
const LEFT: f64 = 24.0;

/// The line of the callback's runs, and the middles of the documents.
const LINE: f64 = 164.0;
const FAST: f64 = 76.0;
const SLOW: f64 = 248.0;
const AXIS: f64 = 314.0;

/// The start of the time, and the width of a second.
const START: f64 = 40.0;
const SECOND: f64 = 43.0;

/// Runs less than this apart are moved away from each other.
const CLOSE: f64 = 24.0;

pub fn draw(recording: &Recording, language: Language) -> Picture {
    let words = language.choose(&ENGLISH, &PORTUGUESE);
    let description = describe(&recording.points, words, language);
    let read_aloud = ReadAloud {
        title: words.title,
        description: &description,
    };
    let mut canvas = Canvas::new("two-readers", HEIGHT, language, &read_aloud);
    canvas.words("bold blue", LEFT, 34.0, words.fast);
    canvas.words("bold orange", LEFT, SLOW + 44.0, words.slow);
    canvas.line("grey-line", (START, LINE), (WIDTH - LEFT, LINE));
    for (point, x) in recording.points.iter().zip(places(&recording.points)) {
        draw_run(&mut canvas, x, LINE);
        draw_document(&mut canvas, x, point, language);
    }
    draw_seconds(&mut canvas, words.seconds);
    draw_run(&mut canvas, LEFT + 8.0, AXIS + 74.0);
    canvas.words("small", LEFT + 24.0, AXIS + 79.0, words.run);
    canvas.words("small", LEFT + 24.0, AXIS + 79.0 + LEADING, words.value);
    canvas.finish()
}

/// Reads out the values of each reader's documents.
fn describe(points: &[Point], words: &Words, language: Language) -> String {
    let values = |of_fast: bool| {
        let points = points.iter().filter(|point| is_fast(point) == of_fast);
        let values: Vec<String> =
            points.map(|point| language.number(point.value)).collect();
        values.join(", ")
    };
    let [start, between, end] = words.description;
    [start, &values(true), between, &values(false), end].concat()
}

fn is_fast(point: &Point) -> bool {
    point.reader.as_deref() == Some("fast")
}

/// Where the points are on the time line. Those of both readers at almost the
/// same time stand side by side, in their order.
fn places(points: &[Point]) -> Vec<f64> {
    let x = |point: &Point| START + point.seconds() * SECOND;
    let close = |one: Option<&Point>, other: &Point| {
        one.is_some_and(|one| (x(one) - x(other)).abs() < CLOSE)
    };
    let place = |(index, point): (usize, &Point)| {
        let before = index.checked_sub(1).and_then(|i| points.get(i));
        let moved =
            match (close(before, point), close(points.get(index + 1), point)) {
                (true, false) => CLOSE / 2.0,
                (false, true) => -CLOSE / 2.0,
                _ => 0.0,
            };
        x(point) + moved
    };
    points.iter().enumerate().map(place).collect()
}

fn draw_run(canvas: &mut Canvas, x: f64, y: f64) {
    canvas.line("ink-line thick", (x, y - 9.0), (x, y + 9.0));
}

/// Draws the document, round for the fast reader and square for the slow one,
/// and the arrow from the callback's run to it.
fn draw_document(
    canvas: &mut Canvas,
    x: f64,
    point: &Point,
    language: Language,
) {
    let y = if is_fast(point) {
        canvas.arrow("blue", &[(x, LINE - 9.0), (x, FAST + 18.0)]);
        canvas.circle("soft blue-line line", (x, FAST), 15.0);
        FAST
    } else {
        canvas.dashed_arrow("orange", &[(x, LINE + 9.0), (x, SLOW - 18.0)]);
        let size = (30.0, 30.0);
        canvas.rectangle("soft orange-line line", x - 15.0, SLOW - 15.0, size);
        SLOW
    };
    let value = language.number(point.value);
    canvas.words("small bold middle", x, y + 5.0, &value);
}

fn draw_seconds(canvas: &mut Canvas, unit: &str) {
    canvas.arrow("ink", &[(START, AXIS), (WIDTH - LEFT, AXIS)]);
    for second in (0_u32..=9).map(f64::from) {
        let x = START + second * SECOND;
        canvas.line("ink-line", (x, AXIS - 5.0), (x, AXIS + 5.0));
        let number = second.to_string();
        canvas.words("small middle", x, AXIS + 23.0, &number);
    }
    canvas.words("small end", WIDTH - LEFT, AXIS + 44.0, unit);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_at_almost_the_same_time_stand_side_by_side() {
        let points = [2000, 3000, 3001].map(|milliseconds| Point {
            reader: None,
            milliseconds,
            value: 0.0,
        });
        let [two, first, second] = places(&points)[..] else {
            panic!("a place for each point");
        };
        assert_eq!(two, START + 2.0 * SECOND);
        assert!(second - first >= CLOSE);
    }
}
