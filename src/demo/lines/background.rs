//! Lines that belong to no request: schedulers, consumers, pools, probes.

use super::super::template::{Service::Auth, Service::Event, Service::Gateway, Template};
use crate::model::Level;

/// Normal work behind the scenes.
pub(in crate::demo) const ROUTINE: [Template; 31] = [
    Gateway.debug("health", "probe /health/ready answered 200 in {micros} us", &["micros"]),
    Gateway.debug("worker", "worker {worker}: event loop lag {lag_ms} ms, heap {heap_mb} MiB", &["worker"]),
    Gateway.info("upstream", "connection pool event-service: {open} open, {idle} idle", &["open", "idle"]),
    Gateway.info(
        "worker",
        "{rows} requests in the last minute, p95 {duration_ms} ms",
        &["rows", "duration_ms"],
    ),
    Gateway.debug("config", "route table is current, etag {state}", &["state"]),
    Gateway.info("tls", "인증서 만료까지 {days}일 남음: *.example.com", &["days", "host"]),
    Gateway.info("waf", "규칙 목록 갱신: {rows}개", &["rows", "duration_ms"]),
    Gateway.info("upstream", "업스트림 상태 정상: auth-service, event-service", &["duration_ms"]),
    Auth.info("session", "만료 세션 정리: {rows}건", &["rows", "duration_ms"]),
    Auth.debug(
        "token-store",
        "connection pool: {pool_in_use} of {pool_max} in use, {pool_waiting} waiting",
        &["pool_in_use", "pool_waiting"],
    ),
    Auth.info("jwks", "서명 키 상태 확인: kid {state}, 교체까지 {days}일", &["days", "state"]),
    Auth.debug("scheduler", "job {job} took {duration_ms} ms", &["job", "duration_ms"]),
    Auth.info("mail", "메일 대기열 처리: {rows}건 발송", &["rows", "queue_depth"]),
    Auth.info("session", "활성 세션 {rows}개, 신규 {open}개", &["rows", "open"]),
    Auth.info(
        "ratelimit-sync",
        "shared counters merged from {open} nodes in {duration_ms} ms",
        &["open", "duration_ms"],
    ),
    Event.info("scheduler", "만료 예약 정리: {rows}건, 좌석 {open}석 반환", &["rows", "open", "job"]),
    Event.info(
        "rabbitmq",
        "consumed {routing_key} from queue event.{job}, delivery {tag}",
        &["routing_key", "queue_depth"],
    ),
    Event.debug("rabbitmq", "queue depth {queue_depth}, {open} consumers", &["queue_depth", "open"]),
    Event.debug(
        "hikari",
        "HikariPool-1 - Pool stats (total=20, active={open}, idle={idle}, waiting=0)",
        &["open", "idle"],
    ),
    Event.debug(
        "jvm",
        "GC pause (G1 Evacuation Pause) {duration_ms} ms, heap {heap_mb} MiB",
        &["duration_ms", "heap_mb"],
    ),
    Event.info("catalog", "공연 카탈로그 갱신 완료: {rows}건", &["rows", "duration_ms", "job"]),
    Event.info("settlement", "정산 배치 진행: {percent}% ({rows}건)", &["percent", "rows", "job"]),
    Event.info("seat-hold", "좌석 선점 시간 만료: {seat}, {show}", &["show_id", "seat"]),
    Event.info("notification", "알림 발송 결과 수신: 성공 {rows}건", &["rows", "channel"]),
    Event.info(
        "outbox",
        "outbox relayed: {rows} messages in {duration_ms} ms",
        &["rows", "duration_ms", "partition"],
    ),
    Event.info("inventory", "재고 대사 완료: {venue}, 차이 0건", &["venue", "rows", "duration_ms"]),
    Event.info("stats", "실시간 예매 순위 집계: 1위 {show}", &["show_id", "rows"]),
    Event.debug("cache", "evicted {rows} entries of region catalog.detail", &["rows", "heap_mb"]),
    Event.line(
        Level::Trace,
        "db",
        "prepared statement cache: {rows} entries, {percent}% hits",
        &["rows", "percent"],
    ),
    Event.info("search-index", "검색 색인 반영: {rows}건, 지연 {lag_ms}ms", &["rows", "lag_ms"]),
    Event.info("storage", "uploaded posters/{show_id}/{uuid}.webp, {bytes} bytes", &["bytes", "duration_ms"]),
];

/// Behind the scenes, but worth a look.
pub(in crate::demo) const UNUSUAL: [Template; 12] = [
    Gateway.warn(
        "upstream",
        "slow upstream event-service: {slow_ms} ms for {rows} requests",
        &["slow_ms", "rows"],
    ),
    Gateway.warn("worker", "event loop blocked for {slow_ms} ms in worker {worker}", &["slow_ms", "worker"]),
    Auth.warn("mail", "메일 발송 지연: 대기 {queue_depth}건", &["queue_depth", "duration_ms"]),
    Auth.warn("jwks", "clock differs from time server by {lag_ms} ms", &["lag_ms"]),
    Auth.warn("sms", "SMS 제공자 응답 지연: {slow_ms}ms", &["slow_ms", "channel"]),
    Event.warn("db", "slow query: orders.find_by_user took {slow_ms} ms", &["slow_ms", "rows"]),
    Event.warn("rabbitmq", "소비 지연: 큐 event.{job}, 적체 {queue_depth}건", &["queue_depth", "lag_ms"]),
    Event.warn("jvm", "GC pause {slow_ms} ms is above 500 ms, heap {heap_mb} MiB", &["slow_ms", "heap_mb"]),
    Event.warn("payment-client", "PG 응답 지연: 평균 {slow_ms}ms", &["slow_ms", "attempt"]),
    Event.warn(
        "settlement",
        "정산 금액 확인 필요: {venue}, 차이 {discount}원",
        &["venue", "discount", "job"],
    ),
    Event.warn(
        "rabbitmq",
        "message {uuid} delivered again, redelivery {attempt}",
        &["attempt", "routing_key"],
    ),
    Event.warn("storage", "디스크 사용률 {percent}%: /var/lib/event-service", &["percent", "host"]),
];

#[cfg(test)]
pub(super) fn all() -> Vec<Template> {
    [&ROUTINE[..], &UNUSUAL].concat()
}
