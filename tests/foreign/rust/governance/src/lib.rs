//! The policies of the benchmark, written as one writes a filter with the Rust SDK: to stand beside ours and Envoy's own.
//! The plugin's configuration says which: `{"policy": "empty" | "token" | "chain", …}`.
mod chain;
mod limit;
mod token;

use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{Action, ContextType, LogLevel};
use serde::Deserialize;
use std::rc::Rc;

proxy_wasm::main! {{
    proxy_wasm::set_log_level(LogLevel::Warn);
    proxy_wasm::set_root_context(|_| Box::new(Root { config: Rc::new(Config::default()), networks: Rc::default() }));
}}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Config {
    policy: String,
    secret: String,
    issuer: String,
    networks: Vec<String>,
    requests: u64,
}

struct Root {
    config: Rc<Config>,
    networks: Rc<Vec<chain::Network>>,
}

impl Context for Root {}
impl RootContext for Root {
    fn on_configure(&mut self, _: usize) -> bool {
        let text = self.get_plugin_configuration().unwrap_or_default();
        let Ok(config) = serde_json::from_slice::<Config>(&text) else { return false };
        self.networks = Rc::new(config.networks.iter().filter_map(|text| chain::network(text)).collect());
        self.config = Rc::new(config);
        true
    }
    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        let config = self.config.clone();
        Some(match self.config.policy.as_str() {
            "token" => Box::new(TokenAndLimit { config }),
            "chain" => Box::new(chain::Chain { config, networks: self.networks.clone() }),
            _ => Box::new(Empty),
        })
    }
    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
}

struct Empty;
impl Context for Empty {}
impl HttpContext for Empty {}

struct TokenAndLimit {
    config: Rc<Config>,
}

impl Context for TokenAndLimit {}
impl HttpContext for TokenAndLimit {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let token = self.get_http_request_header("x-tollgate-token").unwrap_or_default();
        let Some(system) = token::system_of(&token, self.config.secret.as_bytes(), self.get_current_time()) else {
            return refuse(self, 401, "token_invalid");
        };
        if !limit::admits(self, &format!("bucket/{system}"), self.config.requests, 1) {
            return refuse(self, 429, "rate_limited");
        }
        Action::Continue
    }
}

pub fn refuse(context: &dyn HttpContext, status: u32, reason: &str) -> Action {
    let body = format!("{{\"error\":\"refused\",\"reason\":\"{reason}\"}}\n");
    let headers = vec![("content-type", "application/json"), ("x-tollgate-reason", reason)];
    context.send_http_response(status, headers, Some(body.as_bytes()));
    Action::Pause
}
