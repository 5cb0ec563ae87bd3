//! Lines of the gateway that belong to a request.

use super::super::template::{Service::Gateway, Template};
use crate::model::Level;

/// Every answer is logged once, with this line; its level follows the status.
pub(in crate::demo) const ACCESS: Template =
    Gateway.info("http", "{method} {path} {status} {duration_ms}ms", &["status", "duration_ms", "bytes"]);

/// On the way in.
pub(in crate::demo) const ROUTED: [Template; 7] = [
    Gateway.debug("router", "route matched: {method} {path} -> {upstream}", &["upstream"]),
    Gateway.debug(
        "rate-limit",
        "rate limit ok: {remaining} of 120 requests left",
        &["remaining", "window_s"],
    ),
    Gateway.debug("auth-guard", "access token accepted, expires in {ttl_s} s", &["ttl_s", "scope"]),
    Gateway.debug("router", "요청 수신: {method} {path}, 업스트림 {upstream}", &["upstream"]),
    Gateway.info(
        "session",
        "세션 확인: 기기 {device}, 로케일 {locale}",
        &["device", "locale", "app_version"],
    ),
    Gateway.info("canary", "카나리 배포 대상 요청: 비율 {percent}%", &["percent", "variant"]),
    Gateway.line(
        Level::Trace,
        "http",
        "request headers: accept-language={locale}, x-app-version={app_version}",
        &["bytes"],
    ),
];

/// A request that the gateway turns away itself.
pub(in crate::demo) const REFUSED: [Template; 6] = [
    Gateway.warn(
        "rate-limit",
        "요청 한도 초과: {client_ip}, 분당 {rows}회",
        &["rows", "window_s", "retry_after_s"],
    ),
    Gateway.warn(
        "rate-limit",
        "rate limit exceeded by {client_ip}: retry after {retry_after_s} s",
        &["retry_after_s", "window_s"],
    ),
    Gateway.warn("validation", "request body refused: {validation_fault}", &["validation_fault", "bytes"]),
    Gateway.warn("validation", "요청 형식 오류: {validation_fault}", &["validation_fault", "bytes"]),
    Gateway.warn("cors", "origin https://{host}.example.net is not allowed", &["host"]),
    Gateway.warn("auth-guard", "인증 헤더 없음: {method} {path}", &["retry_after_s"]),
];

#[cfg(test)]
pub(super) fn all() -> Vec<Template> {
    [&[ACCESS][..], &ROUTED, &REFUSED].concat()
}
