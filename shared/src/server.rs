//! A web server for a lesson to measure.

use std::io::{self, Write};
use std::net::Ipv4Addr;
use std::process::ExitCode;
use std::time::Duration;

use axum::routing::Router;
use clap::Args;
use clap::builder::TypedValueParser;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::{Telemetry, fail, value};

/// How long open requests may take once the lesson is stopping.
const PATIENCE: Duration = Duration::from_secs(5);

/// The flags of a lesson with a web server.
#[derive(Args, Debug)]
pub struct ServerFlags {
    /// Port of the web server, 0 for any
    #[arg(long, value_name = "PORT", value_parser = port())]
    #[arg(default_value = "8080", allow_hyphen_values = true)]
    pub port: u16,
}

fn port() -> impl TypedValueParser<Value = u16> {
    value("a whole number from 0 to 65535", |text| text.parse().ok())
}

// ANCHOR: serve
/// Serves `app` on 127.0.0.1 until something ends the lesson, and returns the
/// exit code for `main`.
///
/// The server ends first, so the last collection includes all its requests.
/// What is open then has five seconds to finish. `path` is for the line on
/// standard error that says what to `curl`.
pub async fn serve(
    telemetry: Telemetry,
    flags: &ServerFlags,
    path: &str,
    app: Router,
) -> ExitCode {
    let listener = match listen(flags.port, path).await {
        Ok(listener) => listener,
        Err(error) => return fail(&error),
    };
    let (stop, stopped) = oneshot::channel::<()>();
    let server = axum::serve(listener, app)
        .with_graceful_shutdown(async { drop(stopped.await) })
        .into_future();
    let server = tokio::spawn(server);

    // To wait for the end and to shut down both block a thread. Tokio has
    // threads for that; on one that runs tasks, an exporter that needs such a
    // thread could wait for ever.
    let wait = move || (telemetry.until_stopped(), telemetry);
    let Ok((first, telemetry)) = spawn_blocking(wait).await else {
        return ExitCode::FAILURE;
    };
    drop(stop);
    if timeout(PATIENCE, server).await.is_err() {
        let _ = writeln!(io::stderr(), "some requests were cut off after 5 s");
    }
    let shut_down = spawn_blocking(move || telemetry.shut_down(first));
    shut_down.await.unwrap_or(ExitCode::FAILURE)
}
// ANCHOR_END: serve

async fn listen(port: u16, path: &str) -> io::Result<TcpListener> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
    let listener = listener.map_err(|error| {
        io::Error::other(format!(
            "cannot listen on 127.0.0.1:{port}: {error}; choose a port with \
             --port"
        ))
    })?;
    let port = listener.local_addr()?.port();
    // If stderr is closed, there is nobody to tell.
    let _ = writeln!(
        io::stderr(),
        "listening: curl http://localhost:{port}{path}"
    );
    Ok(listener)
}
