//! A server that notes each request.

use std::sync::mpsc::{self, Receiver, Sender};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use shared::testing::serve;
use tokio::runtime::Runtime;

/// A request that has arrived.
#[derive(Debug)]
pub struct Request {
    pub uri: Uri,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// A server for any path. It knows nothing of metrics, and says welcome.
#[derive(Debug)]
pub struct Server {
    pub port: u16,
    requests: Receiver<Request>,
    /// Serves while it is there.
    _runtime: Runtime,
}

impl Server {
    /// Starts on a free port.
    pub fn start() -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let (sender, requests) = mpsc::channel();
        let app = Router::new().fallback(welcome).with_state(sender);
        let port = runtime.block_on(serve(app));
        Self {
            port,
            requests,
            _runtime: runtime,
        }
    }

    /// The requests since the last call.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.try_iter().collect()
    }

    /// The only request since the last call.
    #[track_caller]
    pub fn request(&self) -> Request {
        let mut requests = self.requests();
        assert_eq!(requests.len(), 1);
        requests.remove(0)
    }
}

async fn welcome(
    State(requests): State<Sender<Request>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> &'static str {
    let request = Request { uri, headers, body };
    // Once the test has ended, nobody reads it.
    let _ = requests.send(request);
    "<p>Welcome!</p>"
}
