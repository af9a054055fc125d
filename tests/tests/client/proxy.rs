//! A network that can be cut: a loopback port that forwards to another.

use std::io::{Read, Write, copy};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use anyhow::Result;

#[derive(Debug)]
pub struct Proxy {
    pub port: u16,
    line: Arc<Line>,
}

#[derive(Debug)]
struct Line {
    cut: AtomicBool,
    open: Mutex<Vec<TcpStream>>,
    /// Bytes that came from clients, and how many more may come before the line is cut.
    sent: AtomicU64,
    left: AtomicU64,
}

impl Proxy {
    /// Forwards to `target` until it is cut. Its threads end with the test.
    pub fn start(target: String) -> Result<Proxy> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let line = Line {
            cut: AtomicBool::new(false),
            open: Mutex::default(),
            sent: AtomicU64::new(0),
            left: AtomicU64::new(u64::MAX),
        };
        let proxy = Proxy { port: listener.local_addr()?.port(), line: Arc::new(line) };
        let line = proxy.line.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if line.cut.load(Ordering::SeqCst) {
                    continue;
                }
                if let Ok(server) = TcpStream::connect(&target) {
                    there(line.clone(), &client, &server);
                    back(&server, &client);
                    line.open.lock().unwrap().extend([client, server]);
                }
            }
        });
        Ok(proxy)
    }

    /// Ends all connections and takes no new ones until [`Proxy::mend`].
    pub fn cut(&self) {
        self.line.cut();
    }

    /// [`Proxy::cut`] when clients have sent so many more bytes.
    pub fn cut_after(&self, bytes: u64) {
        self.line.left.store(bytes, Ordering::SeqCst);
    }

    pub fn mend(&self) {
        self.line.left.store(u64::MAX, Ordering::SeqCst);
        self.line.cut.store(false, Ordering::SeqCst);
    }

    /// Bytes that clients have sent so far.
    pub fn sent(&self) -> u64 {
        self.line.sent.load(Ordering::SeqCst)
    }
}

impl Line {
    fn cut(&self) {
        self.cut.store(true, Ordering::SeqCst);
        for stream in self.open.lock().unwrap().drain(..) {
            // one that is closed already is what is wanted
            stream.shutdown(Shutdown::Both).ok();
        }
    }

    /// Whether these bytes may pass.
    fn passes(&self, bytes: u64) -> bool {
        self.sent.fetch_add(bytes, Ordering::SeqCst);
        let less = |left: u64| Some(if left == u64::MAX { left } else { left.saturating_sub(bytes) });
        let before = self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less);
        before.is_ok_and(|left| left > bytes)
    }
}

fn there(line: Arc<Line>, client: &TcpStream, server: &TcpStream) {
    let (Ok(mut client), Ok(mut server)) = (client.try_clone(), server.try_clone()) else { return };
    thread::spawn(move || {
        let mut buffer = [0; 16 << 10];
        while let Ok(count @ 1..) = client.read(&mut buffer) {
            if !line.passes(count as u64) {
                return line.cut();
            }
            if server.write_all(&buffer[..count]).is_err() {
                break;
            }
        }
        server.shutdown(Shutdown::Write).ok();
    });
}

fn back(server: &TcpStream, client: &TcpStream) {
    let (Ok(mut server), Ok(mut client)) = (server.try_clone(), client.try_clone()) else { return };
    thread::spawn(move || {
        copy(&mut server, &mut client).ok();
        client.shutdown(Shutdown::Write).ok();
    });
}
