//! The choice of an instrument, in the order of the specification's
//! supplementary guidelines.

use super::canvas::{Canvas, LEADING, ReadAloud};
use super::{Language, Picture};

type Lines = &'static [&'static str];

struct Words {
    title: &'static str,
    description: &'static str,
    yes: &'static str,
    no: &'static str,
    change: Lines,
    can_fall: Lines,
    statistics: Lines,
    adds_up: Lines,
    counter: Lines,
    up_down_counter: Lines,
    histogram: Lines,
    gauge: Lines,
    observable_counter: Lines,
    observable_up_down_counter: Lines,
}

const ENGLISH: Words = Words {
    title: "Which instrument?",
    description: "First question: do you count changes, as they happen? If \
        yes: can the total fall? If not, a counter; if it can, an up-down \
        counter. If you do not count changes, second question: do you want \
        statistics of the values? If yes, a histogram. If no, you report an \
        absolute value, and the third question is: does it make sense added \
        up? If not, a gauge or an observable gauge. If it does: can the total \
        fall? If not, an observable counter; if it can, an observable up-down \
        counter.",
    yes: "yes",
    no: "no",
    change: &["Do you count changes,", "as they happen?"],
    can_fall: &["Can the total fall?"],
    statistics: &["Do you want statistics", "of the values?"],
    adds_up: &[
        "You report an absolute value.",
        "Does it make sense added up?",
    ],
    counter: &["counter"],
    up_down_counter: &["up-down", "counter"],
    histogram: &["histogram"],
    gauge: &["gauge or", "observable gauge"],
    observable_counter: &["observable", "counter"],
    observable_up_down_counter: &["observable", "up-down", "counter"],
};

const PORTUGUESE: Words = Words {
    title: "Qual instrumento?",
    description: "Primeira pergunta: você conta variações, quando elas \
        acontecem? Se sim: o total pode cair? Se não pode, um contador; se \
        pode, um contador bidirecional. Se você não conta variações, segunda \
        pergunta: você quer estatísticas dos valores? Se sim, um histograma. \
        Se não, você informa um valor absoluto, e a terceira pergunta é: faz \
        sentido somá-lo? Se não, um gauge ou um gauge observável. Se faz: o \
        total pode cair? Se não pode, um contador observável; se pode, um \
        contador bidirecional observável.",
    yes: "sim",
    no: "não",
    change: &["Você conta variações,", "quando elas acontecem?"],
    can_fall: &["O total pode cair?"],
    statistics: &["Você quer estatísticas", "dos valores?"],
    adds_up: &["Você informa um valor absoluto.", "Faz sentido somá-lo?"],
    counter: &["contador"],
    up_down_counter: &["contador", "bidirecional"],
    histogram: &["histograma"],
    gauge: &["gauge ou", "gauge observável"],
    observable_counter: &["contador", "observável"],
    observable_up_down_counter: &["contador", "bidirecional", "observável"],
};

const HEIGHT: f64 = 841.0;

/// The edges of the questions, and the left one of what follows an answer.
const LEFT: f64 = 20.0;
const INDENTED: f64 = 80.0;
const RIGHT: f64 = 460.0;

/// The way from question to question, the middle of what is indented, and the
/// middles of two answers side by side.
const SPINE: f64 = 48.0;
const MIDDLE: f64 = 270.0;
const COLUMNS: [f64; 2] = [172.0, 368.0];

const ANSWER: f64 = 184.0;
const ARROW: f64 = 36.0;
const GAP: f64 = 32.0;

pub fn draw(language: Language) -> Picture {
    let words = language.choose(&ENGLISH, &PORTUGUESE);
    let read_aloud = ReadAloud {
        title: words.title,
        description: words.description,
    };
    let mut canvas = Canvas::new("choice", HEIGHT, language, &read_aloud);
    let tree = &mut canvas;

    let asked = question(tree, LEFT, 20.0, words.change);
    let y = arrow(tree, MIDDLE, asked, words.yes);
    let y = question(tree, INDENTED, y, words.can_fall);
    let counters = [words.counter, words.up_down_counter];
    let y = answers(tree, y, words, counters) + GAP;
    spine(tree, asked, y, words.no);

    let asked = question(tree, LEFT, y, words.statistics);
    let y = arrow(tree, MIDDLE, asked, words.yes);
    let y = answer(tree, MIDDLE, y, words.histogram) + GAP;
    spine(tree, asked, y, words.no);

    let asked = question(tree, LEFT, y, words.adds_up);
    let y = arrow(tree, MIDDLE, asked, words.no);
    let y = answer(tree, MIDDLE, y, words.gauge) + GAP;
    spine(tree, asked, y, words.yes);

    let y = question(tree, LEFT, y, words.can_fall);
    let counters = [words.observable_counter, words.observable_up_down_counter];
    answers(tree, y, words, counters);
    canvas.finish()
}

/// Draws a question up to the right edge; returns where it ends, like the
/// functions below.
fn question(tree: &mut Canvas, left: f64, top: f64, asked: Lines) -> f64 {
    let height = height(asked);
    let size = (RIGHT - left, height);
    tree.rectangle("panel grey-line line", left, top, size);
    tree.lines("", left + 16.0, top + 27.0, asked);
    top + height
}

fn answer(tree: &mut Canvas, middle: f64, top: f64, name: Lines) -> f64 {
    let height = height(name);
    let left = middle - ANSWER / 2.0;
    tree.rectangle("soft blue-line thick", left, top, (ANSWER, height));
    tree.lines("bold middle", middle, top + 27.0, name);
    top + height
}

/// Draws one answer for no, and beside it one for yes.
fn answers(
    tree: &mut Canvas,
    top: f64,
    words: &Words,
    names: [Lines; 2],
) -> f64 {
    let mut end = top;
    for ((x, word), name) in
        COLUMNS.into_iter().zip([words.no, words.yes]).zip(names)
    {
        let y = arrow(tree, x, top, word);
        end = answer(tree, x, y, name).max(end);
    }
    end
}

fn arrow(tree: &mut Canvas, x: f64, top: f64, word: &str) -> f64 {
    let end = top + ARROW;
    tree.arrow("ink", &[(x, top), (x, end - 4.0)]);
    tree.words("small", x + 12.0, top + 22.0, word);
    end
}

/// Draws the way past the answers to the next question.
fn spine(tree: &mut Canvas, top: f64, end: f64, word: &str) {
    tree.arrow("ink", &[(SPINE, top), (SPINE, end - 4.0)]);
    tree.words("small", SPINE + 12.0, top + 22.0, word);
}

fn height(lines: Lines) -> f64 {
    lines.iter().map(|_| LEADING).sum::<f64>() + 21.0
}
