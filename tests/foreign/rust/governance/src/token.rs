use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::time::{SystemTime, UNIX_EPOCH};

/// `system.date.digest`: the system, where the digest over the two is right and the day is today's or its neighbour.
pub fn system_of<'a>(token: &'a str, secret: &[u8], now: SystemTime) -> Option<&'a str> {
    let (signed, digest) = token.rsplit_once('.')?;
    let (system, date) = signed.split_once('.')?;
    let day = now.duration_since(UNIX_EPOCH).ok()?.as_secs() as i64 / 86400;
    if !(-1..=1).any(|off| date == compact_date(day + off)) {
        return None;
    }
    verifies(signed.as_bytes(), &unhex(digest)?, secret).then_some(system)
}

pub fn verifies(signed: &[u8], digest: &[u8], secret: &[u8]) -> bool {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
    mac.update(signed);
    mac.verify_slice(digest).is_ok()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let bytes = text.as_bytes();
    if bytes.len() % 2 != 0 {
        return None;
    }
    bytes.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

/// Days since 1970 as YYYYMMDD of the proleptic Gregorian calendar.
fn compact_date(days: i64) -> String {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}{month:02}{day:02}")
}
