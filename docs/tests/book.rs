//! The book and the READMEs must match the code.

use docs::{agreement, parity, quotes, workspace};

#[test]
fn every_quoted_region_matches_its_source() {
    in_order(&quotes::problems(&workspace()));
}

#[test]
fn the_two_languages_have_the_same_shape() {
    in_order(&parity::problems(&workspace()));
}

#[test]
fn book_readmes_recipes_and_folders_agree() {
    in_order(&agreement::problems(&workspace()));
}

#[track_caller]
fn in_order(problems: &[String]) {
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}
