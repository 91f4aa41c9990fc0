use crate::{limit, refuse, token, Config};
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64::Engine;
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;
use serde::Deserialize;
use std::net::Ipv4Addr;
use std::rc::Rc;
use std::time::UNIX_EPOCH;

pub struct Network {
    address: u32,
    mask: u32,
}

/// `10.0.0.0/8`.
pub fn network(text: &str) -> Option<Network> {
    let (address, bits) = text.split_once('/')?;
    let mask = u32::MAX.checked_shl(32 - bits.parse::<u32>().ok()?).unwrap_or(0);
    Some(Network { address: u32::from(address.parse::<Ipv4Addr>().ok()?) & mask, mask })
}

/// JSON Web Token, addresses, two limits, breaker.
pub struct Chain {
    pub config: Rc<Config>,
    pub networks: Rc<Vec<Network>>,
}

#[derive(Deserialize)]
struct Head {
    alg: String,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    exp: u64,
}

/// Failures in a row that open it.
const BREAKER: &str = "breaker";
const FAILURES_MAX: u8 = 5;

impl Context for Chain {}
impl HttpContext for Chain {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let Some(consumer) = self.consumer() else { return refuse(self, 401, "jwt_invalid") };
        if !self.address_allowed() {
            return refuse(self, 403, "address_not_allowed");
        }
        if !limit::admits(self, &format!("bucket/{consumer}"), self.config.requests, 1)
            || !limit::admits(self, "bucket/service", self.config.requests, 60)
        {
            return refuse(self, 429, "rate_limited");
        }
        if self.failures() >= FAILURES_MAX {
            return refuse(self, 503, "breaker_open");
        }
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        let failed = self.get_http_response_header(":status").is_some_and(|status| status.starts_with('5'));
        let failures = self.failures();
        let next = if failed { failures.saturating_add(1) } else { 0 };
        if next != failures {
            let _ = self.set_shared_data(BREAKER, Some(&[next]), None);
        }
        Action::Continue
    }
}

impl Chain {
    fn failures(&self) -> u8 {
        self.get_shared_data(BREAKER).0.and_then(|value| value.first().copied()).unwrap_or(0)
    }

    fn consumer(&self) -> Option<String> {
        let header = self.get_http_request_header("authorization")?;
        let (signed, signature) = header.strip_prefix("Bearer ")?.rsplit_once('.')?;
        let (head, claims) = signed.split_once('.')?;
        let head: Head = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(head).ok()?).ok()?;
        let claims: Claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
        let now = self.get_current_time().duration_since(UNIX_EPOCH).ok()?.as_secs();
        let good = head.alg == "HS256"
            && claims.iss == self.config.issuer
            && claims.exp > now
            && token::verifies(signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).ok()?, self.config.secret.as_bytes());
        good.then_some(claims.sub)
    }

    fn address_allowed(&self) -> bool {
        let peer = self.get_property(vec!["source", "address"]).and_then(|bytes| String::from_utf8(bytes).ok());
        let address = peer.and_then(|text| text.rsplit_once(':')?.0.parse::<Ipv4Addr>().ok()).map(u32::from);
        address.is_some_and(|address| self.networks.iter().any(|network| address & network.mask == network.address))
    }
}
