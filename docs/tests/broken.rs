//! Each check catches what it should: a small, valid book is broken in one
//! place at a time.

mod folder;

use docs::{agreement, parity, quotes};
use folder::Folder;

const PAGE: &str = "docs/en/src/demo.md";
const OTHER_PAGE: &str = "docs/pt-BR/src/demo.md";
const LESSON: &str = "lessons/06-demo/src/lib.rs";
const SNAPSHOT: &str = "lessons/06-demo/tests/snapshots/export__one.snap";

#[test]
fn a_book_in_order_has_no_problems() {
    let book = book("in_order");
    assert_eq!(quotes::problems(&book.root), [""; 0]);
    assert_eq!(parity::problems(&book.root), [""; 0]);
    assert_eq!(agreement::problems(&book.root), [""; 0]);
}

#[test]
fn a_region_that_differs_names_page_source_and_command() {
    let book = book("differs");
    book.replace(PAGE, "fn one() {}", "fn two() {}");
    assert_eq!(
        quotes::problems(&book.root),
        [format!(
            "{PAGE}: the region of `{LESSON}#one` differs from its source: \
             `just quotes` updates it"
        )]
    );
    quotes::rewrite(&book.root).expect("it can be updated");
    assert_eq!(quotes::problems(&book.root), [""; 0]);
}

#[test]
fn changing_a_source_makes_its_regions_differ() {
    let book = book("changed");
    book.replace(LESSON, "fn one() {}", "fn one(_: u8) {}");
    book.replace(SNAPSHOT, "1", "2");
    let problems = quotes::problems(&book.root);
    assert_eq!(problems.len(), 4, "{problems:#?}");
    quotes::rewrite(&book.root).expect("it can be updated");
    assert_eq!(quotes::problems(&book.root), [""; 0]);
    assert!(book.read(PAGE).contains("fn one(_: u8) {}"));
}

#[test]
fn rust_and_json_outside_a_region_are_problems() {
    for fence in ["```rust", "```json", "```rust,ignore", "    ```json"] {
        let book = book("outside");
        book.append(PAGE, &format!("\n{fence}\n1\n```\n"));
        let problems = quotes::problems(&book.root);
        assert_eq!(problems.len(), 1, "{fence}: {problems:#?}");
        assert!(problems[0].starts_with(PAGE), "{problems:#?}");
        assert!(problems[0].contains("outside a quoted region"));
    }
}

#[test]
fn a_source_that_is_gone_or_empty_is_a_problem() {
    for (old, new, problem) in [
        ("#one -->", "#gone -->", "there is no anchor gone"),
        ("src/lib.rs#one -->", "src/gone.rs -->", "cannot be read"),
        (".snap#/a -->", ".snap#/b -->", "has nothing at /b"),
        ("<!-- /quote -->", "", "has no `<!-- /quote -->`"),
    ] {
        let book = book("gone");
        book.replace(PAGE, old, new);
        let problems = quotes::problems(&book.root).join("\n");
        assert!(problems.contains(PAGE), "{problems}");
        assert!(problems.contains(problem), "{problem}: {problems}");
    }
    for (old, new, problem) in [
        ("fn one() {}\n", "", "is empty"),
        ("// ANCHOR_END: one\n", "", "the anchor one has no end"),
    ] {
        let book = book("empty");
        book.replace(LESSON, old, new);
        let problems = quotes::problems(&book.root).join("\n");
        assert!(problems.contains(problem), "{problem}: {problems}");
    }
}

#[test]
fn an_anchor_or_a_snapshot_that_no_page_quotes_is_a_problem() {
    let book = book("unquoted");
    book.append(LESSON, "// ANCHOR: new\nfn new() {}\n// ANCHOR_END: new\n");
    book.write(&SNAPSHOT.replace("one", "two"), book.read(SNAPSHOT));
    let problems = quotes::problems(&book.root);
    assert_eq!(problems.len(), 2, "{problems:#?}");
    assert!(problems[0].contains("#new is quoted by no page"));
    assert!(problems[1].contains("export__two.snap is quoted by no page"));
}

#[test]
fn a_snapshot_that_is_not_json_is_quoted_as_text() {
    let book = book("text");
    let text = SNAPSHOT.replace("one", "text");
    book.write(&text, "---\nsource: x\n---\none 1\n");
    let region = format!("\n<!-- quote {text} -->\n<!-- /quote -->\n");
    book.append(PAGE, &region);
    quotes::rewrite(&book.root).expect("its sources exist");
    assert!(book.read(PAGE).contains("```text\none 1\n```"));
}

#[test]
fn pages_that_differ_in_shape_are_problems() {
    for (addition, what) in [
        ("\n## More\n", "heading levels"),
        ("\n```sh\nls\n```\n", "fences"),
        ("\nWith `a literal`.\n", "inline-code literals"),
        ("\n[A link](demo.md)\n", "links and pictures"),
        ("\n![A picture](pictures/one.svg)\n", "links and pictures"),
        ("\n<!-- quote x -->\n<!-- /quote -->\n", "quotes"),
        ("\n<!-- figure x -->1<!-- /figure -->\n", "figures"),
    ] {
        let book = book("shape");
        book.append(OTHER_PAGE, addition);
        let problems = parity::problems(&book.root);
        assert_eq!(problems.len(), 1, "{what}: {problems:#?}");
        let start = format!("demo.md: the {what} of the two languages differ");
        assert!(problems[0].starts_with(&start), "{problems:#?}");
    }
}

#[test]
fn a_figure_that_was_not_measured_names_page_line_and_command() {
    let book = book("figures");
    let sentence = "It costs <!-- figure a/1 -->1.50 ns<!-- /figure -->.";
    book.append(PAGE, &format!("\n{sentence}\n"));
    assert_eq!(quotes::problems(&book.root), [""; 0]);

    book.replace(PAGE, "1.50 ns", "1.51 ns");
    let changed = sentence.replace("1.50 ns", "1.51 ns");
    assert_eq!(
        quotes::problems(&book.root),
        [format!(
            "{PAGE}: a figure differs from the measured one: `just quotes` \
             updates it: {changed}"
        )]
    );
    quotes::rewrite(&book.root).expect("it can be updated");
    assert_eq!(quotes::problems(&book.root), [""; 0]);

    for (old, new, problem) in [
        ("figure a/1", "figure b/1", "there is no figure b/1"),
        ("figure a/1", "figure a/1 / 2", "there is no figure a/1 / 2"),
        (
            " ns<!-- /figure -->",
            " ns",
            "has no `<!-- /figure -->` in its line",
        ),
    ] {
        book.replace(PAGE, old, new);
        let problems = quotes::problems(&book.root).join("\n");
        assert!(problems.contains(problem), "{problem}: {problems}");
        book.replace(PAGE, new, old);
    }
}

#[test]
fn figures_that_cannot_be_read_are_a_problem() {
    for (old, new, problem) in [
        (
            "1.5",
            "null",
            "costs.json does not have its format: invalid type",
        ),
        ("\"ns\"", "\"s\"", "unknown variant `s`"),
        ("{", "", "costs.json does not have its format"),
    ] {
        let book = book("unreadable_figures");
        book.replace("docs/data/costs.json", old, new);
        let problems = quotes::problems(&book.root);
        assert_eq!(problems.len(), 1, "{problems:#?}");
        assert!(problems[0].contains(problem), "{problems:#?}");
        assert!(problems[0].contains("`just bench-report`"));
    }
}

#[test]
fn a_table_is_quoted_in_the_language_of_the_page() {
    let book = book("tables");
    let row = |en, pt, figures| {
        format!(r#"{{"en": [{en}], "pt-BR": [{pt}], "figures": [{figures}]}}"#)
    };
    let rows = [
        row(r#""what", "figure""#, r#""o quê", "número""#, ""),
        row(r#""addition""#, r#""soma""#, r#""a/1""#),
        row(r#""processor""#, r#""processador""#, r#""cpu""#),
    ];
    let tables = format!(r#"{{"all": [{}]}}"#, rows.join(","));
    book.write("docs/data/tables.json", tables);
    for page in [PAGE, OTHER_PAGE] {
        book.append(page, "\n<!-- quote costs all -->\n<!-- /quote -->\n");
    }
    quotes::rewrite(&book.root).expect("the table exists");
    assert!(book.read(PAGE).ends_with(
        "\n\n| what | figure |\n| --- | ---: |\n| addition | 1.50 ns |\n\
         | processor | fast |\n\n<!-- /quote -->\n"
    ));
    assert!(book.read(OTHER_PAGE).contains("| soma | 1,50 ns |\n"));

    for (old, new, problem) in [
        ("all", "some", "docs/data/tables.json has no table some"),
        ("some", "all", ""),
    ] {
        book.replace(PAGE, &format!("costs {old}"), &format!("costs {new}"));
        let problems = quotes::problems(&book.root).join("\n");
        assert!(problems.contains(problem), "{problems}");
    }
}

#[test]
fn a_line_of_jq_is_quoted_with_what_it_prints() {
    let book = book("jq");
    let line = "just lesson-6 --exports 1 | jq .a";
    let recording = "docs/data/jq/lesson-6-exports-1.jsonl";
    book.write("docs/data/jq.toml", format!("a = \"{line}\""));
    book.write(recording, "{\"a\": 1}\n");
    for page in [PAGE, OTHER_PAGE] {
        book.append(page, "\n<!-- quote jq a -->\n<!-- /quote -->\n");
    }
    quotes::rewrite(&book.root).expect("the line can be run");
    let printed = format!("\n```sh\n{line}\n```\n\n```text\n1\n```\n");
    assert!(book.read(PAGE).contains(&printed), "{}", book.read(PAGE));
    assert_eq!(quotes::problems(&book.root), [""; 0]);

    for (file, old, new, problem) in [
        (recording, "1", "2", "`jq a` differs from its source"),
        (PAGE, "jq a", "jq b", "docs/data/jq.toml has no line b"),
        ("docs/data/jq.toml", "|", ";", "a has no pipe"),
        (
            "docs/data/jq.toml",
            "exports 1",
            "exports 2",
            "just jq-record",
        ),
        ("docs/data/jq.toml", ".a", ".(", "fails: "),
    ] {
        book.replace(file, old, new);
        let problems = quotes::problems(&book.root).join("\n");
        assert!(problems.contains(problem), "{problem}: {problems}");
        book.replace(file, new, old);
    }
}

#[test]
fn a_filter_in_no_line_and_a_line_on_no_page_are_problems() {
    let book = book("filters");
    let [known, new] = [".a", ".b"].map(|f| format!("just lesson-6 | jq {f}"));
    book.write("docs/data/jq.toml", format!("a = \"{known}\""));
    book.append(PAGE, &format!("\n`{new}`\n\n{known}\n{new}\n{new} .\n"));
    assert_eq!(
        quotes::problems(&book.root),
        [
            "`jq a` is quoted by no page: quote it".to_owned(),
            format!("{PAGE}: docs/data/jq.toml has no line with `jq .b`"),
            format!("{PAGE}: docs/data/jq.toml has no line with `jq .b .`"),
        ]
    );
}

#[test]
fn every_check_reports_unreadable_files() {
    let checks = [quotes::problems, parity::problems, agreement::problems];
    for check in checks {
        let book = book("unreadable");
        book.write(PAGE, [0xff]);
        let problem = &check(&book.root)[0];
        let start = format!("{PAGE} cannot be read: ");
        assert!(problem.starts_with(&start), "{problem}");
    }
    for check in checks {
        let missing = Folder::new("missing");
        let problem = &check(&missing.root)[0];
        assert!(problem.contains(" cannot be read: "), "{problem}");
    }
}

#[test]
fn a_page_in_one_language_only_is_a_problem() {
    for (page, missing) in [
        (PAGE, "docs/en/src/demo.md"),
        (OTHER_PAGE, "docs/pt-BR/src/demo.md"),
    ] {
        let book = book("one_language");
        book.remove(page);
        let problems = parity::problems(&book.root).join("\n");
        let start = format!("{missing} is missing");
        assert!(problems.starts_with(&start), "{problems}");
    }
}

#[test]
fn a_lesson_that_a_file_does_not_name_is_a_problem() {
    for (file, part) in [
        ("justfile", "lesson-6"),
        ("README.md", "lessons/06-demo"),
        ("README.pt-BR.md", "lessons/06-demo"),
        ("docs/en/src/SUMMARY.md", "demo.md"),
        ("docs/pt-BR/src/SUMMARY.md", "demo.md"),
    ] {
        let book = book("agreement");
        book.replace(file, part, "gone");
        let problems = agreement::problems(&book.root).join("\n");
        assert!(problems.starts_with(file), "{file}: {problems}");
    }
}

#[test]
fn lessons_out_of_order_are_a_problem() {
    let book = book("order");
    book.write("lessons/07-late/src/lib.rs", "");
    for language in ["en", "pt-BR"] {
        book.write(&format!("docs/{language}/src/late.md"), "# Late\n");
        let summary = format!("docs/{language}/src/SUMMARY.md");
        book.replace(&summary, "- [Demo]", "- [Late](late.md)\n- [Demo]");
    }
    let problems = agreement::problems(&book.root);
    assert_eq!(problems.len(), 5, "{problems:#?}");
    for problem in problems {
        assert!(problem.contains("in that order"), "{problem}");
    }
}

#[test]
fn a_title_that_differs_from_the_summary_is_a_problem() {
    let book = book("title");
    book.replace(PAGE, "# Demo", "# Demonstration");
    let problems = agreement::problems(&book.root);
    assert_eq!(problems.len(), 1, "{problems:#?}");
    assert!(problems[0].starts_with(PAGE), "{problems:#?}");
}

#[test]
fn a_test_that_does_not_exist_is_a_problem() {
    let book = book("tests");
    book.append(PAGE, "\nSee `one_is_always_one`, and `a_key_of_json`.\n");
    let problems = agreement::problems(&book.root);
    assert_eq!(problems.len(), 2, "{problems:#?}");
    assert!(problems[0].contains("there is no test `one_is_always_one`"));

    book.write(
        "lessons/06-demo/tests/one.rs",
        "#[test]\nfn one_is_always_one() {}\n",
    );
    book.replace(SNAPSHOT, "\"a\"", "\"a_key_of_json\"");
    assert_eq!(agreement::problems(&book.root), [""; 0]);
}

#[test]
fn a_trap_missing_from_the_traps_page_is_a_problem() {
    let book = book("traps");
    let trap = "#[test]\nfn one_is_two() {}\n\nfn helper() {}\n";
    book.write("lessons/06-demo/tests/traps.rs", trap);
    for language in ["en", "pt-BR"] {
        let summary = format!("docs/{language}/src/SUMMARY.md");
        book.append(&summary, "- [Traps](traps.md)\n");
        book.write(&format!("docs/{language}/src/traps.md"), "# Traps\n");
    }
    let problems = agreement::problems(&book.root);
    assert_eq!(problems.len(), 2, "{problems:#?}");
    assert!(problems[0].contains("the trap `one_is_two` is missing"));
}

/// A small workspace with a valid book.
fn book(name: &str) -> Folder {
    let book = Folder::new(name);
    book.write(LESSON, "// ANCHOR: one\nfn one() {}\n// ANCHOR_END: one\n");
    book.write(SNAPSHOT, "---\nsource: x\n---\n{\"a\": {\"b\": 1}}\n");
    book.write("shared/src/lib.rs", "");
    book.write("justfile", "lesson-6 *args:\n    run\n");
    book.write("docs/data/jq.toml", "");
    let figures = r#""figures": {"a/1": {"value": 1.5, "unit": "ns"}}"#;
    book.write(
        "docs/data/costs.json",
        format!(r#"{{"conditions": {{"cpu": "fast"}}, {figures}}}"#),
    );
    let page = format!(
        "# Demo\n\n<!-- quote {LESSON}#one -->\n<!-- /quote -->\n\n\
         <!-- quote {SNAPSHOT}#/a -->\n<!-- /quote -->\n"
    );
    for readme in ["README.md", "README.pt-BR.md"] {
        book.write(readme, "# Demo\n\n[6](lessons/06-demo)\n");
    }
    for page_name in [PAGE, OTHER_PAGE] {
        book.write(page_name, &page);
        let summary = page_name.replace("demo", "SUMMARY");
        book.write(&summary, "# Summary\n\n- [Demo](demo.md)\n");
    }
    quotes::rewrite(&book.root).expect("its sources exist");
    book
}
