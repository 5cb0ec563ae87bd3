//! What happens once a day at a fixed place in the window: deployments, settings, the opening of a sale.

use super::incident;
use super::scene::Scene;
use super::template::{Service::Auth, Service::Event, Service::Gateway};
use super::traffic::SALE_OPENS;

/// The harmless scenes; `"config reloaded"` is daily business, which is why nobody looked twice.
const DAILY: [Scene; 11] = [
    (95_000, Gateway.info("config", "config reloaded: rate-limit burst 200 -> 250 (change CHG-2207)", &[])),
    (180_400, Event.info("deploy", "야간 배치 시작: daily-settlement", &["job", "host"])),
    (268_000, Event.info("deploy", "야간 배치 종료: daily-settlement, 오류 0건", &["rows", "host"])),
    (310_000, Event.info("config", "config reloaded: catalog cache ttl_s 60 -> 120 (change CHG-2209)", &[])),
    (560_000, Auth.info("config", "config reloaded: login captcha_after 5 -> 4 (change CHG-2211)", &[])),
    (SALE_OPENS, Event.info("sale", "예매 오픈: 콘서트 NOVA LIVE 2026, 좌석 8,400석", &["host"])),
    (
        SALE_OPENS + 6_000,
        Event.info("sale", "예매 마감 임박: 콘서트 NOVA LIVE 2026, 잔여 좌석 112석", &["host"]),
    ),
    (788_000, Event.info("deploy", "deploy started: event-service 3.8.1 (change CHG-2212)", &["host"])),
    (
        788_900,
        Event.info("deploy", "Started TicketApplication in 8.423 seconds (process running for 9.117)", &[]),
    ),
    (789_500, Event.info("deploy", "배포 완료: event-service 3.8.1", &["host"])),
    (960_000, Gateway.info("config", "config reloaded: access log sampling 100 -> 100 (no change)", &[])),
];

/// All scenes of a day, in order of time.
pub(super) fn scenes() -> Vec<Scene> {
    let mut scenes = [&DAILY[..], &incident::SCENES].concat();
    scenes.sort_by_key(|(position, _)| *position);
    scenes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::traffic::WHOLE;

    #[test]
    fn scenes_stand_in_order_inside_the_window() {
        let scenes = scenes();

        assert!(scenes.is_sorted_by_key(|(position, _)| *position));
        assert!(scenes.iter().all(|(position, _)| (1..WHOLE).contains(position)));
    }
}
