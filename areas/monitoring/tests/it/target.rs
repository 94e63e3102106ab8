//! A small HTTP server that answers by script, stops and comes back at the same address.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// What it does with a request.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Status, further header lines, body.
    Says(u16, String, String),
    /// Takes the connection and stays silent.
    Silent,
    /// Sends a body without end.
    Endless,
    /// Sends a header without end, letter by letter.
    Drips,
}

impl Answer {
    pub fn fine() -> Self {
        Self::Says(200, String::new(), "all is well".into())
    }
}

pub struct Target {
    pub address: SocketAddr,
    answer: Arc<Mutex<Answer>>,
    asked: Arc<AtomicUsize>,
    task: Option<JoinHandle<()>>,
}

impl Target {
    pub async fn start(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let mut target = Self { address, answer: Arc::new(Mutex::new(answer)), asked: Arc::default(), task: None };
        target.serve(listener);
        target
    }

    fn serve(&mut self, listener: TcpListener) {
        let (answer, asked) = (self.answer.clone(), self.asked.clone());
        self.task = Some(tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                asked.fetch_add(1, Ordering::SeqCst);
                let answer = answer.lock().expect("nobody panics with it").clone();
                tokio::spawn(reply(stream, answer));
            }
        }));
    }

    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    pub fn now_answers(&self, answer: Answer) {
        *self.answer.lock().expect("nobody panics with it") = answer;
    }

    pub async fn stop(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
            // The listener is closed when the task has ended.
            let _ = task.await;
        }
    }

    pub async fn comes_back(&mut self) {
        let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
        socket.set_reuseaddr(true).expect("allowed");
        socket.bind(self.address).expect("its port is free again");
        self.serve(socket.listen(16).expect("it listens"));
    }
}

async fn reply(mut stream: TcpStream, answer: Answer) {
    let mut request = [0; 2048];
    let _ = stream.read(&mut request).await;
    match answer {
        Answer::Silent => tokio::time::sleep(Duration::from_secs(60)).await,
        Answer::Says(status, headers, body) => {
            let text = format!("HTTP/1.1 {status} Scripted\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n{body}", body.len());
            let _ = stream.write_all(text.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
        Answer::Drips => {
            let _ = stream.write_all(b"HTTP/1.1 200 Scripted\r\nX-Slow: ").await;
            while stream.write_all(b"x").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        Answer::Endless => {
            let _ = stream.write_all(b"HTTP/1.1 200 Scripted\r\nConnection: close\r\n\r\n").await;
            while stream.write_all(&[b'x'; 8192]).await.is_ok() {}
        }
    }
}
