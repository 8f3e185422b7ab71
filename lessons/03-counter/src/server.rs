//! A web server that runs alongside the program's main thread.

use std::future::IntoFuture;
use std::io::{self, Write};
use std::net::Ipv4Addr;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use axum::ServiceExt;
use axum::extract::Request;
use axum::routing::Router;
use clap::Args;
use clap::builder::TypedValueParser;
use tokio::net::TcpListener;
use tokio::runtime;
use tokio::sync::watch;
use tokio::time::timeout;
use tower::Layer;
use tower::util::MapRequestLayer;

use crate::app::decode_path;

/// How long open requests may take once the server is stopping.
const PATIENCE: Duration = Duration::from_secs(5);

/// The command line of a program with a server.
#[derive(Args, Debug)]
pub struct ServerFlags {
    /// Port of the web server; 0 takes any that is free
    #[arg(long, value_name = "PORT", value_parser = port())]
    #[arg(default_value = "8080", allow_hyphen_values = true)]
    pub port: u16,
}

fn port() -> impl TypedValueParser<Value = u16> {
    shared::value("a whole number from 0 to 65535", |text| text.parse().ok())
}

/// A server that runs until it is stopped.
#[derive(Debug)]
pub struct Server {
    /// Dropped to stop the server.
    running: watch::Sender<()>,
    thread: JoinHandle<()>,
}

impl Server {
    /// Listens on 127.0.0.1 and prints what to `curl` on standard error.
    ///
    /// # Errors
    ///
    /// If the port cannot be used, for example because it is taken.
    pub fn start(port: u16, app: Router) -> io::Result<Self> {
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let address = (Ipv4Addr::LOCALHOST, port);
        let listener = runtime
            .block_on(TcpListener::bind(address))
            .map_err(|error| cannot_listen(port, &error))?;
        let port = listener.local_addr()?.port();

        let (running, stopped) = watch::channel(());
        let thread = thread::Builder::new()
            .name("server".into())
            .spawn(move || runtime.block_on(serve(listener, app, stopped)))?;
        // If stderr is closed, there is nobody to tell.
        let _ = writeln!(
            io::stderr(),
            "listening: curl http://localhost:{port}/lançar_dado"
        );
        Ok(Self { running, thread })
    }

    /// Stops accepting connections, gives open requests up to five seconds to
    /// finish, and returns.
    pub fn stop(self) {
        drop(self.running);
        // A panic on the server's thread has already been printed.
        let _ = self.thread.join();
    }
}

fn cannot_listen(port: u16, error: &io::Error) -> io::Error {
    let message = format!(
        "cannot listen on 127.0.0.1:{port}: {error}; choose a port with --port"
    );
    io::Error::new(error.kind(), message)
}

async fn serve(
    listener: TcpListener,
    app: Router,
    stopped: watch::Receiver<()>,
) {
    let app = MapRequestLayer::new(decode_path).layer(app);
    let app = ServiceExt::<Request>::into_make_service(app);
    let server = axum::serve(listener, app)
        .with_graceful_shutdown(closed(stopped.clone()));
    let server = tokio::spawn(server.into_future());
    closed(stopped).await;
    let _ = timeout(PATIENCE, server).await;
}

/// Waits until the other end of the channel is dropped.
async fn closed(mut channel: watch::Receiver<()>) {
    while channel.changed().await.is_ok() {}
}
