//! Security lines: failed log-ins, lockouts, permissions, blocked requests. None is of level error.

use super::super::template::{Service::Auth, Service::Gateway, Template};

/// A log-in failed.
pub(in crate::demo) const LOGIN_FAILED: [Template; 4] = [
    Auth.warn(
        "audit",
        "로그인 실패: 비밀번호 불일치, 사용자 {user_id}, {failures}회",
        &["failures", "reason_code"],
    )
    .security(),
    Auth.warn(
        "audit",
        "failed login for {user_id}: wrong password, attempt {failures}",
        &["failures", "reason_code"],
    )
    .security(),
    Auth.warn("audit", "failed login from {client_ip}, {failures} in a row", &["failures", "reason_code"])
        .security(),
    Auth.warn("audit", "로그인 실패: {client_ip}에서 {user_id} 계정으로 시도", &["failures", "reason_code"])
        .security(),
];

/// Too many of them.
pub(in crate::demo) const LOCKED: [Template; 3] = [
    Auth.warn("audit", "계정 잠금: {user_id}, 로그인 5회 실패", &["failures", "ttl_s"]).security(),
    Auth.warn(
        "audit",
        "account locked: {user_id} for {ttl_s} s after {failures} failed logins",
        &["failures", "ttl_s"],
    )
    .security(),
    Auth.info("audit", "계정 잠금 해제: {user_id}, 본인 인증 완료", &["channel"]).security(),
];

/// Something about a session is odd.
pub(in crate::demo) const SUSPICIOUS: [Template; 5] = [
    Auth.warn("audit", "2단계 인증 실패 {failures}회 후 로그인: {user_id}", &["failures", "device"])
        .security(),
    Auth.warn("audit", "refresh token used twice: session {session_id} revoked", &["session_id", "device"])
        .security(),
    Auth.info("audit", "새 기기 로그인: {user_id}, {device}", &["device", "session_id"]).security(),
    Auth.info("audit", "login of {user_id} from a new network: {client_ip}", &["device", "session_id"])
        .security(),
    Auth.warn(
        "audit",
        "비정상 위치 이동 감지: {user_id}, {failures}시간 내 2개국",
        &["failures", "session_id"],
    )
    .security(),
];

/// Staff changes who may do what, or looks at customers' data.
pub(in crate::demo) const ADMINISTERED: [Template; 9] = [
    Auth.warn(
        "audit",
        "권한 변경: {other_user} 역할 {old_role} → {new_role}, 승인 {case_id}",
        &["other_user", "old_role", "new_role", "case_id"],
    )
    .security(),
    Auth.warn(
        "audit",
        "permission changed: {new_role} granted to {other_user}",
        &["other_user", "new_role", "case_id"],
    )
    .security(),
    Auth.warn(
        "audit",
        "permission changed: {old_role} revoked from {other_user}",
        &["other_user", "old_role", "case_id"],
    )
    .security(),
    Auth.info("audit", "API key created: {key_name}, scope {scope}", &["key_name", "scope", "case_id"])
        .security(),
    Auth.warn("audit", "second factor of {other_user} reset by {user_id}", &["other_user", "case_id"])
        .security(),
    Auth.info("audit", "관리자 로그인: {user_id}", &["login_method", "session_id"]).security(),
    Auth.info(
        "audit",
        "개인정보 조회: 대상 {other_user}, 사유 {purpose}",
        &["other_user", "purpose", "case_id"],
    )
    .security(),
    Auth.warn("audit", "personal data exported: {rows} customers", &["rows", "purpose", "case_id"])
        .security(),
    Auth.info("audit", "접근 권한 정기 점검: 계정 {rows}개, 회수 {failures}개", &["rows", "case_id"])
        .security(),
];

/// The gateway keeps someone out.
pub(in crate::demo) const BLOCKED: [Template; 4] = [
    Gateway.warn("waf", "request blocked by rule {rule}: {path}", &["rule", "status"]).security(),
    Gateway.warn("waf", "차단된 IP 접근: {client_ip}", &["rule", "status"]).security(),
    Gateway.warn("waf", "path traversal refused: {path}", &["rule", "status"]).security(),
    Gateway
        .warn("bot-guard", "자동화 요청 차단: {client_ip}, 점수 {percent}", &["percent", "rule"])
        .security(),
];

#[cfg(test)]
pub(super) fn all() -> Vec<Template> {
    [&LOGIN_FAILED[..], &LOCKED, &SUSPICIOUS, &ADMINISTERED, &BLOCKED].concat()
}
