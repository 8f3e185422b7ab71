//! Synchronous and observable instruments on one time line. There are no
//! values and no scale in it: it shows who calls whom.

use super::canvas::{Canvas, ReadAloud, WIDTH};
use super::{Language, Picture};

struct Words {
    title: &'static str,
    description: &'static str,
    synchronous: &'static str,
    program_calls: &'static [&'static str],
    sdk_keeps: &'static str,
    observable: &'static str,
    sdk_calls: &'static [&'static str],
    documents: &'static str,
    time: &'static str,
}

const ENGLISH: Words = Words {
    title: "Synchronous and observable instruments on one time line",
    description: "Three collections divide the time line. Above, a \
        synchronous instrument: the program records a measurement whenever \
        something happens, seven times at irregular moments, and the SDK keeps \
        the result until the next collection. Below, an observable \
        instrument: nothing happens between the collections; at each of the \
        three the SDK runs the callback, which observes the value of that \
        moment. Each collection ends in one document with both.",
    synchronous: "Synchronous",
    program_calls: &[
        "the program calls the instrument",
        "when something happens",
    ],
    sdk_keeps: "the SDK keeps the result",
    observable: "Observable",
    sdk_calls: &["the SDK calls the callback", "at each collection"],
    documents: "documents",
    time: "time",
};

const PORTUGUESE: Words = Words {
    title: "Instrumentos síncronos e observáveis em uma linha do tempo",
    description: "Três coletas dividem a linha do tempo. Acima, um \
        instrumento síncrono: o programa registra uma medição sempre que algo \
        acontece, sete vezes em momentos irregulares, e o SDK guarda o \
        resultado até a próxima coleta. Abaixo, um instrumento observável: \
        nada acontece entre as coletas; em cada uma das três, o SDK executa o \
        callback, que observa o valor daquele momento. Cada coleta termina em \
        um documento com os dois.",
    synchronous: "Síncrono",
    program_calls: &["o programa chama o instrumento", "quando algo acontece"],
    sdk_keeps: "o SDK guarda o resultado",
    observable: "Observável",
    sdk_calls: &["o SDK chama o callback", "a cada coleta"],
    documents: "documentos",
    time: "tempo",
};

const HEIGHT: f64 = 434.0;
const LEFT: f64 = 24.0;
const COLLECTIONS: [f64; 3] = [152.0, 292.0, 432.0];
const MEASUREMENTS: [f64; 7] = [48.0, 80.0, 112.0, 216.0, 320.0, 344.0, 392.0];

/// The middles of the measurements, of what the SDK keeps, of the documents
/// and of the time line.
const MEASURED: f64 = 108.0;
const KEPT: f64 = 168.0;
const DOCUMENTS: f64 = 262.0;
const TIME: f64 = 340.0;

pub fn draw(language: Language) -> Picture {
    let words = language.choose(&ENGLISH, &PORTUGUESE);
    let read_aloud = ReadAloud {
        title: words.title,
        description: words.description,
    };
    let name = "sync-observable";
    let mut canvas = Canvas::new(name, HEIGHT, language, &read_aloud);
    for x in COLLECTIONS {
        let ends = [(x, MEASURED - 16.0), (x, KEPT)];
        canvas.line("grey-line thin dashed", ends[0], ends[1]);
    }
    synchronous(&mut canvas, words);
    documents(&mut canvas, words);
    observable(&mut canvas, words);
    canvas.finish()
}

fn synchronous(canvas: &mut Canvas, words: &Words) {
    canvas.words("bold blue", LEFT, 34.0, words.synchronous);
    canvas.lines("small", LEFT, 57.0, words.program_calls);
    for x in MEASUREMENTS {
        canvas.circle("blue", (x, MEASURED), 7.0);
        canvas.arrow("blue", &[(x, MEASURED), (x, KEPT - 23.0)]);
    }
    let size = (WIDTH - 2.0 * LEFT, 40.0);
    canvas.rectangle("soft blue-line line", LEFT, KEPT - 20.0, size);
    canvas.words("small middle", WIDTH / 2.0, KEPT + 5.0, words.sdk_keeps);
    for x in COLLECTIONS {
        canvas.arrow("blue", &[(x, KEPT + 20.0), (x, DOCUMENTS - 27.0)]);
    }
}

/// Draws the documents, one for each collection, between both instruments.
fn documents(canvas: &mut Canvas, words: &Words) {
    canvas.words("small", LEFT, DOCUMENTS + 5.0, words.documents);
    for x in COLLECTIONS {
        let size = (38.0, 46.0);
        canvas.sheet("panel ink-line", x - 19.0, DOCUMENTS - 23.0, size);
        for y in [DOCUMENTS - 3.0, DOCUMENTS + 5.0, DOCUMENTS + 13.0] {
            canvas.line("ink-line thin", (x - 11.0, y), (x + 11.0, y));
        }
    }
}

fn observable(canvas: &mut Canvas, words: &Words) {
    canvas.arrow("ink", &[(LEFT, TIME), (WIDTH - LEFT, TIME)]);
    canvas.words("small end", WIDTH - LEFT, TIME + 28.0, words.time);
    for x in COLLECTIONS {
        canvas.arrow("orange", &[(x, TIME), (x, DOCUMENTS + 27.0)]);
        diamond(canvas, "orange", (x, TIME));
    }
    canvas.words("bold orange", LEFT, TIME + 32.0, words.observable);
    canvas.lines("small", LEFT, TIME + 55.0, words.sdk_calls);
}

fn diamond(canvas: &mut Canvas, class: &str, (x, y): (f64, f64)) {
    let corners = [(x, y - 10.0), (x + 10.0, y), (x, y + 10.0), (x - 10.0, y)];
    canvas.shape(class, &corners);
}
