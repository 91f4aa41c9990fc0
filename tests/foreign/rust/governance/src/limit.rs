use proxy_wasm::traits::Context;
use std::time::UNIX_EPOCH;

/// A token bucket in shared data, so that all workers spend from one.
pub fn admits(context: &dyn Context, key: &str, requests: u64, per_s: u64) -> bool {
    let now = context.get_current_time().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64;
    let full = requests as f64;
    for _ in 0..10 {
        let (value, cas) = context.get_shared_data(key);
        let (left, at) = match value.as_deref() {
            Some([bytes @ ..]) if bytes.len() == 16 => {
                (f64::from_le_bytes(bytes[..8].try_into().unwrap()), u64::from_le_bytes(bytes[8..].try_into().unwrap()))
            }
            _ => (full, now),
        };
        let passed_s = now.saturating_sub(at) as f64 / 1e9;
        let level = (left + passed_s * full / per_s as f64).min(full);
        if level < 1.0 {
            return false;
        }
        let mut next = [0; 16];
        next[..8].copy_from_slice(&(level - 1.0).to_le_bytes());
        next[8..].copy_from_slice(&now.to_le_bytes());
        if context.set_shared_data(key, Some(&next), cas).is_ok() {
            return true;
        }
    }
    false
}
