//! The web application: one route, whose task takes its time.

use axum::extract::State;
use axum::routing::{Router, get};
use fastrand::Rng;
use tokio::time::sleep;

use crate::{Durations, simulated_duration};

/// The application's only route.
pub fn app(durations: Durations) -> Router {
    Router::new()
        .route("/tarefa", get(task))
        .with_state(durations)
}

/// Does nothing for a while, and says for how long.
async fn task(State(durations): State<Durations>) -> String {
    let work = sleep(simulated_duration(&mut Rng::new()));
    let duration = durations.time(work).await;
    format!("{:.3} s\n", duration.as_secs_f64())
}
