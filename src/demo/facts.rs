//! The values inside the lines: `{order_id}`, `{seat}`, `{duration_ms}` and so on.
//!
//! A value is a function of its name and of what it belongs to (a person, a request, a line), so the same order
//! has the same amount in the text and in the context of every line, and nothing needs to be remembered.

use serde_json::Value;

use super::random::Random;
use super::visitor;

const SHOWS: [&str; 12] = [
    "뮤지컬 달빛정원",
    "오페라 겨울나그네",
    "콘서트 NOVA LIVE 2026",
    "연극 마지막 승강장",
    "발레 백조의 숲",
    "재즈 나이트 서울",
    "서울 시립교향악단 정기공연",
    "뮤지컬 The Lighthouse",
    "락 페스티벌 SUMMER NOISE",
    "국악 한마당 봄날",
    "어린이극 토끼와 별",
    "코미디쇼 웃음의 밤",
];
const VENUES: [&str; 7] = [
    "한강아트홀",
    "서울대극장",
    "부산 바다극장",
    "Blue Square",
    "대전 예술마루",
    "Olympic Hall",
    "광주 빛고을홀",
];
const SECTIONS: [&str; 6] = ["VIP석", "R석", "S석", "A석", "floor", "balcony"];
const CATEGORIES: [&str; 6] = ["musical", "concert", "opera", "theatre", "dance", "family"];
const SEARCH_TERMS: [&str; 8] =
    ["달빛정원", "뮤지컬", "재즈", "nova live", "어린이", "발레", "10월 공연", "festival"];
const FAMILY_NAMES: [&str; 10] = ["김", "이", "박", "최", "정", "강", "조", "윤", "장", "임"];
const GIVEN_NAMES: [&str; 12] =
    ["민준", "서연", "도윤", "지우", "하은", "시우", "수아", "예준", "지민", "현우", "유진", "은서"];
const MAIL_NAMES: [&str; 12] = [
    "minjun", "seoyeon", "doyun", "jiwoo", "haeun", "siwoo", "sua", "yejun", "jimin", "hyunwoo", "yujin",
    "eunseo",
];
const MAIL_HOSTS: [&str; 4] = ["example.com", "example.org", "mail.example.net", "example.co.kr"];
const STREETS: [&str; 5] = [
    "서울시 마포구 가상로",
    "부산시 해운대구 예시로",
    "대전시 유성구 견본길",
    "인천시 연수구 보기로",
    "서울시 강남구 허구길",
];
const DEVICES: [&str; 7] =
    ["iPhone 16", "Galaxy S25", "Galaxy A54", "Pixel 8", "Chrome/Windows", "Safari/macOS", "iPad"];
const LOGIN_METHODS: [&str; 5] = ["password", "kakao", "naver", "google", "passkey"];
const LOCALES: [&str; 4] = ["ko-KR", "en-US", "ja-JP", "zh-CN"];
const CARD_BRANDS: [&str; 6] = ["Visa", "Mastercard", "신한카드", "국민카드", "현대카드", "BC카드"];
const BANKS: [&str; 4] = ["가온은행", "나래은행", "다온은행", "Example Bank"];
const COUPONS: [&str; 5] = ["WELCOME10", "AUTUMN-26", "FRIENDS5", "VIP-PRESALE", "BIRTHDAY"];
const SCOPES: [&str; 4] = ["orders:write", "tickets:read", "profile:write", "events:read"];
const PERMISSIONS: [&str; 4] = ["order.create", "ticket.view", "order.cancel", "reservation.create"];
const OLD_ROLES: [&str; 2] = ["viewer", "box-office"];
const NEW_ROLES: [&str; 3] = ["manager", "settlement", "administrator"];
const ROUTING_KEYS: [&str; 5] =
    ["reservation.created", "payment.approved", "ticket.issued", "order.cancelled", "user.updated"];
const JOBS: [&str; 6] =
    ["seat-release", "daily-settlement", "catalog-refresh", "mail-relay", "session-cleanup", "ranking"];
const ERROR_CODES: [&str; 8] = ["E1042", "E2003", "E2110", "E3307", "E4091", "E5020", "E5101", "E5402"];
const REASONS: [&str; 4] = ["일정 변경", "중복 예매", "changed plans", "공연 취소"];
const PURPOSES: [&str; 4] = ["고객 문의 처리", "환불 확인", "fraud review", "법적 요청 대응"];
const RULES: [&str; 5] = ["sqli-12", "xss-4", "traversal-2", "scanner-7", "geo-1"];
const KEY_NAMES: [&str; 4] = ["partner-sync", "gate-scanner", "settlement-export", "ci-smoke"];
const VALIDATION_FAULTS: [&str; 4] =
    ["quantity must be 1 to 4", "seat is missing", "show_id is not known", "birth_date is not a date"];
const CHANGED: [&str; 4] = ["phone", "email", "address", "name"];
const CHANNELS: [&str; 4] = ["sms", "email", "kakao", "app"];
const HOSTS: [&str; 5] = ["node-a1", "node-a2", "node-b1", "node-b2", "node-c1"];

/// What the values of one line belong to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts {
    /// Number of the user.
    pub(super) user: u64,
    /// Seed of the request.
    pub(super) request: u64,
    /// Seed of the line.
    pub(super) line: u64,
}

impl Facts {
    /// The value called `name`; `None` when there is no such value.
    pub(super) fn value(&self, name: &str) -> Option<Value> {
        let topic = match name {
            "amount_text" => "amount",
            other => other,
        };
        of_person(name, &mut Random::of_topic(self.user, topic))
            .or_else(|| of_request(name, &mut Random::of_topic(self.request, topic)))
            .or_else(|| text_of_line(name, &mut Random::of_topic(self.line, topic)))
            .or_else(|| number_of_line(name, &mut Random::of_topic(self.line, topic)))
    }
}

/// Personal data, all of it invented: reserved mail domains, and phone numbers from a block nobody has.
fn of_person(name: &str, random: &mut Random) -> Option<Value> {
    Some(match name {
        "name" => format!("{}{}", random.pick(&FAMILY_NAMES), random.pick(&GIVEN_NAMES)).into(),
        "email" => {
            format!("{}{}@{}", random.pick(&MAIL_NAMES), random.below(100), random.pick(&MAIL_HOSTS)).into()
        }
        "phone" => format!("010-0{:03}-{:04}", random.below(1_000), random.below(10_000)).into(),
        "address" => format!("{} {}", random.pick(&STREETS), random.between(1, 240)).into(),
        "account" => {
            format!("{:03}-{:02}-{:06}", random.below(1_000), random.below(100), random.below(1_000_000))
                .into()
        }
        "card_brand" => one_of(random, &CARD_BRANDS),
        "card_masked" => format!("****-****-****-{:04}", random.below(10_000)).into(),
        "bank" => one_of(random, &BANKS),
        "device" => one_of(random, &DEVICES),
        "locale" => one_of(random, &LOCALES),
        _ => return None,
    })
}

fn of_request(name: &str, random: &mut Random) -> Option<Value> {
    Some(match name {
        "order_id" => random.between(10_000, 999_999).to_string().into(),
        "payment_id" => format!("pay_{:012x}", random.below(1 << 48)).into(),
        "reservation_id" => format!("rsv-{:06x}", random.below(1 << 24)).into(),
        "ticket_id" => format!("T{:05}-{}", random.below(100_000), random.between(1, 4)).into(),
        "session_id" => format!("s-{:010x}", random.below(1 << 40)).into(),
        "amount" => price(random).into(),
        "amount_text" => with_thousands_comma(price(random)).into(),
        "currency" => "KRW".into(),
        "approval" => random.between(100_000, 999_999).to_string().into(),
        "quantity" => random.between(1, 4).into(),
        "show" => one_of(random, &SHOWS),
        "show_id" => format!("ev-{}", random.between(201, 268)).into(),
        "venue" => one_of(random, &VENUES),
        "section" => one_of(random, &SECTIONS),
        "category" => one_of(random, &CATEGORIES),
        "seat" => {
            let row = random.pick(&["A", "B", "C", "D", "E", "F", "G", "H", "J", "K"]);
            format!("{row}-{}", random.between(1, 42)).into()
        }
        "login_method" => one_of(random, &LOGIN_METHODS),
        "app_version" => format!("6.{}.{}", random.between(1, 3), random.below(10)).into(),
        "coupon" => one_of(random, &COUPONS),
        "other_user" => visitor::user_id(random.between(1, 400)).into(),
        "case_id" => format!("CS-{}", random.between(1_000, 9_999)).into(),
        "failures" => random.between(1, 5).into(),
        _ => return None,
    })
}

fn text_of_line(name: &str, random: &mut Random) -> Option<Value> {
    Some(match name {
        "uuid" => random.next_uuid().to_string().into(),
        "state" => format!("{:08x}", random.below(1 << 32)).into(),
        "upstream" => format!("10.42.{}.{}:8080", random.between(1, 6), random.between(2, 60)).into(),
        "host" => one_of(random, &HOSTS),
        "search_term" => one_of(random, &SEARCH_TERMS),
        "scope" => one_of(random, &SCOPES),
        "permission" => one_of(random, &PERMISSIONS),
        "old_role" => one_of(random, &OLD_ROLES),
        "new_role" => one_of(random, &NEW_ROLES),
        "routing_key" => one_of(random, &ROUTING_KEYS),
        "job" => one_of(random, &JOBS),
        "error_code" => one_of(random, &ERROR_CODES),
        "reason" => one_of(random, &REASONS),
        "reason_code" => one_of(random, &["bad_password", "bad_password", "stale_password"]),
        "purpose" => one_of(random, &PURPOSES),
        "rule" => one_of(random, &RULES),
        "key_name" => one_of(random, &KEY_NAMES),
        "validation_fault" => one_of(random, &VALIDATION_FAULTS),
        "changed" => one_of(random, &CHANGED),
        "channel" => one_of(random, &CHANNELS),
        "consent" => one_of(random, &["동의", "거부"]),
        "variant" => one_of(random, &["a", "b"]),
        "cache_result" => one_of(random, &["hit", "hit", "hit", "miss"]),
        "worker" => format!("w{}", random.between(1, 4)).into(),
        _ => return None,
    })
}

fn number_of_line(name: &str, random: &mut Random) -> Option<Value> {
    let (low, high) = match name {
        "attempt" | "gate" => (1, 4),
        "tag" => (1_000, 99_999),
        "duration_ms" => (1, 180),
        "slow_ms" => (520, 4_900),
        "micros" => (90, 2_400),
        "lag_ms" => (1, 260),
        "wait_s" | "days" => (2, 90),
        "retry_after_s" => (5, 60),
        "window_s" => (60, 60),
        "drift_s" => (0, 2),
        "ttl_s" => (300, 3_600),
        "bytes" => (180, 48_000),
        "rows" => (1, 240),
        "open" | "idle" => (1, 18),
        "queue_depth" => (0, 140),
        "partition" => (0, 11),
        "position" => (1, 8_400),
        "free_seats" => (0, 780),
        "remaining" => (3, 119),
        "percent" => (4, 93),
        "heap_mb" => (310, 1_480),
        "rating" => (3, 5),
        "status" => (403, 403),
        "pool_in_use" => (3, 23),
        "pool_waiting" => (0, 0),
        "pool_max" => (64, 64),
        "discount" | "price" => (10, 90),
        _ => return None,
    };
    let scale = if matches!(name, "discount" | "price") { 100 } else { 1 };
    Some((random.between(low, high) * scale).into())
}

/// Price of an order in won.
fn price(random: &mut Random) -> u64 {
    random.between(3, 22) * 11_000
}

fn with_thousands_comma(number: u64) -> String {
    format!("{},{:03}", number / 1_000, number % 1_000)
}

fn one_of<const N: usize>(random: &mut Random, items: &[&str; N]) -> Value {
    Value::from(random.pick(items))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACTS: Facts = Facts { user: 12_016, request: 5, line: 9 };

    #[test]
    fn a_person_and_an_order_stay_the_same_over_lines() {
        let later = Facts { line: 10, ..FACTS };

        for name in ["email", "phone", "name", "order_id", "amount", "seat"] {
            assert_eq!(FACTS.value(name), later.value(name), "{name}");
        }
        assert_ne!(FACTS.value("uuid"), later.value("uuid"));
    }

    #[test]
    fn an_amount_reads_the_same_in_text_and_context() {
        let text = FACTS.value("amount_text").unwrap();

        assert_eq!(text.as_str().unwrap().replace(',', ""), FACTS.value("amount").unwrap().to_string());
    }

    #[test]
    fn unknown_names_have_no_value() {
        assert_eq!(FACTS.value("ordr_id"), None);
    }

    #[test]
    fn order_numbers_are_short_enough_to_search_for() {
        for request in 0..500 {
            let order = Facts { request, ..FACTS }.value("order_id").unwrap();

            assert!(order.as_str().unwrap().len() <= 6, "seven digits look like a phone number: {order}");
        }
    }
}
