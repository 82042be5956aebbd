//! Stands between the service and the broker and counts bytes.

use std::{
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

/// Passes on everything; ended when dropped.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    sent: Arc<AtomicU64>,
    received: Arc<AtomicU64>,
    _task: JoinSet<()>,
}

impl Proxy {
    /// Every connection to it becomes one to this port.
    pub(crate) async fn before(port: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let own = listener.local_addr().expect("an address").port();
        let (sent, received) = (Arc::<AtomicU64>::default(), Arc::<AtomicU64>::default());
        let mut task = JoinSet::new();
        let (up, down) = (sent.clone(), received.clone());
        task.spawn(async move {
            let mut links = JoinSet::new();
            while let Ok((near, _)) = listener.accept().await {
                let far = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.expect("a broker");
                near.set_nodelay(true).expect("a socket");
                far.set_nodelay(true).expect("a socket");
                let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
                links.spawn(pass(near_in, far_out, up.clone()));
                links.spawn(pass(far_in, near_out, down.clone()));
            }
        });
        Self { port: own, sent, received, _task: task }
    }

    /// What the service sent so far, and what it received.
    pub(crate) fn bytes(&self) -> (u64, u64) {
        (self.sent.load(Ordering::Relaxed), self.received.load(Ordering::Relaxed))
    }
}

async fn pass(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, count: Arc<AtomicU64>) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        let Some(part) = buffer.get(..read) else { return };
        count.fetch_add(read as u64, Ordering::Relaxed);
        if to.write_all(part).await.is_err() {
            return;
        }
    }
}
