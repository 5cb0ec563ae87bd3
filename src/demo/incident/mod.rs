//! The story a reader can find: twenty minutes, three hours before now, in which customers could not pay.
//!
//! **Cause.** A change that was meant for a test environment reaches auth-service: its token store now shares 4
//! connections to Redis instead of 64. One line at level info says so, and nothing else looks different.
//! **Symptoms.** Half a minute later token refreshes wait for a connection and give up, longer every minute. The
//! gateway answers 503 and 504 on orders and log-ins, event-service abandons payments, every client tries again,
//! and the retries take the connections that are left. **End.** After 19 minutes somebody takes the change back; a minute later all is well.
//!
//! How to find it, in five commands:
//! 1. errors over time (`/logs/histogram?interval=15m&by=level`): one tower, three hours ago;
//! 2. errors by service in that window (`/logs/errors`): auth-service leads, the gateway only passes it on;
//! 3. the first of them (`service:auth-service level:error`, oldest first) and its `request_id`;
//! 4. the trace of that request (`/trace/{request_id}`): three services, and the first thing that goes wrong is
//!    `pool_in_use` 4 with `pool_waiting` rising, where a quiet hour says "7 of 64 in use, 0 waiting";
//! 5. `"config reloaded"` (or `pool_size`) just before that line: who changed what, under which change number.

use super::journeys::Journey;
use super::lines::auth_service::LOGIN_ATTEMPTED;
use super::lines::event_service::PAYMENT_REQUESTED;
use super::random::Random;
use super::request::Request;
use super::scene::Scene;
use super::template::{Service::Auth, Service::Event, Service::Gateway, Template};

/// Where the cause stands, in parts per million of the window: 3 h before the end of a day.
pub(super) const BEGINS: u64 = 875_000;
/// How long it lasts: 20 minutes of a day.
const LASTS: u64 = 13_889;

/// Progress (in parts per thousand) at which the first request fails: half a minute after the cause.
const FIRST_SYMPTOM: u64 = 30;
/// Until then the requests that fail are orders, so that the first failure leads through all three services.
const ORDERS_ONLY: u64 = 90;
/// Progress at which the number of failures no longer grows.
const AT_ITS_WORST: u64 = 200;
/// Progress at which the change is taken back.
const ROLLED_BACK: u64 = 950;

/// The lines that appear once: what was done, not what it did.
pub(super) const SCENES: [Scene; 7] = [
    (BEGINS - 1_400, Auth.info("deploy", "deploy started: auth-service 2.14.3 (change CHG-2214)", &["host"])),
    (BEGINS - 300, Auth.info("deploy", "배포 완료: auth-service 2.14.3", &["host"])),
    (
        BEGINS,
        Auth.info(
            "config",
            "config reloaded: token-store pool_size 64 -> 4 (change CHG-2214)",
            &["change_id", "actor", "config_key", "config_old", "config_new"],
        ),
    ),
    (
        BEGINS + LASTS * 640 / 1_000,
        Gateway.info("alert", "호출 알림 발송: 5xx 비율 임계치 초과, 담당 on-call-2", &["host"]),
    ),
    (
        BEGINS + LASTS * 910 / 1_000,
        Auth.info("deploy", "rollback requested: change CHG-2214 by on-call-2", &["host"]),
    ),
    (
        BEGINS + LASTS * ROLLED_BACK / 1_000,
        Auth.info(
            "config",
            "config reloaded: token-store pool_size 4 -> 64 (rollback of CHG-2214)",
            &["host"],
        ),
    ),
    (BEGINS + LASTS + 500, Gateway.info("alert", "알림 해제: 5xx 비율 정상", &["host"])),
];

const WAITING: Template = Auth.warn(
    "token-store",
    "waited {wait_ms} ms for a redis connection",
    &["wait_ms", "pool_in_use", "pool_waiting"],
);
const REFRESH_FAILED: Template = Auth.error(
    "token-store",
    "token refresh failed: redis pool exhausted",
    &["wait_ms", "pool_in_use", "pool_waiting", "attempt"],
);
const SESSION_LOST: Template = Auth.error(
    "token-store",
    "세션 저장 실패: redis pool exhausted",
    &["wait_ms", "pool_in_use", "pool_waiting", "session_id"],
);
const TRYING_AGAIN: Template =
    Event.warn("auth-client", "auth-service answered 503, trying again", &["order_id", "attempt"]);
const PAYMENT_ABANDONED: Template = Event.error(
    "payment",
    "결제 중단: 인증 토큰 갱신 실패, 주문 {order_id}",
    &["order_id", "amount", "currency"],
);
const UPSTREAM_SLOW: Template =
    Gateway.warn("upstream", "no answer from auth-service within {duration_ms} ms", &["duration_ms"]);
const BREAKER: [Template; 3] = [
    Gateway.warn("circuit-breaker", "auth-service 회로 차단기 열림: 실패율 {percent}%", &["percent"]),
    Gateway.warn("upstream", "health check of auth-service took {wait_ms} ms", &["wait_ms"]),
    Event.warn("rabbitmq", "결제 대기열 적체: {queue_depth}건", &["queue_depth", "lag_ms"]),
];

/// Whether a position lies between the cause and the last symptom.
pub(super) fn is_under_way(position: u64) -> bool {
    (BEGINS..BEGINS + LASTS).contains(&position)
}

/// Chooses whether a request that begins at `position` fails, and how; the share grows for four minutes.
pub(super) fn strikes(position: u64, random: &mut Random) -> Option<Journey> {
    let progress = progress_at(position)?;
    let share = match progress {
        ..FIRST_SYMPTOM => 0,
        FIRST_SYMPTOM..ORDERS_ONLY => 110,
        ORDERS_ONLY..AT_ITS_WORST => 30 + progress * 3 / 8,
        AT_ITS_WORST..ROLLED_BACK => 96 + progress / 30,
        ROLLED_BACK.. => 50,
    };
    if !random.chance(share) {
        return None;
    }
    let kind = if progress < ORDERS_ONLY { 0 } else { random.below(10) };
    Some(match kind {
        0..4 => abandoned_order,
        4..7 => failed_login,
        7..9 => failed_refresh,
        _ => bystander,
    })
}

/// While the pool is small, every line about the token store tells of it: how long a request waits for a
/// connection, and behind how many others.
pub(super) fn set_pressure(request: &mut Request, position: u64) {
    let Some(progress) = progress_at(position) else {
        return;
    };
    let waits = 900 + progress * 4 + request.random.below(400);
    let others = 5 + progress / 14 + request.random.below(6);
    request.set("wait_ms", waits);
    request.set("pool_max", 4);
    request.set("pool_in_use", 4);
    request.set("pool_waiting", others);
}

/// How far the incident has got at a position, in parts per thousand.
fn progress_at(position: u64) -> Option<u64> {
    is_under_way(position).then(|| position.saturating_sub(BEGINS) * 1_000 / LASTS)
}

/// The values of the scenes that tell the cause.
pub(super) fn set_cause(request: &mut Request) {
    request.set("change_id", "CHG-2214");
    request.set("actor", "deploy-bot");
    request.set("config_key", "token-store.pool_size");
    request.set("config_old", "64");
    request.set("config_new", "4");
}

fn abandoned_order(request: &mut Request) {
    request.identify();
    request.receive("POST", "/api/v1/orders");
    request.work(2, 9);
    request.write(&PAYMENT_REQUESTED);
    request.set("attempt", 1);
    request.wait("wait_ms", 300);
    request.write(&REFRESH_FAILED);
    request.work(1, 4);
    request.write(&TRYING_AGAIN);
    request.set("attempt", 2);
    request.wait("wait_ms", 300);
    request.write(&REFRESH_FAILED);
    request.work(1, 4);
    request.write(&PAYMENT_ABANDONED);
    request.work(1, 5);
    request.answer(503);
}

fn failed_login(request: &mut Request) {
    request.identify();
    request.receive("POST", "/api/v1/login");
    request.work(60, 140);
    request.write(&LOGIN_ATTEMPTED);
    request.wait("wait_ms", 300);
    request.write(&WAITING);
    request.wait("wait_ms", 300);
    request.write(&SESSION_LOST);
    request.work(1, 5);
    request.answer(503);
}

fn failed_refresh(request: &mut Request) {
    request.identify();
    request.receive("POST", "/api/v1/token/refresh");
    for attempt in 1..=2 {
        request.set("attempt", attempt);
        request.wait("wait_ms", 300);
        request.write(&REFRESH_FAILED);
    }
    request.wait("wait_ms", 300);
    request.write(&UPSTREAM_SLOW);
    request.answer(504);
}

/// Something that only looks on, and suffers.
fn bystander(request: &mut Request) {
    request.write_one_of(&BREAKER);
}

#[cfg(test)]
mod tests;
