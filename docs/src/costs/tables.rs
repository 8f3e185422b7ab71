//! The tables of figures, in both languages.

use super::Costs;
use crate::pictures::Language;

/// What a table is made of. A cell is the row's expression with the column's
/// word in the place of `{}`.
struct Table {
    name: &'static str,
    /// Above the names of the rows.
    corner: [&'static str; 2],
    columns: &'static [Column],
    rows: &'static [Row],
}

struct Column {
    heading: [&'static str; 2],
    word: &'static str,
}

struct Row {
    name: [&'static str; 2],
    expression: &'static str,
}

const fn column(word: &'static str, heading: [&'static str; 2]) -> Column {
    Column { heading, word }
}

const fn row(expression: &'static str, name: [&'static str; 2]) -> Row {
    Row { name, expression }
}

const TABLES: [Table; 7] = [
    Table {
        name: "recording",
        corner: ["one recording", "um registro"],
        columns: &[
            column("1", ["1 thread", "1 thread"]),
            column("2", ["2 threads, each", "2 threads, cada uma"]),
        ],
        rows: &[
            row("recording/atomic/{}", ["atomic, alone", "atômico, sozinho"]),
            row(
                "recording/atomic_and_observable/{}",
                [
                    "atomic, observed once a second",
                    "atômico, observado uma vez por segundo",
                ],
            ),
            row(
                "recording/bound_counter/{}",
                ["bound counter", "contador vinculado (*bound*)"],
            ),
            row(
                "recording/counter_0_attributes/{}",
                ["counter, no attribute", "contador, sem atributo"],
            ),
            row(
                "recording/counter_1_attribute/{}",
                ["counter, 1 attribute", "contador, 1 atributo"],
            ),
            row(
                "recording/counter_4_attributes/{}",
                ["counter, 4 attributes", "contador, 4 atributos"],
            ),
            row(
                "recording/counter_formatted_attribute/{}",
                [
                    "counter, 1 attribute made by `format!`",
                    "contador, 1 atributo feito com `format!`",
                ],
            ),
        ],
    },
    Table {
        name: "data points",
        corner: ["data points", "pontos de dados"],
        columns: &[
            column("1", ["1", "1"]),
            column("10", ["10", "10"]),
            column("100", ["100", "100"]),
            column("1000", ["1000", "1000"]),
            column("10000", ["10,000", "10.000"]),
        ],
        rows: &[
            row("collecting/counter/{}", ["counter", "contador"]),
            row(
                "collecting/observable_counter/{}",
                ["observable counter", "contador observável"],
            ),
        ],
    },
    Table {
        name: "callbacks",
        corner: ["callbacks", "callbacks"],
        columns: &[
            column("1", ["1", "1"]),
            column("10", ["10", "10"]),
            column("100", ["100", "100"]),
            column("1000", ["1000", "1000"]),
        ],
        rows: &[
            row(
                "collecting/atomic/{}",
                ["each reads an atomic", "cada um lê um atômico"],
            ),
            row(
                "collecting/atomic_read_once/{}",
                [
                    "an atomic is read once for all",
                    "um atômico é lido uma vez para todos",
                ],
            ),
            row(
                "collecting/process/{}",
                [
                    "each refreshes the process statistics",
                    "cada um atualiza as estatísticas do processo",
                ],
            ),
            row(
                "collecting/process_read_once/{}",
                [
                    "they are refreshed once for all",
                    "elas são atualizadas uma vez para todos",
                ],
            ),
        ],
    },
    Table {
        name: "exporting",
        corner: ["per data point, with", "por ponto de dados, com"],
        columns: &[
            column("1 / 1", ["1", "1"]),
            column("100 / 100", ["100", "100"]),
            column("1000 / 1000", ["1000", "1000"]),
            column("10000 / 10000", ["10,000", "10.000"]),
            column("100000 / 100000", ["100,000", "100.000"]),
        ],
        rows: &[
            row(
                "exporting/copy/{}",
                ["copy of the bytes", "cópia dos bytes"],
            ),
            row(
                "exporting/typed_structs/{}",
                [
                    "structs in order, `serde_json`",
                    "structs em ordem, `serde_json`",
                ],
            ),
            row("exporting/json/{}", ["`JsonExporter`", "`JsonExporter`"]),
            row(
                "exporting/ordering/{}",
                ["of this, ordering", "disso, a ordenação"],
            ),
            row(
                "exporting/json_to_stdout/{}",
                [
                    "`JsonExporter`, standard output",
                    "`JsonExporter`, saída padrão",
                ],
            ),
            row(
                "exporting/opentelemetry_stdout/{}",
                [
                    "`opentelemetry-stdout`, standard output",
                    "`opentelemetry-stdout`, saída padrão",
                ],
            ),
        ],
    },
    Table {
        name: "allocating",
        corner: ["work", "trabalho"],
        columns: &[
            column("system", ["system's allocator", "alocador do sistema"]),
            column("counting", ["counting allocator", "alocador que conta"]),
        ],
        rows: &[
            row(
                "allocating/{}/box",
                ["one `Box`, freed", "um `Box`, liberado"],
            ),
            row("allocating/{}/text", ["one `format!`", "um `format!`"]),
            row(
                "allocating/{}/growing_list",
                [
                    "a `Vec` that grows to 1000 elements",
                    "um `Vec` que cresce até 1000 elementos",
                ],
            ),
            row(
                "allocating/{}/tree",
                [
                    "a `BTreeMap` with 100 texts",
                    "um `BTreeMap` com 100 textos",
                ],
            ),
        ],
    },
    Table {
        name: "build",
        corner: ["`just lesson-6`", "`just lesson-6`"],
        columns: &[column("", ["figure", "número"])],
        rows: &[
            row("build/crates", ["crates", "crates"]),
            row("build/cold_seconds", ["first build", "primeira compilação"]),
            row(
                "build/warm_seconds",
                [
                    "build after a change in the lesson",
                    "compilação depois de uma mudança na lição",
                ],
            ),
        ],
    },
    Table {
        name: "peers",
        corner: ["lesson 6", "lição 6"],
        columns: &[
            column("rust", ["Rust", "Rust"]),
            column("python", ["Python", "Python"]),
        ],
        rows: &[
            row(
                "peers/start_ms/{}",
                [
                    "from the start to the first document, beyond the interval",
                    "do início ao primeiro documento, além do intervalo",
                ],
            ),
            row("peers/memory_mib/{}", ["most memory", "máximo de memória"]),
            row(
                "peers/document_bytes/{}",
                ["size of a document", "tamanho de um documento"],
            ),
            row(
                "peers/collection_cpu_us/{}",
                [
                    "CPU time, collection and export",
                    "tempo de CPU, coleta e exportação",
                ],
            ),
            row(
                "peers/export_cpu_us_1/{}",
                ["CPU time, 1 data point", "tempo de CPU, 1 ponto de dados"],
            ),
            row(
                "peers/export_cpu_us_100/{}",
                [
                    "CPU time, 100 data points",
                    "tempo de CPU, 100 pontos de dados",
                ],
            ),
            row(
                "peers/export_cpu_us_10000/{}",
                [
                    "CPU time, 10,000 data points",
                    "tempo de CPU, 10.000 pontos de dados",
                ],
            ),
        ],
    },
];

/// A table as Markdown.
///
/// # Errors
///
/// A sentence that says which table or figure there is not.
pub fn table(
    costs: &Costs,
    name: &str,
    language: Language,
) -> Result<String, String> {
    if name == "conditions" {
        return Ok(conditions(costs, language));
    }
    let table = TABLES.iter().find(|table| table.name == name);
    let table = table.ok_or_else(|| format!("there is no table {name}"))?;
    let choose = |[english, portuguese]: [&'static str; 2]| {
        language.choose(english, portuguese)
    };
    let headings = table.columns.iter().map(|column| choose(column.heading));
    let mut lines = vec![line(choose(table.corner), headings)];
    let right = table.columns.iter().map(|_| "---:");
    lines.push(line("---", right));
    for row in table.rows {
        let cells = table.columns.iter().map(|column| {
            let expression = row.expression.replace("{}", column.word);
            let figure = costs.calculate(&expression)?;
            Ok(figure.written(language))
        });
        let cells = cells.collect::<Result<Vec<_>, String>>()?;
        lines.push(line(choose(row.name), cells.iter().map(String::as_str)));
    }
    Ok(lines.join("\n"))
}

fn line<'a>(name: &'a str, cells: impl Iterator<Item = &'a str>) -> String {
    let cells: Vec<_> = [name].into_iter().chain(cells).collect();
    format!("| {} |", cells.join(" | "))
}

/// With what and when it was measured.
fn conditions(costs: &Costs, language: Language) -> String {
    let names = [
        ("date", "day", "dia"),
        ("cpu", "processor", "processador"),
        ("cores", "cores", "núcleos"),
        ("os", "operating system", "sistema operacional"),
    ];
    let translated = |name: &str| {
        let word = name.split(',').next().unwrap_or_default();
        match names.iter().find(|(key, ..)| *key == word) {
            Some((_, english, portuguese)) => {
                let translation = language.choose(english, portuguese);
                name.replacen(word, translation, 1)
            }
            None => name.to_owned(),
        }
    };
    let mut lines = vec![
        line(
            language.choose("what", "o quê"),
            [language.choose("value", "valor")].into_iter(),
        ),
        line("---", ["---"].into_iter()),
    ];
    for (name, value) in &costs.conditions {
        lines.push(line(&translated(name), [value.as_str()].into_iter()));
    }
    lines.join("\n")
}
