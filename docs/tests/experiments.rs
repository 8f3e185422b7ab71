//! Experiments are made as their file says, and a promise that is not kept is
//! named. A page and its experiments agree.

mod folder;

use docs::experiments::{problems, run};
use folder::Folder;

const FILE: &str = "docs/data/experiments.toml";
const PAGE: &str = "docs/en/src/demo.md";
const OTHER_PAGE: &str = "docs/pt-BR/src/demo.md";
const CODE: &str = "code.txt";

#[test]
fn a_kept_promise_is_no_problem_and_the_file_is_restored() {
    let book = book("kept");
    assert_eq!(run::all(&book.root), Ok(vec![]));
    assert_eq!(book.read(CODE), "one\none and a half\n");
    assert_eq!(problems(&book.root), [""; 0]);
}

#[test]
fn a_broken_promise_names_page_command_and_what_is_missing() {
    for (old, new, broken) in [
        ("status = 101", "status = 1", "ends with status 101, not 1"),
        ("[\"a_sum\"]", "[]", "fails {\"a_sum\"}, not {}"),
        ("\"a_sum\"", "\"goes\"", "fails {\"a_sum\"}, not {\"goes\"}"),
        ("[\"three\"]", "[\"four\"]", "does not show \"four\""),
        ("[\"one\\n\"]", "[\"two\"]", "shows \"two\""),
    ] {
        let book = book("broken");
        book.replace(FILE, old, new);
        let problem = format!("demo.md: `just test demo` {broken}");
        assert_eq!(run::all(&book.root), Ok(vec![problem]));
        assert_eq!(book.read(CODE), "one\none and a half\n");
    }
}

#[test]
fn an_interrupted_experiment_is_the_last_and_restores_its_file() {
    let book = book("interrupted");
    book.replace("justfile", "101", "130");
    book.append(FILE, &book.read(FILE));
    let interrupted = String::from("just test demo was interrupted");
    assert_eq!(run::all(&book.root), Err(interrupted));
    assert_eq!(book.read(CODE), "one\none and a half\n");
}

#[test]
fn a_change_that_cannot_be_made_restores_those_before_it() {
    let book = book("unreadable");
    book.replace(
        FILE,
        "file = \"code.txt\"\nold = \"h",
        "file = \"x\"\nold = \"h",
    );
    for problem in [
        run::all(&book.root).expect_err("x is missing"),
        problems(&book.root).remove(0),
    ] {
        assert!(problem.starts_with("x cannot be read: "), "{problem}");
    }
    assert_eq!(book.read(CODE), "one\none and a half\n");
}

#[test]
fn what_page_and_experiments_do_not_share_is_a_problem() {
    let once = "code.txt must have \"half\" once";
    for (file, old, new, problem) in [
        (PAGE, "test demo`", "test x`", "lacks `just test x`"),
        (PAGE, "Type `", "Type `just test`, `", "lacks `just test`"),
        (OTHER_PAGE, "`a_sum`", "", "pt-BR/src/demo.md lacks `a_sum`"),
        (FILE, "test demo", "demo", "demo.md lacks `just demo`"),
        (FILE, "demo.md", "gone.md", "en/src/gone.md cannot be read"),
        (CODE, "half", "third", once),
        (CODE, "half", "half half", once),
        (FILE, "status", "state", "does not have its format"),
    ] {
        let book = book("disagreeing");
        book.replace(file, old, new);
        let problems = problems(&book.root).join("\n");
        assert!(problems.contains(problem), "{problem}: {problems}");
    }
}

/// A page with one experiment, whose command prints the changed file.
fn book(name: &str) -> Folder {
    let book = Folder::new(name);
    book.write(CODE, "one\none and a half\n");
    book.write(
        "justfile",
        "test name:\n    @cat code.txt; echo 'test a::a_sum ... FAILED'; exit 101\n",
    );
    book.write(
        FILE,
        r#"
[["demo.md"]]
command = "just test demo"
status = 101
fails = ["a_sum"]
shows = ["three"]
hides = ["one\n"]
[["demo.md".changes]]
file = "code.txt"
old = "one\n"
new = "two\n"
[["demo.md".changes]]
file = "code.txt"
old = "half"
new = "three"
"#,
    );
    for readme in ["README.md", "README.pt-BR.md"] {
        book.write(readme, "# Demo\n");
    }
    for (page, heading) in [(PAGE, "Exercises"), (OTHER_PAGE, "Exercícios")] {
        let text = "Type `just test demo`: `a_sum` fails.\n";
        book.write(page, format!("# Demo\n\n## {heading}\n\n{text}"));
    }
    book
}
