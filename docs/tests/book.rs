//! The book and the READMEs must match the code.

use docs::{
    agreement, exercises, experiments, length, parity, quotes, reference,
    workspace,
};

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

#[test]
fn the_course_is_short_enough_to_be_finished() {
    in_order(&length::problems(&workspace()));
}

#[test]
fn traps_have_one_form_and_terms_are_used() {
    in_order(&reference::problems(&workspace()));
}

#[test]
fn what_pages_ask_to_try_is_an_experiment() {
    in_order(&experiments::problems(&workspace()));
}

#[test]
fn each_exercise_has_a_solution_and_its_place_in_the_book() {
    in_order(&exercises::problems(&workspace()));
}

#[track_caller]
fn in_order(problems: &[String]) {
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}
