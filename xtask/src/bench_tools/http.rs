//! One kept-alive HTTP/1.1 connection, for everything that is asked: the load, the events, the preparation.

use crate::Outcome;
use http_body_util::{BodyExt, Full};
use hyper::{
    Request, Response, StatusCode,
    body::Bytes,
    client::conn::http1::{SendRequest, handshake},
    header::{AUTHORIZATION, CONTENT_TYPE, HOST},
};
use hyper_util::rt::TokioIo;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::net::TcpStream;

pub type Sent = Request<Full<Bytes>>;

pub struct Connection {
    address: String,
    sender: SendRequest<Full<Bytes>>,
}

impl Connection {
    pub async fn open(address: &str) -> Outcome<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        // Its errors come out of `send` as well.
        tokio::spawn(connection);
        Ok(Self { address: address.to_owned(), sender })
    }

    pub async fn send(&mut self, request: Sent) -> Outcome<Response<Bytes>> {
        self.sender.ready().await?;
        let (parts, body) = self.sender.send_request(request).await?.into_parts();
        Ok(Response::from_parts(parts, body.collect().await?.to_bytes()))
    }

    pub fn page(&self, path: &str, cookie: &str) -> Outcome<Sent> {
        let request = Request::get(path).header(HOST, &self.address);
        let request = if cookie.is_empty() { request } else { request.header("cookie", cookie) };
        Ok(request.body(Full::default())?)
    }

    /// A form, as a browser without scripting sends it.
    pub fn form(&self, path: &str, fields: &[(&str, &str)]) -> Outcome<Sent> {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(path).header(HOST, &self.address).header("origin", format!("http://{}", self.address));
        Ok(request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").header("accept", "text/html").body(Full::from(body))?)
    }

    pub async fn api_get(&mut self, path: &str, key: &str) -> Outcome<Value> {
        let request = Request::get(path).header(HOST, &self.address).header(AUTHORIZATION, format!("Bearer {key}"));
        let answer = self.send(request.body(Full::default())?).await?;
        json_of(path, answer, StatusCode::OK)
    }

    pub fn api_post(&self, path: &str, key: &str, kind: &str, body: String) -> Outcome<Sent> {
        let request = Request::post(path).header(HOST, &self.address).header(AUTHORIZATION, format!("Bearer {key}"));
        Ok(request.header(CONTENT_TYPE, kind).body(Full::from(body))?)
    }
}

/// The body of an answer that has to have that status.
pub fn json_of<T: DeserializeOwned>(path: &str, answer: Response<Bytes>, wanted: StatusCode) -> Outcome<T> {
    if answer.status() != wanted {
        return Err(format!("{path} answered {}: {}", answer.status(), String::from_utf8_lossy(answer.body())).into());
    }
    Ok(serde_json::from_slice(answer.body())?)
}
