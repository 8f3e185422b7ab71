//! Parts and pages that are too long are named, and so is a wrong number of
//! minutes.

mod folder;

use docs::length::problems;
use folder::Folder;

const PAGE: &str = "docs/en/src/lesson.md";
const INTRODUCTION: &str = "docs/en/src/introduction.md";

#[test]
fn a_page_of_the_course_may_have_3000_words() {
    let book = book("page");
    book.write(PAGE, "word | ".repeat(3000));
    book.replace(INTRODUCTION, "Course | 5", "Course | 20");
    assert_eq!(problems(&book.root), [""; 0]);
    book.append(PAGE, "one");
    let problem = format!("{PAGE} has 3001 words, and may have 3000");
    assert_eq!(problems(&book.root), [problem]);
}

#[test]
fn the_course_may_have_30000_words() {
    let book = book("course");
    book.replace(INTRODUCTION, "Course | 5", "Course | 150");
    for number in 0..10 {
        let name = format!("{number}.md");
        book.write(&format!("docs/en/src/{name}"), "word ".repeat(2999));
        let line = format!("- [Page]({name})\n# Reference");
        book.replace("docs/en/src/SUMMARY.md", "# Reference", &line);
    }
    assert_eq!(problems(&book.root), [""; 0]);
    book.append(PAGE, "\nword");
    book.replace(INTRODUCTION, "150", "155");
    assert_eq!(
        problems(&book.root),
        ["docs/en/src/SUMMARY.md, Course has 30001 words, and may have 30000"]
    );
}

#[test]
fn what_is_folded_or_for_tools_does_not_count() {
    let book = book("folded");
    let many = "word ".repeat(3000);
    book.append(
        PAGE,
        &format!("\n<!-- {many} -->\n<details>\n{many}\n</details>\n"),
    );
    assert_eq!(problems(&book.root), [""; 0]);
    book.append(PAGE, &many);
    assert_eq!(problems(&book.root).len(), 2);
}

#[test]
fn only_the_first_part_has_limits_and_every_part_its_minutes() {
    let book = book("minutes");
    book.write("docs/en/src/traps.md", "word ".repeat(31_000));
    assert_eq!(
        problems(&book.root),
        [format!("{INTRODUCTION} lacks `| Reference | 155 min |`")]
    );
}

/// A course of 10 words, and its reference.
fn book(name: &str) -> Folder {
    let book = Folder::new(&format!("length-{name}"));
    for tag in ["en", "pt-BR"] {
        let page = |name, text: &str| {
            book.write(&format!("docs/{tag}/src/{name}.md"), text);
        };
        page(
            "SUMMARY",
            "# Summary\n\n# Course\n\n- [Introduction](introduction.md)\n\
             - [Lesson](lesson.md)\n\n# Reference\n\n- [Traps](traps.md)\n",
        );
        page(
            "introduction",
            "| Course | 5 min |\n| Reference | 5 min |\n",
        );
        page("lesson", "four words that count");
        page("traps", "a trap");
    }
    book
}
