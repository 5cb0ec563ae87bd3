//! The ordinary errors of an ordinary day, many with a stack trace, and the rare fatal ones.

use super::super::template::{Service::Auth, Service::Event, Service::Gateway, Template};
use crate::model::Level;

/// A request fails in the event-service; the gateway answers 5xx.
pub(in crate::demo) const EVENT_SERVICE: [Template; 11] = [
    Event.error(
        "order",
        "java.lang.NullPointerException: Cannot invoke \"com.example.ticket.order.Seat.price()\" because \"seat\" is null\n\
         \tat com.example.ticket.order.PriceCalculator.total(PriceCalculator.java:87)\n\
         \tat com.example.ticket.order.OrderService.create(OrderService.java:142)\n\
         \tat com.example.ticket.order.OrderController.post(OrderController.java:58)\n\
         \tat org.springframework.web.servlet.FrameworkServlet.service(FrameworkServlet.java:885)\n\
         \tat java.base/java.lang.Thread.run(Thread.java:1583)",
        &["order_id", "error_code"],
    ),
    Event.error(
        "ticket",
        "티켓 발권 실패: 주문 {order_id}\njava.lang.NullPointerException: Cannot invoke \"String.length()\" because \
         \"barcode\" is null\n\
         \tat com.example.ticket.issue.BarcodeWriter.write(BarcodeWriter.java:44)\n\
         \tat com.example.ticket.issue.TicketService.issue(TicketService.java:118)\n\
         \tat java.base/java.lang.VirtualThread.run(VirtualThread.java:329)",
        &["order_id", "ticket_id", "error_code"],
    ),
    Event.error(
        "db",
        "org.springframework.dao.DeadlockLoserDataAccessException: could not lock seat {seat}: deadlock detected\n\
         \tat com.example.ticket.seat.SeatRepository.hold(SeatRepository.java:211)\n\
         \tat com.example.ticket.seat.SeatService.reserve(SeatService.java:96)\n\
         Caused by: org.postgresql.util.PSQLException: ERROR: deadlock detected\n\
         \tDetail: Process {tag} waits for ShareLock on transaction {position}",
        &["seat", "show_id", "error_code"],
    ),
    Event.error(
        "payment-client",
        "결제 승인 응답 없음: 주문 {order_id}\njava.net.SocketTimeoutException: Read timed out\n\
         \tat java.base/sun.nio.ch.NioSocketImpl.timedRead(NioSocketImpl.java:288)\n\
         \tat com.example.ticket.payment.PgClient.approve(PgClient.java:133)\n\
         \tat com.example.ticket.payment.PaymentService.pay(PaymentService.java:77)",
        &["order_id", "payment_id", "slow_ms", "error_code"],
    ),
    Event.error("ticket", "티켓 PDF 생성 실패: {ticket_id}, 글꼴 파일 없음", &["ticket_id", "error_code"]),
    Event.error("inventory", "좌석 재고 불일치: {venue} {section}, 예상 {free_seats}석", &["show_id", "free_seats"]),
    Event.error(
        "hikari",
        "java.sql.SQLTransientConnectionException: HikariPool-1 - Connection is not available, request timed out after \
         {slow_ms}ms (total=20, active=20, idle=0, waiting={open})\n\
         \tat com.zaxxer.hikari.pool.HikariPool.createTimeoutException(HikariPool.java:686)\n\
         \tat com.zaxxer.hikari.pool.HikariPool.getConnection(HikariPool.java:179)\n\
         \tat com.zaxxer.hikari.HikariDataSource.getConnection(HikariDataSource.java:99)\n\
         \tat org.springframework.jdbc.datasource.DataSourceUtils.fetchConnection(DataSourceUtils.java:159)\n\
         \tat org.springframework.jdbc.core.JdbcTemplate.execute(JdbcTemplate.java:640)\n\
         \tat org.springframework.jdbc.core.JdbcTemplate.query(JdbcTemplate.java:776)\n\
         \tat com.example.ticket.order.OrderRepository.findByUser(OrderRepository.java:61)\n\
         \tat com.example.ticket.order.OrderService.history(OrderService.java:203)\n\
         \tat com.example.ticket.order.OrderController.list(OrderController.java:88)\n\
         \tat org.springframework.web.method.support.InvocableHandlerMethod.doInvoke(InvocableHandlerMethod.java:258)\n\
         \tat org.springframework.web.servlet.DispatcherServlet.doDispatch(DispatcherServlet.java:1089)\n\
         \tat org.springframework.web.servlet.DispatcherServlet.doService(DispatcherServlet.java:979)\n\
         \tat org.springframework.web.servlet.FrameworkServlet.processRequest(FrameworkServlet.java:1014)\n\
         \tat org.apache.catalina.core.ApplicationFilterChain.doFilter(ApplicationFilterChain.java:138)\n\
         \tat org.apache.catalina.core.StandardWrapperValve.invoke(StandardWrapperValve.java:167)\n\
         \tat org.apache.coyote.http11.Http11Processor.service(Http11Processor.java:399)\n\
         \tat org.apache.tomcat.util.net.NioEndpoint$SocketProcessor.doRun(NioEndpoint.java:1741)\n\
         \tat java.base/java.lang.VirtualThread.run(VirtualThread.java:329)",
        &["open", "slow_ms", "error_code"],
    ),
    Event.error("json", "cannot read order {\"order_id\":\"{order_id}\",\"seat\":\"{seat}\",\"amount\":{amount},\
                         \"buyer\":{\"name\":\"{name}\",\"email\":\"{email}\",\"phone\":\"{phone}\"}}: unknown field \"seat\"", &[
        "order_id",
        "error_code",
    ]),
    Event.error("notification", "메일 발송 실패: {email}, 550 mailbox unavailable", &["order_id", "attempt"]),
    Event.error("rabbitmq", "publish of {routing_key} not confirmed within 5000 ms, order {order_id}", &[
        "order_id",
        "routing_key",
    ]),
    Event.error("coupon", "쿠폰 중복 사용 감지: {coupon}, 주문 {order_id}", &["order_id", "coupon", "error_code"]),
];

/// A request fails in the auth-service.
pub(in crate::demo) const AUTH_SERVICE: [Template; 4] = [
    Auth.error(
        "token",
        "JsonWebTokenError: invalid signature\n    at verify (/app/node_modules/jsonwebtoken/verify.js:171:19)\n    \
         at TokenService.verify (/app/dist/token/token.service.js:64:22)\n    at process.processTicksAndRejections \
         (node:internal/process/task_queues:105:5)",
        &["session_id", "error_code"],
    ),
    Auth.error("sms", "인증번호 발송 실패: {phone}, 제공자 응답 {error_code}", &["channel", "attempt", "error_code"]),
    Auth.error("social", "social login callback failed: state {state} is unknown", &["login_method", "state"]),
    Auth.error("profile", "회원 정보 저장 실패: {email}, 고유 제약 조건 위반", &["changed", "error_code"]),
];

/// A request fails in the gateway itself.
pub(in crate::demo) const GATEWAY: [Template; 4] = [
    Gateway.error(
        "http",
        "TypeError: Cannot read properties of undefined (reading 'locale')\n    at localise \
         (/app/dist/http/localise.js:41:27)\n    at Layer.handle (/app/node_modules/router/lib/layer.js:152:17)\n    \
         at next (/app/node_modules/router/lib/route.js:157:13)",
        &["error_code"],
    ),
    Gateway.error("upstream", "Error: read ECONNRESET from event-service ({upstream})", &["upstream", "error_code"]),
    Gateway.error("upstream", "업스트림 응답 오류: event-service, 코드 {error_code}", &["upstream", "error_code"]),
    Gateway.error("upload", "업로드 중단: {bytes}바이트 수신 후 연결 종료", &["bytes", "error_code"]),
];

/// A process is lost.
pub(in crate::demo) const FATAL: [Template; 4] = [
    Gateway.line(
        Level::Fatal,
        "worker",
        "uncaught exception, worker {worker} exits\nRangeError: Maximum call stack size exceeded\n    at merge \
         (/app/dist/config/merge.js:18:15)\n    at merge (/app/dist/config/merge.js:22:20)",
        &["worker", "heap_mb"],
    ),
    Event.line(
        Level::Fatal,
        "jvm",
        "java.lang.OutOfMemoryError: Java heap space\n\tat java.base/java.util.Arrays.copyOf(Arrays.java:3540)\n\
         \tat com.example.ticket.report.SettlementReport.rows(SettlementReport.java:204)",
        &["heap_mb"],
    ),
    Event.line(Level::Fatal, "rabbitmq", "RabbitMQ 연결 복구 실패: 재시도 10회 초과, 소비자 종료", &["queue_depth"]),
    Auth.line(Level::Fatal, "jwks", "서명 키를 읽을 수 없어 프로세스를 종료합니다: kid {state}", &["state"]),
];

#[cfg(test)]
pub(super) fn all() -> Vec<Template> {
    [&EVENT_SERVICE[..], &AUTH_SERVICE, &GATEWAY, &FATAL].concat()
}
