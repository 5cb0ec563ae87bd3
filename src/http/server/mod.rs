//! Listening, connections, and the orderly stop.
//!
//! hyper is driven directly: `axum::serve` sets no timer, and without one its header timeout never fires.

mod opening;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::opening::Opening;
use super::state::Lifecycle;
use crate::telemetry::Metrics;

/// Largest head that hyper keeps for a request; the limits of ours lie below and answer with a sentence.
const HEAD_BUFFER_BYTES: usize = 128 * 1024;
/// HTTP/2 header list, decoded.
const HTTP2_HEADER_LIST_BYTES: u32 = 64 * 1024;
/// HTTP/2 requests on one connection at a time.
const HTTP2_STREAMS: u32 = 200;
/// An HTTP/2 connection is asked for a sign of life after this silence.
const HTTP2_PING_AFTER: Duration = Duration::from_secs(20);
/// After a failure to accept (no file handle left), wait before the next try.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Bounds of connections and of the stop.
#[derive(Clone, Debug)]
pub struct ServerSettings {
    /// Connections at a time on each listener; further ones wait in the backlog of the operating system.
    pub connections: usize,
    /// For the head of a request to arrive, and for a connection to stay idle.
    pub header_time: Duration,
    /// Between "not ready" and the end of accepting, so that load balancers notice.
    pub notice_time: Duration,
    /// For requests under way to finish after that.
    pub drain_time: Duration,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            connections: 1_024,
            header_time: Duration::from_secs(10),
            notice_time: Duration::from_secs(5),
            drain_time: Duration::from_secs(20),
        }
    }
}

/// A bound address that does not answer yet.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
}

impl Server {
    /// Binds an address; port 0 takes a free one.
    ///
    /// # Errors
    ///
    /// What the operating system says: `AddrInUse` when another process has the port.
    pub async fn bind(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address })
    }

    /// The address that is bound.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Pairs the address with the application that answers there.
    #[must_use]
    pub fn with(self, router: Router) -> Listener {
        Listener { server: self, router }
    }
}

/// An address and the application that answers there.
#[derive(Debug)]
pub struct Listener {
    server: Server,
    router: Router,
}

/// Serves until `stop` is ready, then stops in order.
///
/// Not ready → `notice_time` → no new connection → requests under way and the tasks they left finish, for at most
/// `drain_time`. Returns false when something had to be cut off.
pub async fn run(
    listeners: Vec<Listener>,
    settings: &ServerSettings,
    lifecycle: &Lifecycle,
    metrics: Arc<Metrics>,
    stop: impl Future<Output = ()>,
) -> bool {
    let closing = CancellationToken::new();
    let accepting = TaskTracker::new();
    for listener in listeners {
        let acceptor = Acceptor {
            router: listener.router,
            builder: builder(settings),
            header_time: settings.header_time,
            metrics: Arc::clone(&metrics),
        };
        // Each listener has its own: a crowd at the public door does not shut out the probes.
        let connections = Arc::new(Semaphore::new(settings.connections));
        let accept = acceptor.accept(listener.server.listener, connections, closing.clone());
        accepting.spawn(accept);
    }
    accepting.close();

    stop.await;
    tracing::info!("stopping: not ready from now on");
    lifecycle.begin_draining();
    tokio::time::sleep(settings.notice_time).await;
    closing.cancel();
    lifecycle.tasks().close();
    let drained = async {
        accepting.wait().await;
        lifecycle.tasks().wait().await;
    };
    let is_clean = tokio::time::timeout(settings.drain_time, drained).await.is_ok();
    if is_clean {
        tracing::info!("stopped");
    } else {
        tracing::warn!("stopped with requests still under way");
    }
    is_clean
}

fn builder(settings: &ServerSettings) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(settings.header_time)
        .max_buf_size(HEAD_BUFFER_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(HTTP2_STREAMS)
        .max_header_list_size(HTTP2_HEADER_LIST_BYTES)
        .keep_alive_interval(HTTP2_PING_AFTER)
        .keep_alive_timeout(settings.header_time);
    builder
}

/// Accepts the connections of one listener and serves each in a task.
struct Acceptor {
    router: Router,
    builder: auto::Builder<TokioExecutor>,
    header_time: Duration,
    metrics: Arc<Metrics>,
}

impl Acceptor {
    /// Accepts until `closing`, then waits for the connections to end; those that are idle end at once.
    async fn accept(self, listener: TcpListener, connections: Arc<Semaphore>, closing: CancellationToken) {
        let graceful = GracefulShutdown::new();
        let tasks = TaskTracker::new();
        let accepting = async {
            loop {
                // The permit comes first: what cannot be served stays in the backlog.
                let Ok(permit) = Arc::clone(&connections).acquire_owned().await else {
                    return;
                };
                match listener.accept().await {
                    Ok((stream, _)) => {
                        tasks.spawn(self.serve(stream, permit, &graceful));
                    }
                    Err(error) => {
                        tracing::warn!(%error, "a connection could not be accepted");
                        tokio::time::sleep(ACCEPT_PAUSE).await;
                    }
                }
            }
        };
        closing.run_until_cancelled(accepting).await;
        drop(listener);
        tasks.close();
        graceful.shutdown().await;
        tasks.wait().await;
    }

    fn serve(
        &self,
        stream: TcpStream,
        permit: OwnedSemaphorePermit,
        graceful: &GracefulShutdown,
    ) -> impl Future<Output = ()> + use<> {
        // Without this the head and the body of a small answer may wait for each other. A failure only costs time.
        let _ = stream.set_nodelay(true);
        let open = self.metrics.http_connections.hold(());
        let io = TokioIo::new(Opening::new(stream, self.header_time));
        let service = TowerToHyperService::new(self.router.clone());
        let connection = graceful.watch(self.builder.serve_connection(io, service).into_owned());
        async move {
            // A connection that breaks off is everyday life, not news.
            if let Err(error) = connection.await {
                tracing::debug!(error, "a connection broke off");
            }
            drop((open, permit));
        }
    }
}
