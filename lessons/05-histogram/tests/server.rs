//! The real program as a web server, and its route with the clock stopped.

use std::process::Command;
use std::thread;

use histogram::Durations;
use histogram::app::app;
use opentelemetry_sdk::metrics::Temporality;
use shared::testing::{
    Collector, data_points, refused, request, response, serve,
};
use tokio::sync::oneshot;

#[cfg(unix)]
#[test]
fn with_a_seed_the_program_exports_the_same_buckets() {
    use fastrand::Rng;
    use histogram::simulate_tasks;
    use shared::testing::{ServerProgram, exported, names, shape};

    let program = ServerProgram::start(&mut program(&["--seed", "5"]));
    let document = program.stop().expect("tasks were simulated");
    let functions = exported("histogram", |meter| {
        simulate_tasks(&Durations::new(meter), &mut Rng::with_seed(5));
    });
    assert_eq!(names(&document), names(&functions));
    // The shape includes the count, the sum and the buckets.
    assert_eq!(shape(&document), shape(&functions));
}

#[test]
fn a_bad_seed_is_refused_in_one_line() {
    for seed in ["-1", "1.5", "five", ""] {
        // Should it be accepted, the program ends all the same.
        let flags = ["--port", "0", "--exports", "1", "--seed", seed];
        let output = program(&flags).output().expect("it runs");
        refused(
            &output,
            &format!(
                "invalid value '{seed}' for '--seed <N>': use a whole \
                 number from 0 to 18446744073709551615"
            ),
        );
    }
}

/// With nothing else to do, a stopped clock jumps to the end of the task.
#[tokio::test(start_paused = true)]
async fn the_route_records_how_long_its_task_took() {
    let collector = Collector::by_hand("histogram", Temporality::Cumulative);
    let durations = Durations::new(&collector.meter());
    let port = serve(app(durations)).await;
    let (answer, answered) = oneshot::channel();
    thread::spawn(move || answer.send(response(request(port, "/tarefa"))));
    let response = answered.await.expect("the server answers");

    let document = collector.document();
    let point = data_points(&document, "tarefa.duracao")[0];
    assert_eq!(point["count"], 1);
    let seconds = point["sum"].as_f64().expect("a number");
    assert!((0.5..6.51).contains(&seconds), "{seconds}");
    assert!(
        response.ends_with(&format!("\r\n\r\n{seconds:.3} s\n")),
        "{response}"
    );
}

fn program(flags: &[&str]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_histogram"));
    program.args(flags);
    program
}
