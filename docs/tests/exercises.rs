//! An exercise that is solved, fails in another way or says nothing of itself
//! is found, and so is a solution that does not solve it.

mod folder;

use docs::exercises::{problems, run};
use folder::Folder;

const MANIFEST: &str = "lessons/06-demo/Cargo.toml";
const EXERCISE: &str = "lessons/06-demo/exercises/add_up.rs";
const SOLUTION: &str = "lessons/06-demo/exercises/solutions/add_up.rs";
const PAGE: &str = "docs/en/src/demo.md";
const OTHER_PAGE: &str = "docs/pt-BR/src/demo.md";

#[test]
fn an_exercise_that_fails_and_a_solution_that_passes_are_no_problem() {
    let course = course("in_order");
    assert_eq!(run::check(&course.root), Ok(vec![]));
}

#[test]
fn what_is_done_what_is_not_and_what_does_not_compile_is_listed() {
    let course = course("states");
    let list = || {
        let mut list = Vec::new();
        run::list(&course.root, &mut list).expect("Cargo can be run");
        String::from_utf8(list).expect("the names are UTF-8")
    };
    let next = "\n0 of 1 done\nnext: just exercise add_up\n";
    let heading = "lessons/06-demo\n  add_up  ";
    assert_eq!(list(), format!("{heading}not done\n{next}"));
    course.replace(EXERCISE, "todo!()", "1 +");
    let broken = format!("{heading}not done: does not compile\n{next}");
    assert_eq!(list(), broken);
    course.replace(EXERCISE, "1 +", "1 + 1");
    assert_eq!(list(), format!("{heading}done\n\n1 of 1 done\n"));
}

#[test]
fn an_exercise_that_does_not_compile_leaves_the_others_as_they_are() {
    let course = course("others");
    course.write(".cargo/config.toml", "[build]\njobs = 1\n");
    // Cargo builds them one by one, in an order of its own.
    let others = ["a", "b", "c", "d"];
    for name in others {
        course.append(MANIFEST, &target(name, "broken.rs"));
    }
    course.write("lessons/06-demo/exercises/broken.rs", "1 +");
    let mut list = Vec::new();
    run::list(&course.root, &mut list).expect("Cargo can be run");
    let list = String::from_utf8(list).expect("the names are UTF-8");
    assert_eq!(list.matches("does not compile").count(), others.len());
    assert!(list.contains("  add_up  not done\n"), "{list}");
}

#[test]
fn an_exercise_or_a_solution_in_another_state_is_named_with_the_reason() {
    let elsewhere = "fails in `tests::it_adds_up` by a panic that is neither \
                     its `todo!()` nor an expectation: ";
    for (file, old, new, problem) in [
        (EXERCISE, "todo!()", "3", None),
        (
            EXERCISE,
            "todo!()",
            "2",
            Some("passes: there is nothing to do"),
        ),
        (EXERCISE, "todo!()", "None.unwrap()", Some(elsewhere)),
        (
            EXERCISE,
            "todo!()",
            "std::process::abort()",
            Some("fails without"),
        ),
        (
            EXERCISE,
            "todo!()",
            "let x = 1; 3",
            Some("line 2: unused variable"),
        ),
        (EXERCISE, "todo!()", "1 +", Some("does not compile")),
        (SOLUTION, "1 + 1", "3", Some("fails: metric `sum` is 3")),
        (
            SOLUTION,
            "1 + 1",
            "let x = 1; 2",
            Some("line 3: unused variable"),
        ),
        (SOLUTION, "1 + 1", "1 +", Some("does not compile")),
    ] {
        let course = course("wrong");
        course.replace(file, old, new);
        let found = run::check(&course.root).expect("Cargo can be run");
        let Some(problem) = problem else {
            assert_eq!(found, [""; 0]);
            continue;
        };
        let [found] = &*found else {
            panic!("{problem}: {found:#?}");
        };
        assert!(found.starts_with(file), "{found}");
        assert!(found.contains(problem), "{problem}: {found}");
    }
}

#[test]
fn a_workspace_that_cargo_cannot_read_is_one_problem() {
    let course = course("unreadable");
    course.replace("Cargo.toml", "members", "members = 1 #");
    let problem = run::check(&course.root).expect_err("it is not TOML");
    assert!(
        problem.starts_with("Cargo builds no exercise: error"),
        "{problem}"
    );
}

#[test]
fn what_manifest_tests_and_pages_lack_is_a_problem() {
    let lacks = "06-demo/Cargo.toml lacks the [[test]]";
    for (file, old, new, problem) in [
        (MANIFEST, "add_up_solution", "other", lacks),
        (MANIFEST, "false", "true", lacks),
        (MANIFEST, "path = \"exercises/add", "#", "is no exercise"),
        (SOLUTION, "it_adds", "all_adds", "its `mod tests` differs"),
        (
            EXERCISE,
            "mod tests {",
            "mod  tests {",
            "its `mod tests` differs",
        ),
        (
            PAGE,
            "just exercise",
            "just",
            "en/src/demo.md lacks `just exer",
        ),
        (
            OTHER_PAGE,
            "#solution",
            "",
            "src/demo.md lacks <!-- quote lessons",
        ),
    ] {
        let course = course("lacking");
        course.replace(file, old, new);
        let problems = problems(&course.root).join("\n");
        assert!(problems.contains(problem), "{problem}: {problems}");
    }
}

#[test]
fn the_clinic_may_name_an_exercise_and_then_shows_its_symptom() {
    let course = course("clinic");
    for page in [PAGE, OTHER_PAGE] {
        let text = course.read(page);
        course.write(&page.replace("demo", "clinic"), text);
        course.write(page, "# Demo\n");
    }
    assert_eq!(problems(&course.root), [""; 0]);

    let lacks = [PAGE, OTHER_PAGE].map(|page| {
        let clinic = page.replace("demo", "clinic");
        format!("{clinic} lacks what add_up prints: not yet implemented")
    });
    assert_eq!(run::check(&course.root), Ok(lacks.to_vec()));
}

/// A lesson with one exercise.
fn course(name: &str) -> Folder {
    let course = Folder::new(&format!("exercises-{name}"));
    course.write(
        "Cargo.toml",
        "[workspace]\nresolver = \"3\"\nmembers = [\"lessons/*\"]\n",
    );
    // Cargo takes packages of one name for the same, in one target folder.
    let package = format!("[package]\nname = \"{name}\"\nedition = \"2024\"\n");
    let exercise = target("add_up", "add_up.rs");
    let solution = target("add_up_solution", "solutions/add_up.rs");
    course.write(MANIFEST, format!("{package}{exercise}{solution}"));
    course.write("lessons/06-demo/src/lib.rs", "");
    let tests = "\
mod tests {
    #[test]
    fn it_adds_up() {
        let sum = super::sum();
        assert!(sum == 2, \"metric `sum` is {sum}\");
    }
}
";
    let exercise = format!("fn sum() -> u8 {{\n    todo!()\n}}\n\n{tests}");
    course.write(EXERCISE, &exercise);
    let solution = exercise.replace("todo!()", "1 + 1");
    course.write(SOLUTION, format!("// A solution.\n{solution}"));
    for readme in ["README.md", "README.pt-BR.md"] {
        course.write(readme, "# Demo\n");
    }
    for page in [PAGE, OTHER_PAGE] {
        let quote = format!("<!-- quote {SOLUTION}#solution -->");
        course.write(page, format!("`just exercise add_up`\n{quote}\n"));
    }
    course
}

fn target(name: &str, file: &str) -> String {
    format!(
        "[[test]]\nname = \"{name}\"\npath = \"exercises/{file}\"\n\
         test = false\n"
    )
}
