//! A filter that does what a request's `x-script` asks for, and logs what each host call answers: `phase op arguments; …`.
//! The same script runs in Envoy and in the simulator, so it is the script that says what is compared.
use proxy_wasm::hostcalls;
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{Action, BufferType, ContextType, LogLevel, MapType, MetricType};
use std::time::Duration;

proxy_wasm::main! {{
    proxy_wasm::set_log_level(LogLevel::Trace);
    proxy_wasm::set_root_context(|_| Box::new(Root));
}}

struct Root;
struct Stream {
    steps: Vec<(String, Vec<String>)>,
}

fn say(text: String) {
    hostcalls::log(LogLevel::Info, &text).unwrap();
}

impl Context for Root {}
impl RootContext for Root {
    fn on_vm_start(&mut self, size: usize) -> bool {
        say(format!("vm start {size} {:?}", self.get_vm_configuration().map(text)));
        true
    }
    fn on_configure(&mut self, size: usize) -> bool {
        let configuration = self.get_plugin_configuration().map(text);
        say(format!("configure {size} {configuration:?}"));
        configuration.as_deref() != Some("refuse")
    }
    fn on_queue_ready(&mut self, queue: u32) {
        say(format!("queue ready {:?}", hostcalls::dequeue_shared_queue(queue).map(|value| value.map(text))));
    }
    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Stream { steps: Vec::new() }))
    }
    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
}

impl Context for Stream {
    fn on_http_call_response(&mut self, _: u32, headers: usize, body: usize, trailers: usize) {
        let status = hostcalls::get_map_value(MapType::HttpCallResponseHeaders, ":status");
        let content = self.get_http_call_response_body(0, body).map(text);
        say(format!("call answered {headers} {body} {trailers} {status:?} {content:?}"));
        self.run("call");
    }
    fn on_done(&mut self) -> bool {
        self.run("done");
        true
    }
}

impl HttpContext for Stream {
    fn on_http_request_headers(&mut self, count: usize, end: bool) -> Action {
        let script = self.get_http_request_header("x-script").unwrap_or_default();
        let words = script.split(';').map(|step| step.split_whitespace().map(str::to_string).collect::<Vec<_>>());
        self.steps = words.filter(|words| words.len() > 1).map(|words| (words[0].clone(), words[1..].to_vec())).collect();
        say(format!("request headers {count} {end}"));
        self.run("request")
    }
    fn on_http_request_body(&mut self, size: usize, end: bool) -> Action {
        say(format!("request body {size} {end}"));
        self.run(if end { "request-end" } else { "request-body" })
    }
    fn on_http_request_trailers(&mut self, count: usize) -> Action {
        say(format!("request trailers {count}"));
        self.run("request-trailers")
    }
    fn on_http_response_headers(&mut self, count: usize, end: bool) -> Action {
        say(format!("response headers {count} {end}"));
        self.run("response")
    }
    fn on_http_response_body(&mut self, size: usize, end: bool) -> Action {
        say(format!("response body {size} {end}"));
        self.run(if end { "response-end" } else { "response-body" })
    }
    fn on_http_response_trailers(&mut self, count: usize) -> Action {
        say(format!("response trailers {count}"));
        self.run("response-trailers")
    }
    fn on_log(&mut self) {
        self.run("log");
    }
}

impl Stream {
    fn run(&mut self, phase: &str) -> Action {
        let mut action = Action::Continue;
        for (_, words) in self.steps.iter().filter(|(when, _)| when == phase) {
            let arguments: Vec<&str> = words[1..].iter().map(String::as_str).collect();
            if words[0] == "pause" {
                action = Action::Pause;
            } else {
                say(format!("{phase} {} = {}", words.join(" "), call(&words[0], &arguments)));
            }
        }
        action
    }
}

fn call(name: &str, words: &[&str]) -> String {
    match (name, words) {
        ("get", [map, key]) => format!("{:?}", hostcalls::get_map_value(map_type(map), key)),
        ("all", [map]) => format!("{:?}", hostcalls::get_map(map_type(map))),
        ("set", [map, key, value]) => format!("{:?}", hostcalls::set_map_value(map_type(map), key, Some(value))),
        ("add", [map, key, value]) => format!("{:?}", hostcalls::add_map_value(map_type(map), key, value)),
        ("remove", [map, key]) => format!("{:?}", hostcalls::remove_map_value(map_type(map), key)),
        ("replace", [map, pairs @ ..]) => {
            let pairs = pairs.iter().map(|pair| pair.split_once('=').unwrap()).collect();
            format!("{:?}", hostcalls::set_map(map_type(map), pairs))
        }
        ("body", [buffer, start, size]) => {
            format!("{:?}", hostcalls::get_buffer(buffer_type(buffer), number(start), number(size)).map(|bytes| bytes.map(text)))
        }
        ("write", [buffer, start, size, value]) => {
            format!("{:?}", hostcalls::set_buffer(buffer_type(buffer), number(start), number(size), value.as_bytes()))
        }
        ("property", [path]) => {
            format!("{:?}", hostcalls::get_property(path.split('.').collect()).map(|value| value.map(|bytes| bytes.escape_ascii().to_string())))
        }
        ("set-property", [path, value]) => format!("{:?}", hostcalls::set_property(path.split('.').collect(), Some(value.as_bytes()))),
        ("reply", [status, body]) => {
            format!("{:?}", hostcalls::send_http_response(number(status) as u32, vec![("x-by", "rust")], Some(body.as_bytes())))
        }
        ("grpc-reply", [status, message]) => format!("{:?}", hostcalls::send_grpc_response(grpc(status), Some(message), vec![])),
        ("call", [cluster, path]) => {
            let headers = vec![(":method", "GET"), (":path", *path), (":authority", "callout")];
            let token = hostcalls::dispatch_http_call(cluster, headers, Some(b"ask"), vec![], Duration::from_secs(5));
            format!("{:?}", token.map(|_| ()))
        }
        ("resume-request", _) => format!("{:?}", hostcalls::resume_http_request()),
        ("resume-response", _) => format!("{:?}", hostcalls::resume_http_response()),
        ("reset", _) => format!("{:?}", hostcalls::reset_http_request()),
        ("share", [key, value]) => format!("{:?}", hostcalls::set_shared_data(key, Some(value.as_bytes()), None)),
        ("swap", [key, value, cas]) => format!("{:?}", hostcalls::set_shared_data(key, Some(value.as_bytes()), Some(number(cas) as u32))),
        ("shared", [key]) => format!("{:?}", hostcalls::get_shared_data(key).map(|(value, _)| value.map(text))),
        ("enqueue", [queue, value]) => {
            let id = hostcalls::register_shared_queue(queue).unwrap();
            format!("{:?}", hostcalls::enqueue_shared_queue(id, Some(value.as_bytes())))
        }
        ("dequeue", [queue]) => {
            let id = hostcalls::register_shared_queue(queue).unwrap();
            format!("{:?}", hostcalls::dequeue_shared_queue(id).map(|value| value.map(text)))
        }
        ("resolve", [vm, queue]) => format!("{:?}", hostcalls::resolve_shared_queue(vm, queue).map(|id| id.is_some())),
        ("count", [metric, by]) => metric_of(MetricType::Counter, metric, by),
        ("gauge", [metric, by]) => metric_of(MetricType::Gauge, metric, by),
        ("record", [metric, value]) => {
            let id = hostcalls::define_metric(MetricType::Gauge, metric).unwrap();
            format!("{:?} {:?}", hostcalls::record_metric(id, number(value) as u64), hostcalls::get_metric(id))
        }
        ("foreign", [name, value]) => {
            format!("{:?}", hostcalls::call_foreign_function(name, Some(value.as_bytes())).map(|bytes| bytes.map(text)))
        }
        ("log", [level, value]) => {
            hostcalls::log(log_level(level), value).unwrap();
            String::new()
        }
        ("level", _) => format!("{:?}", hostcalls::get_log_level()),
        ("context", [id]) => format!("{:?}", hostcalls::set_effective_context(number(id) as u32)),
        ("panic", _) => panic!("asked to"),
        ("print", [value]) => {
            println!("{value}");
            eprintln!("{value}");
            String::new()
        }
        _ => "not known".to_string(),
    }
}

fn metric_of(kind: MetricType, name: &str, by: &str) -> String {
    let id = hostcalls::define_metric(kind, name).unwrap();
    format!("{:?} {:?}", hostcalls::increment_metric(id, by.parse().unwrap()), hostcalls::get_metric(id))
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}

fn number(word: &str) -> usize {
    word.parse().unwrap()
}

fn map_type(word: &str) -> MapType {
    match word {
        "request" => MapType::HttpRequestHeaders,
        "request-trailers" => MapType::HttpRequestTrailers,
        "response" => MapType::HttpResponseHeaders,
        "response-trailers" => MapType::HttpResponseTrailers,
        _ => MapType::HttpCallResponseHeaders,
    }
}

fn buffer_type(word: &str) -> BufferType {
    match word {
        "request" => BufferType::HttpRequestBody,
        "response" => BufferType::HttpResponseBody,
        "plugin" => BufferType::PluginConfiguration,
        "vm" => BufferType::VmConfiguration,
        _ => BufferType::HttpCallResponseBody,
    }
}

fn grpc(word: &str) -> proxy_wasm::types::GrpcStatusCode {
    if word == "7" { proxy_wasm::types::GrpcStatusCode::PermissionDenied } else { proxy_wasm::types::GrpcStatusCode::Unavailable }
}

fn log_level(word: &str) -> LogLevel {
    match word {
        "trace" => LogLevel::Trace,
        "debug" => LogLevel::Debug,
        "info" => LogLevel::Info,
        "warn" => LogLevel::Warn,
        "error" => LogLevel::Error,
        _ => LogLevel::Critical,
    }
}
