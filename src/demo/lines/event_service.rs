//! Lines of the event-service that belong to a request: browsing, seats, orders, payments, tickets.

use super::super::template::{Service::Event, Template};

/// Looking around.
pub(in crate::demo) const BROWSED: [Template; 8] = [
    Event.debug("catalog", "catalog cache {cache_result}: key events:{show_id}", &["cache_result", "show_id"]),
    Event.info("catalog", "공연 목록 조회: {rows}건, {duration_ms}ms", &["rows", "duration_ms", "category"]),
    Event.info("catalog", "공연 상세 조회: {show}", &["show_id", "venue", "cache_result"]),
    Event.info("search", "검색어 '{search_term}' 결과 {rows}건", &["search_term", "rows", "duration_ms"]),
    Event.debug("db", "query events.by_category took {duration_ms} ms, {rows} rows", &["duration_ms", "rows"]),
    Event.info("recommendation", "추천 공연 {rows}건 생성", &["rows", "variant", "duration_ms"]),
    Event.info("review", "{rows} reviews of {show_id} read, average {rating}", &["show_id", "rows", "rating"]),
    Event.debug(
        "db",
        "SELECT e.event_id, e.title, e.category, v.venue_id, v.name AS venue_name, v.city, s.session_id, s.starts_at, \
         s.sale_opens_at, min(p.amount) AS price_from, max(p.amount) AS price_to, count(*) FILTER (WHERE st.state = \
         'free') AS free_seats FROM event e JOIN venue v USING (venue_id) JOIN session s USING (event_id) JOIN price p \
         USING (session_id) LEFT JOIN seat st USING (session_id) WHERE e.category = '{category}' AND s.starts_at >= now() \
         AND s.sale_opens_at <= now() GROUP BY e.event_id, v.venue_id, s.session_id ORDER BY s.starts_at LIMIT {rows}",
        &["rows", "duration_ms"],
    ),
];

/// Looking at the seats.
pub(in crate::demo) const SEATS_SHOWN: [Template; 5] = [
    Event.info("seat-map", "좌석 배치도 조회: {venue} {section}", &["show_id", "section", "free_seats"]),
    Event.debug(
        "seat-map",
        "seat map of {show_id}: {free_seats} seats free",
        &["show_id", "free_seats", "duration_ms"],
    ),
    Event.debug("seat-map", "redis MGET seats:{show_id} took {micros} us", &["rows", "micros"]),
    Event.info("queue", "대기열 진입: {show}, 순번 {position}", &["show_id", "position", "wait_s"]),
    Event.info("seat-map", "잔여 좌석 {free_seats}석: {show}, {section}", &["show_id", "section", "price"]),
];

/// A seat is held.
pub(in crate::demo) const RESERVED: [Template; 6] = [
    Event.info("reservation", "좌석 예약 요청: {seat}, {show}", &["show_id", "seat", "quantity"]),
    Event.info("reservation", "좌석 선점 완료: {seat} ({ttl_s}초)", &["reservation_id", "seat", "ttl_s"]),
    Event.debug(
        "seat-lock",
        "lock acquired: seat.lock.{show_id}.{seat}",
        &["reservation_id", "ttl_s", "micros"],
    ),
    Event.info(
        "reservation",
        "reservation {reservation_id} created: {quantity} seats in {section}",
        &["reservation_id", "seat", "quantity"],
    ),
    Event.info(
        "reservation",
        "예약 확정: {reservation_id}, {quantity}매",
        &["reservation_id", "seat", "amount"],
    ),
    Event.info("coupon", "쿠폰 적용: {coupon}, 할인 {discount}원", &["coupon", "discount", "reservation_id"]),
];

/// A message goes out to the other services of the company.
pub(in crate::demo) const PUBLISHED: [Template; 4] = [
    Event.info("rabbitmq", "published {routing_key} {uuid} to exchange ticketing", &["routing_key", "bytes"]),
    Event.debug("rabbitmq", "publisher confirm {tag} after {duration_ms} ms", &["tag", "duration_ms"]),
    Event.info("rabbitmq", "이벤트 발행: {routing_key}, 메시지 {uuid}", &["routing_key", "bytes"]),
    Event.info("outbox", "아웃박스 기록: {uuid}, 키 {routing_key}", &["routing_key", "partition"]),
];

/// Somebody else was faster.
pub(in crate::demo) const SEAT_TAKEN: [Template; 2] = [
    Event.warn(
        "reservation",
        "seat {seat} of {show_id} is already taken",
        &["seat", "show_id", "error_code"],
    ),
    Event.warn("reservation", "이미 선점된 좌석: {seat}, {show}", &["seat", "show_id", "error_code"]),
];

/// The first line of a payment.
pub(in crate::demo) const PAYMENT_REQUESTED: Template = Event.info(
    "payment",
    "결제 요청: 주문 {order_id}, 금액 {amount_text}원",
    &["order_id", "amount", "currency"],
);

/// A payment begins.
pub(in crate::demo) const PAYMENT_BEGUN: [Template; 4] = [
    PAYMENT_REQUESTED,
    Event.info(
        "payment",
        "payment {payment_id} started: order {order_id}, {amount_text} KRW",
        &["order_id", "payment_id", "card_brand"],
    ),
    Event.debug(
        "payment-client",
        "POST https://pg.example.com/v2/payments, idempotency key {uuid}",
        &["order_id", "attempt"],
    ),
    Event.info(
        "payment",
        "결제 수단 확인: {card_brand} {card_masked}",
        &["order_id", "card_brand", "currency"],
    ),
];

/// And is approved.
pub(in crate::demo) const PAYMENT_DONE: [Template; 5] = [
    Event.info(
        "payment",
        "결제 승인 완료: 주문 {order_id}, 승인번호 {approval}",
        &["order_id", "payment_id", "amount", "currency"],
    ),
    Event.info(
        "payment-client",
        "approved by {card_brand} in {duration_ms} ms: order {order_id}",
        &["order_id", "payment_id", "duration_ms"],
    ),
    Event.info("payment", "결제 완료: {name}님, {amount_text}원", &["order_id", "amount", "currency"]),
    Event.info("point", "포인트 적립: {user_id}, {discount}점", &["order_id", "discount"]),
    Event.info("invoice", "현금영수증 발행: {phone}, {amount_text}원", &["order_id", "approval"]),
];

/// And is refused by the bank: the customer's own trouble, some of it loud.
pub(in crate::demo) const PAYMENT_DECLINED: [Template; 6] = [
    Event.error("payment", "결제실패: 한도 초과, 주문 {order_id}", &["order_id", "amount", "error_code"]),
    Event.error(
        "payment",
        "결제실패: 카드 유효기간 만료, 주문 {order_id}",
        &["order_id", "card_brand", "error_code"],
    ),
    Event.error(
        "payment",
        "payment declined: insufficient funds, order {order_id}",
        &["order_id", "payment_id", "error_code"],
    ),
    Event.warn(
        "payment",
        "결제실패: 비밀번호 입력 오류, 주문 {order_id}",
        &["order_id", "attempt", "error_code"],
    ),
    Event.warn(
        "payment-client",
        "issuer {card_brand} asks for 3-D Secure, order {order_id}",
        &["order_id", "error_code"],
    ),
    Event.warn("payment", "결제실패: 사용자가 결제를 취소함, 주문 {order_id}", &["order_id", "error_code"]),
];

/// A ticket is made and announced.
pub(in crate::demo) const TICKET_ISSUED: [Template; 6] = [
    Event.info("ticket", "티켓 발권 완료: {ticket_id}, 좌석 {seat}", &["order_id", "ticket_id", "seat"]),
    Event.info(
        "ticket",
        "ticket {ticket_id} issued for order {order_id}",
        &["order_id", "ticket_id", "venue"],
    ),
    Event.info("notification", "예매 확인 메일 발송: {email}", &["order_id", "channel", "duration_ms"]),
    Event.info("notification", "알림톡 발송: {phone}, 템플릿 TICKET_ISSUED", &["order_id", "channel"]),
    Event.info("ticket", "모바일 티켓 전달 완료: {ticket_id}", &["ticket_id", "device"]),
    Event.info(
        "rabbitmq",
        "published ticket.issued {uuid}, key user:{user_id}",
        &["order_id", "routing_key", "bytes"],
    ),
];

/// A ticket is looked at.
pub(in crate::demo) const TICKET_SHOWN: [Template; 4] = [
    Event.info("ticket", "모바일 티켓 조회: {ticket_id}", &["ticket_id", "seat", "cache_result"]),
    Event.info(
        "ticket",
        "QR code of {ticket_id} rendered: {bytes} bytes",
        &["ticket_id", "bytes", "duration_ms"],
    ),
    Event.info("ticket", "예매 내역 조회: {rows}건", &["rows", "duration_ms"]),
    Event.info("gate", "입장 확인: {ticket_id}, {venue} {gate}번 게이트", &["ticket_id", "gate", "seat"]),
];

/// An order is given back.
pub(in crate::demo) const CANCELLED: [Template; 6] = [
    Event.info("order", "예매 취소 요청: 주문 {order_id}", &["order_id", "reason"]),
    Event.info("refund", "환불 접수: 주문 {order_id}, {amount_text}원", &["order_id", "amount", "currency"]),
    Event.info(
        "refund",
        "refund accepted: {amount_text} KRW to {card_masked}",
        &["order_id", "payment_id", "amount"],
    ),
    Event.info("reservation", "좌석 반환: {seat}, {show}", &["order_id", "seat", "show_id"]),
    Event.info("refund", "환불 계좌 확인: {name} {bank} {account}", &["order_id", "bank"]),
    Event.info("rabbitmq", "published order.cancelled {uuid}", &["order_id", "routing_key", "bytes"]),
];

#[cfg(test)]
pub(super) fn all() -> Vec<Template> {
    [
        &BROWSED[..],
        &SEATS_SHOWN,
        &RESERVED,
        &PUBLISHED,
        &SEAT_TAKEN,
        &PAYMENT_BEGUN,
        &PAYMENT_DONE,
        &PAYMENT_DECLINED,
        &TICKET_ISSUED,
        &TICKET_SHOWN,
        &CANCELLED,
    ]
    .concat()
}
