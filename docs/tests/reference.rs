//! Traps of another form are named, and so are terms that the course never
//! uses.

mod folder;

use docs::reference::problems;
use folder::Folder;

const TRAPS: &str = "docs/en/src/traps.md";
const GLOSSARY: &str = "docs/en/src/glossary.md";

#[test]
fn a_trap_is_what_you_see_why_what_to_do_and_tests() {
    let book = book("traps");
    assert_eq!(problems(&book.root), [""; 0]);
    for row in [
        "| A 2. | It grew. | `one_is_two_and_three` |",
        "| A 2. | It grew. |  | `one_is_two_and_three` |",
        "| A 2. | It grew. | Add. | `two_is_three_and_four` |",
        "| A 2. | It grew. | Add. | `one_is_two_and_three`, above |",
        "| A 2. | It grew. | Add. | `one_is_two_and_three` | more |",
    ] {
        let book = self::book("uneven");
        book.append(TRAPS, &format!("{row}\n"));
        let row = row.trim_matches(['|', ' ']);
        let problem =
            format!("not what you see, why, what to do, tests: {row}");
        assert_eq!(problems(&book.root), [format!("{TRAPS}: {problem}")]);
    }
}

#[test]
fn a_term_that_the_course_never_says_is_a_problem() {
    let book = book("terms");
    // Every form, across lines, whatever its case; but whole words only.
    book.append(GLOSSARY, "| Up-down counter, counter | other |\n");
    assert_eq!(problems(&book.root), [""; 0]);
    book.append(GLOSSARY, "| counter, count | other |\n| trap | other |\n");
    let problem =
        |term| format!("{GLOSSARY}: the course never says {term}: remove it");
    assert_eq!(problems(&book.root), ["count", "trap"].map(problem));
}

/// A course of one page, its traps and its glossary.
fn book(name: &str) -> Folder {
    let book = Folder::new(&format!("reference-{name}"));
    let test = "#[test]\nfn one_is_two_and_three() {}\n";
    for folder in ["docs", "lessons", "shared"] {
        book.write(&format!("{folder}/tests.rs"), test);
    }
    for tag in ["en", "pt-BR"] {
        let page = |name, text: &str| {
            book.write(&format!("docs/{tag}/src/{name}.md"), text);
        };
        page(
            "SUMMARY",
            "# Summary\n\n# Course\n\n- [Lesson](lesson.md)\n\n\
             # Workshop\n\n# Reference\n\n- [Traps](traps.md)\n",
        );
        page("lesson", "An *up-down\ncounter*.");
        page(
            "traps",
            "A trap.\n\n| see | why | do | test |\n| --- | --- | --- | --- |\n\
             | A 1. | No. | Add. | `one_is_two_and_three` |\n",
        );
        page(
            "glossary",
            "| term | other |\n| --- | --- |\n| counter | other |\n",
        );
    }
    book
}
