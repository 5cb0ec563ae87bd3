//! Lines of the auth-service that belong to a request.

use super::super::template::{Service::Auth, Template};

/// The first line of a log-in.
pub(in crate::demo) const LOGIN_ATTEMPTED: Template =
    Auth.info("login", "로그인 시도: {email}", &["device", "locale", "login_method"]);

/// Someone wants in.
pub(in crate::demo) const LOGIN_BEGUN: [Template; 5] = [
    LOGIN_ATTEMPTED,
    Auth.info("login", "로그인 요청 수신: 사용자 {user_id}, 기기 {device}", &["device", "login_method"]),
    Auth.info("login", "login attempt for {user_id} from {device}", &["device", "login_method"]),
    Auth.info("social", "소셜 로그인 콜백 수신: {login_method}", &["login_method", "state"]),
    Auth.debug(
        "password",
        "password hash compared in {duration_ms} ms, argon2id m=19456 t=2",
        &["duration_ms"],
    ),
];

/// The second factor.
pub(in crate::demo) const SECOND_FACTOR: [Template; 4] = [
    Auth.info("mfa", "인증번호 발송: {phone}", &["channel", "attempt"]),
    Auth.info("mfa", "2단계 인증 완료: {user_id}", &["channel", "duration_ms"]),
    Auth.info("mfa", "totp code accepted for {user_id}, drift {drift_s} s", &["drift_s", "channel"]),
    Auth.info("mfa", "passkey assertion verified: credential {state}", &["device", "duration_ms"]),
];

/// And is let in.
pub(in crate::demo) const LOGIN_DONE: [Template; 5] = [
    Auth.info("login", "로그인 성공: {user_id}", &["login_method", "session_id", "duration_ms"]),
    Auth.info("session", "세션 생성: {session_id}, 만료 {ttl_s}초", &["session_id", "ttl_s", "device"]),
    Auth.info("login", "login succeeded: user {user_id} by {login_method}", &["login_method", "duration_ms"]),
    Auth.info("token-store", "token stored: key user:{user_id} ttl {ttl_s} s", &["ttl_s", "session_id"]),
    Auth.info("login", "마지막 로그인 이후 {days}일 만에 로그인: {user_id}", &["days", "device"]),
];

/// And is not.
pub(in crate::demo) const LOGIN_FAILED: [Template; 5] = [
    Auth.warn("password", "비밀번호 오류: {user_id}, {failures}회 연속", &["failures"]),
    Auth.warn("login", "login of {email} failed", &["failures", "device"]),
    Auth.warn("login", "로그인 실패: 입력 정보 불일치, {email}", &["failures", "device"]),
    Auth.info("captcha", "captcha asked of {client_ip} after {failures} failures", &["failures"]),
    Auth.debug(
        "password",
        "password hash differs, compared in {duration_ms} ms",
        &["duration_ms", "failures"],
    ),
];

/// An access token is renewed.
pub(in crate::demo) const REFRESHED: [Template; 6] = [
    Auth.info("token", "토큰 갱신 완료: {user_id}", &["session_id", "ttl_s"]),
    Auth.info("token", "access token issued: jti {uuid}, expires in {ttl_s} s", &["ttl_s", "scope"]),
    Auth.info("token", "리프레시 토큰 교체: 세션 {session_id}", &["session_id", "ttl_s"]),
    Auth.debug(
        "token-store",
        "redis GET key user:{user_id} {cache_result} in {micros} us",
        &["cache_result", "pool_in_use"],
    ),
    Auth.debug("token-store", "redis SETEX key user:{user_id} {ttl_s}", &["ttl_s", "micros", "pool_in_use"]),
    Auth.info("token", "토큰 검증: 사용자 {user_id}, 범위 {scope}", &["scope", "ttl_s"]),
];

/// The session is over; the customer has to log in again.
pub(in crate::demo) const EXPIRED: [Template; 2] = [
    Auth.info("token", "refresh token of {user_id} has expired, log-in needed", &["session_id", "days"]),
    Auth.info("token", "리프레시 토큰 만료: {user_id}, 재로그인 필요", &["session_id", "days"]),
];

/// May this user do that?
pub(in crate::demo) const PERMITTED: [Template; 5] = [
    Auth.debug("token", "access token verified: {user_id}, scope {scope}", &["scope", "ttl_s"]),
    Auth.debug("permission", "permission granted: {permission}", &["permission", "scope"]),
    Auth.info("permission", "권한 확인: {user_id}, {permission}", &["permission", "cache_result"]),
    Auth.info("permission", "본인 인증 상태 확인 완료: {user_id}", &["days", "channel"]),
    Auth.info("risk", "risk score {percent} for {user_id}: allow", &["percent", "device"]),
];

/// A customer changes personal data; some of it ends up in the log, as it does in life.
pub(in crate::demo) const PROFILE: [Template; 8] = [
    Auth.info("profile", "회원 정보 수정: {name}, {phone}", &["changed"]),
    Auth.info("profile", "email of {user_id} changed to {email}", &["changed", "state"]),
    Auth.info("profile", "마케팅 수신 동의 변경: {email}, {consent}", &["consent", "channel"]),
    Auth.info("mail", "verification mail {uuid} sent to {email}", &["channel", "attempt", "duration_ms"]),
    Auth.info("password", "비밀번호 변경 완료: {user_id}", &["days", "session_id"]),
    Auth.info("profile", "배송지 추가: {name}, {address}", &["changed"]),
    Auth.warn("profile", "phone {phone} is already used by another account", &["changed", "error_code"]),
    Auth.info("profile", "프로필 이미지 업로드: {bytes}바이트", &["bytes", "duration_ms"]),
];

#[cfg(test)]
pub(super) fn all() -> Vec<Template> {
    [&LOGIN_BEGUN[..], &SECOND_FACTOR, &LOGIN_DONE, &LOGIN_FAILED, &REFRESHED, &EXPIRED, &PERMITTED, &PROFILE]
        .concat()
}
