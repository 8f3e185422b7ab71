//! What the book says of `jq`, with the one that is installed.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};

use serde_json::Value;

/// Above 2^53, numbers of 64-bit floating point skip integers.
const EXACT: u64 = 1 << 53;
const TIME: u64 = 1_795_624_345_431_481_921;

#[test]
fn jq_calculates_exactly_up_to_2_to_the_53() {
    let numbers = [0, 1, EXACT - 1, EXACT];
    assert_eq!(jq(". + 0", &numbers), numbers.map(|n| n.to_string()));
    assert_eq!(jq(". + 0", &[EXACT + 1]), [EXACT.to_string()]);
}

#[test]
fn jq_calculates_nanoseconds_with_an_error_of_256_at_most() {
    let numbers: Vec<_> = (TIME..TIME + 1000).collect();
    for (number, printed) in numbers.iter().zip(jq(". + 0", &numbers)) {
        let printed = printed.parse::<u64>().expect("an integer");
        assert!(printed.abs_diff(*number) <= 256, "{number}: {printed}");
    }
}

#[test]
fn jq_prints_a_number_unchanged_from_1_7_on() {
    let version = output(Command::new("jq").arg("--version"), "");
    if version == "jq-1.6" {
        assert_eq!(jq(".", &[TIME]), jq(". + 0", &[TIME]));
        assert_ne!(jq(".", &[TIME]), [TIME.to_string()]);
    } else {
        assert_eq!(jq(".", &[TIME]), [TIME.to_string()]);
    }
}

#[test]
fn jq_holds_its_output_back_in_a_pipe_unless_it_is_unbuffered() {
    assert_eq!(printed_for_the_first_document(&[]), None);
    let printed = printed_for_the_first_document(&["--unbuffered"]);
    assert_eq!(printed.as_deref(), Some("1"));
}

#[test]
fn the_quantile_filter_of_lesson_5_estimates_what_its_test_does() {
    let lesson = docs::workspace().join("lessons/05-histogram");
    let snapshot = |name: &str| {
        let path = lesson.join(format!("tests/snapshots/{name}.snap"));
        let text = fs::read_to_string(path).expect("it exists");
        let (_, body) = text.split_once("\n---\n").expect("it has a body");
        body.to_owned()
    };
    let document = snapshot("export__simulated_tasks");
    let estimates: Value =
        serde_json::from_str(&snapshot("quantiles__quantiles")).expect("JSON");
    for (name, q) in [("p50", "0.5"), ("p95", "0.95"), ("p99", "0.99")] {
        let mut jq = Command::new("jq");
        jq.args(["--argjson", "q", q, "-f"])
            .arg(lesson.join("quantile.jq"));
        let printed: f64 =
            output(&mut jq, &document).parse().expect("a number");
        let estimate = &estimates[name]["from_these_bounds"];
        assert_eq!(format!("{printed:.3}"), estimate.to_string());
    }
}

/// What `jq` has written when it begins with its second document.
fn printed_for_the_first_document(flags: &[&str]) -> Option<String> {
    let mut jq = Command::new("jq")
        .args(flags)
        // Writes to standard error before the number is printed.
        .arg("debug")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("jq is installed");
    let mut input = jq.stdin.take().expect("stdin is a pipe");
    input.write_all(b"1\n2\n").expect("jq reads");
    let stderr = BufReader::new(jq.stderr.take().expect("stderr is a pipe"));
    let begun = stderr.lines().map_while(Result::ok).nth(1);
    assert_eq!(begun.as_deref(), Some(r#"["DEBUG:",2]"#));
    jq.kill().expect("jq waits for more");
    let mut printed = String::new();
    let mut stdout = jq.stdout.take().expect("stdout is a pipe");
    stdout.read_to_string(&mut printed).expect("UTF-8");
    jq.wait().expect("jq has been killed");
    printed.lines().next().map(str::to_owned)
}

/// What `jq` prints for each number.
fn jq(filter: &str, numbers: &[u64]) -> Vec<String> {
    let numbers: Vec<_> = numbers.iter().map(ToString::to_string).collect();
    let printed = output(Command::new("jq").arg(filter), &numbers.join("\n"));
    printed.lines().map(str::to_owned).collect()
}

fn output(command: &mut Command, input: &str) -> String {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("jq is installed");
    let mut stdin = child.stdin.take().expect("stdin is a pipe");
    stdin.write_all(input.as_bytes()).expect("jq reads");
    drop(stdin);
    let output = child.wait_with_output().expect("jq ends");
    let printed = String::from_utf8(output.stdout).expect("UTF-8");
    printed.trim_end().to_owned()
}
