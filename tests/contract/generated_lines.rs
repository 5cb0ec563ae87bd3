//! Lines made by chance of few words and values, so that a query made the same way finds some of them.

use serde_json::{Map, Value, json};
use trailproof::model::{Level, LogEntry, LogId, LogKind, Micros};
use trailproof::repository::LineToStore;

use crate::engine::NOW;
use crate::random::SplitMix;

/// Moments that lines may have; fewer than lines, so that many share one.
const MOMENTS: usize = 300;
/// Between two moments.
const STEP_MICROS: usize = 7_000_000;

/// What messages, and texts that are looked for, are put together of.
pub(crate) const PIECES: [&str; 40] = [
    "error",
    "Error",
    "errors",
    "timeout",
    "time",
    "redis",
    "Redis",
    "pool",
    "key",
    "user",
    "u01",
    "u012",
    "42",
    "3.14",
    "1,000",
    "a",
    "A1",
    "x1y",
    "결제",
    "결제실패",
    "결제를",
    "한",
    "한도",
    "支付",
    "支",
    "付",
    "カード",
    "カ",
    "くん",
    "user.name",
    "key_1",
    "can't",
    "İx",
    "é",
    "ß",
    "🚀",
    "©",
    "½",
    "java.lang.NullPointerException",
    "NullPointerException",
];
pub(crate) const SEPARATORS: [&str; 14] =
    [" ", " ", " ", "  ", ": ", ".", ":", "-", "/", "_", "=", "", "\n", "("];
pub(crate) const SERVICES: [&str; 4] = ["gateway", "auth-service", "auth", "결제-service"];
pub(crate) const USERS: [&str; 6] = ["u01", "u012", "U012", "kim", "", "u 1"];
pub(crate) const PATHS: [&str; 7] = ["/", "/api", "/api/v1", "/api/v1/orders", "/API", "/주문", "/files/*"];
pub(crate) const METHODS: [&str; 3] = ["GET", "POST", "get"];
pub(crate) const COMPONENTS: [&str; 3] = ["token-store", "token", "Router"];
pub(crate) const REQUESTS: [&str; 4] =
    ["r1", "r12", "7f3a0b52-4c8e-4d7a-9a57-0d6b1e2f3c4d", "7f3a0b52-0000-4d7a-9a57-0d6b1e2f3c4d"];
pub(crate) const ADDRESSES: [&str; 12] = [
    "10.0.0.9",
    "10.0.0.10",
    "10.0.1.1",
    "10.255.255.255",
    "11.0.0.0",
    "203.0.113.7",
    "0.0.0.0",
    "255.255.255.255",
    "::1",
    "2001:db8::1",
    "2001:db8::ff",
    "2001:db8:1::1",
];
pub(crate) const KEYS: [&str; 8] = ["k", "order_id", "a.b", "a", "tags", "결과", "odd key", "a*b"];
pub(crate) const LEAVES: [&str; 19] = [
    "",
    "x",
    "xy",
    "X",
    "42",
    "420",
    "true",
    "12.5",
    "성공",
    "two words",
    "-1",
    "null",
    "007",
    "1e5",
    "9007199254740993",
    "cafe\u{301}",
    "10.0.0.9",
    "2001:DB8::1",
    "10.0.0.0/8",
];
/// Numbers of a context, as JSON writes them.
pub(crate) const NUMBERS: [&str; 11] =
    ["0", "-1", "12.5", "0.25", "42", "49.5", "500", "503", "599", "9007199254740992", "9007199254740993"];

/// One line, and which number it has among all.
pub(crate) fn line(random: &mut SplitMix, number: usize) -> LineToStore {
    let level = random.pick(&Level::ALL);
    let sometimes_named = random.happens(40).then(|| random.pick(&REQUESTS).to_owned());
    let mut sometimes =
        |values: &[&str], percent| random.happens(percent).then(|| random.pick(values).to_owned());
    let entry = LogEntry {
        request_id: sometimes(&REQUESTS, 30),
        trace_id: sometimes(&REQUESTS, 20),
        span_id: sometimes(&REQUESTS, 10),
        user_id: sometimes(&USERS, 60),
        path: sometimes(&PATHS, 60),
        method: sometimes(&METHODS, 50),
        client_ip: sometimes(&ADDRESSES, 60),
        user_agent: sometimes(&USERS, 20),
        component: sometimes(&COMPONENTS, 30),
        id: id(random, number),
        client_id: sometimes_named,
        received_at: None,
        timestamp: moment(random),
        level,
        service: random.pick(&SERVICES).to_owned(),
        message: text(random, 7),
        context: context(random).into(),
    };
    let kind = if random.happens(10) { LogKind::Security } else { entry.natural_kind() };
    LineToStore { kind, entry, fingerprint: None }
}

/// Up to `most` pieces with something or nothing between them.
pub(crate) fn text(random: &mut SplitMix, most: usize) -> String {
    let mut text = String::new();
    for _ in 0..random.below(most + 1) {
        text += random.pick(&PIECES);
        text += random.pick(&SEPARATORS);
    }
    if random.happens(80) { text.trim_end().to_owned() } else { text }
}

/// A moment, most of them whole seconds.
pub(crate) fn moment(random: &mut SplitMix) -> Micros {
    let back = random.below(MOMENTS) * STEP_MICROS;
    let fine = random.pick(&[0, 0, 0, 1, 999, 1_000, 500_001]);
    NOW.plus(fine - i64::try_from(back).unwrap())
}

/// UUIDs as they are printed, in capitals, and names, in no order of time.
fn id(random: &mut SplitMix, number: usize) -> LogId {
    let spread = u128::try_from(number).unwrap().wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
    let uuid = uuid::Uuid::from_u128(spread).to_string();
    let text = match random.below(4) {
        0 => uuid.to_uppercase(),
        1 => format!("n-{number}"),
        2 => format!("{}.{number}", &uuid[..6]),
        _ => uuid,
    };
    LogId::stored(text)
}

fn context(random: &mut SplitMix) -> Map<String, Value> {
    (0..random.below(4)).map(|_| (random.pick(&KEYS).to_owned(), value(random, 2))).collect()
}

fn value(random: &mut SplitMix, levels: usize) -> Value {
    let kinds = if levels == 0 { 6 } else { 8 };
    match random.below(kinds) {
        0 if random.happens(50) => json!(random.below(50)),
        0 => serde_json::from_str(random.pick(&NUMBERS)).unwrap(),
        1 => json!([12.5, -1.0, 0.25][random.below(3)]),
        2 => json!(random.happens(50)),
        3 => Value::Null,
        6 => (0..random.below(3)).map(|_| value(random, levels - 1)).collect(),
        7 => {
            let member =
                |random: &mut SplitMix| (random.pick(&["b", "c"]).to_owned(), value(random, levels - 1));
            Value::Object((0..random.below(3)).map(|_| member(random)).collect())
        }
        _ => json!(random.pick(&LEAVES)),
    }
}
