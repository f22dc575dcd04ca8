//! Outbound: requests to the addresses that connections name, and to no other.
//! Invariant: an address is judged after its name was looked up, and that very address is connected to; nobody is followed to
//! another one; over the internet everything goes with TLS; an answer is read up to a size.

use crate::printing::Reach;
use connectors::{Method, Request, Response};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);
/// How long an answer may take: posting a long sale in a slow ERP does.
const ANSWER: Duration = Duration::from_secs(60);
/// Most of an answer that is read, bytes: a page of records.
const MOST_BYTES: usize = 16 << 20;

/// The way out.
#[derive(Clone, Debug)]
pub struct Outbound {
    public: reqwest::Client,
    /// For private networks alone, where there may be no TLS.
    private: reqwest::Client,
    networks: Reach,
}

/// A client of ours: TLS by rustls, no proxy of the environment, nobody followed.
pub fn client() -> reqwest::ClientBuilder {
    // The first to come sets it for the process; whoever comes later finds the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().redirect(Policy::none())
}

impl Outbound {
    /// A way out whose private networks are these.
    ///
    /// # Errors
    /// Where there is no TLS on this machine.
    pub fn new(networks: Reach) -> Result<Self, reqwest::Error> {
        let to = |private: bool| {
            client()
                .connect_timeout(CONNECT)
                .timeout(ANSWER)
                .user_agent(concat!("Tillbridge/", env!("CARGO_PKG_VERSION")))
                .https_only(!private)
                .dns_resolver(Arc::new(Judged(Judge { networks: networks.clone(), private })))
                .build()
        };
        Ok(Self { public: to(false)?, private: to(true)?, networks })
    }

    /// Why this address cannot be one of a connection, in words; nothing where it can, as far as can be said without looking
    /// its name up.
    pub fn refuses(&self, base: &str, private: bool) -> Option<&'static str> {
        let judge = Judge { networks: self.networks.clone(), private };
        match host_of(base)? {
            Host::Address(address) if !judge.allows(address) => Some(judge.words()),
            _ if !private && !base.starts_with("https://") => Some(
                "Outside of a private network the address must begin with https://, or passwords could be read on the way.",
            ),
            _ => None,
        }
    }

    /// Sends a request below `base` and waits for what comes.
    ///
    /// # Errors
    /// What kept it from being sent, in words.
    pub async fn send(&self, base: &str, private: bool, request: &Request) -> Result<Response, String> {
        if let Some(words) = self.refuses(base, private) {
            return Err(words.to_owned());
        }
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Patch => reqwest::Method::PATCH,
            Method::Delete => reqwest::Method::DELETE,
        };
        let client = if private { &self.private } else { &self.public };
        let mut asked = client.request(method, format!("{}{}", base.trim_end_matches('/'), request.path));
        for (name, value) in &request.headers {
            asked = asked.header(name, value);
        }
        if !request.body.is_empty() {
            asked = asked.body(request.body.clone());
        }
        match asked.send().await {
            Ok(answer) => Ok(whole(answer).await),
            Err(error) if error.is_builder() => Err("The address is not one that can be asked.".to_owned()),
            Err(error) => {
                let judge = Judge { networks: self.networks.clone(), private };
                if is_refused(&error) { Err(judge.words().to_owned()) } else { Ok(Response::None) }
            }
        }
    }
}

async fn whole(mut answer: reqwest::Response) -> Response {
    let status = answer.status().as_u16();
    let headers = answer
        .headers()
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
        .collect();
    let mut body = Vec::new();
    loop {
        match answer.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= MOST_BYTES => body.extend_from_slice(&chunk),
            Ok(None) => return Response::Answer { status, headers, body },
            // Half an answer, or one without an end: it may have acted all the same.
            Ok(Some(_)) | Err(_) => return Response::None,
        }
    }
}

enum Host {
    Address(IpAddr),
    Name,
}

fn host_of(base: &str) -> Option<Host> {
    let url = reqwest::Url::parse(base).ok()?;
    let host = url.host_str()?;
    Some(match host.trim_start_matches('[').trim_end_matches(']').parse() {
        Ok(address) => Host::Address(address),
        Err(_) => Host::Name,
    })
}

#[derive(Clone, Debug)]
struct Judge {
    networks: Reach,
    private: bool,
}

impl Judge {
    fn allows(&self, address: IpAddr) -> bool {
        if self.private { self.networks.allows(address) } else { Reach::is_public(address) }
    }

    fn words(&self) -> &'static str {
        match self.private {
            true => {
                "The server may not reach this address. Whoever runs the server can allow its network (connect_networks)."
            }
            false => {
                "This address is inside a private network. Allow that for this connection if it is the right one."
            }
        }
    }
}

/// Looks names up and leaves out what may not be reached.
struct Judged(Judge);

#[derive(Debug, thiserror::Error)]
#[error("this address may not be reached")]
struct Refused;

impl Resolve for Judged {
    fn resolve(&self, name: Name) -> Resolving {
        let judge = self.0.clone();
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let allowed: Vec<SocketAddr> = found.iter().copied().filter(|at| judge.allows(at.ip())).collect();
            if allowed.is_empty() && !found.is_empty() {
                return Err(Box::new(Refused) as Box<dyn std::error::Error + Send + Sync>);
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

fn is_refused(error: &reqwest::Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        if inner.downcast_ref::<Refused>().is_some() {
            return true;
        }
        source = inner.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_address_inside_is_reached_only_where_both_connection_and_server_allow_it() {
        let usual = Outbound::new(Reach::default()).unwrap();
        let here = Outbound::new(Reach::parse("127.0.0.0/8, ::1/128").unwrap()).unwrap();
        let request = Request::get("/");
        // Nobody listens at port 9 of this machine: no answer is the best that can come.
        for (base, private, outbound, reached) in [
            ("http://127.0.0.1:9", false, &usual, false),
            ("http://127.0.0.1:9", true, &usual, false),
            ("http://127.0.0.1:9", false, &here, false),
            ("http://127.0.0.1:9", true, &here, true),
            ("http://localhost:9", false, &here, false),
            ("http://localhost:9", true, &here, true),
            ("http://[::ffff:127.0.0.1]:9", false, &here, false),
            ("http://169.254.169.254", true, &here, false),
            ("http://10.1.2.3", false, &usual, false),
            ("https://127.0.0.1:9", false, &here, false),
            ("https://localhost:9", false, &here, false),
            // To the internet with TLS alone, and not by a connection that is said to stay inside.
            ("http://93.184.216.34", false, &usual, false),
            ("http://93.184.216.34", true, &usual, false),
            ("https://93.184.216.34", true, &usual, false),
        ] {
            let sent = outbound.send(base, private, &request).await;
            assert_eq!(sent.is_ok(), reached, "{base} {private}: {sent:?}");
            assert!(reached || !sent.unwrap_err().is_empty());
        }
    }

    #[test]
    fn what_is_wrong_with_an_address_is_said_by_what_would_mend_it() {
        let usual = Outbound::new(Reach::default()).unwrap();
        for (base, private, words) in [
            ("http://10.1.2.3", false, Some("inside a private network")),
            ("https://10.1.2.3", false, Some("inside a private network")),
            ("http://127.0.0.1", true, Some("connect_networks")),
            ("http://93.184.216.34", false, Some("https://")),
            ("http://erp.example.com", false, Some("https://")),
            ("https://erp.example.com", false, None),
            ("http://erp.example.com", true, None),
        ] {
            let said = usual.refuses(base, private);
            match words {
                Some(words) => {
                    assert!(said.is_some_and(|said| said.contains(words)), "{base} {private}: {said:?}")
                }
                None => assert_eq!(said, None, "{base} {private}"),
            }
        }
    }
}
