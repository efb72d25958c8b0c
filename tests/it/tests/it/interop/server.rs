//! The example's server on a free port of this machine, with the system's clock.

use std::sync::Arc;

use countersign_provider::{NoAudit, Origin, Settings};
use countersign_tower::system_clock;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

use crate::app::{App, Inputs};

pub(super) struct Server {
    pub(super) origin: String,
    /// Serves until it is dropped.
    _runtime: Runtime,
}

impl Server {
    pub(super) fn start(settings: Settings) -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let origin = runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
            let address = listener.local_addr().expect("its address");
            let origin = format!("http://{address}");
            let app = App::new(Inputs {
                origin: Origin::parse(&origin).expect("an origin"),
                settings,
                clock: Arc::new(system_clock),
                audit: NoAudit::new(),
            });
            let router = app.await.expect("the example").router();
            tokio::spawn(async move { axum::serve(listener, router).await });
            origin
        });
        Self {
            origin,
            _runtime: runtime,
        }
    }
}
