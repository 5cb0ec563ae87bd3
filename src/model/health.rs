//! How the back ends are, as the last probe found them. Made by `worker::probe`, told by `http::health`.

use serde_json::{Map, Value};

/// State of the service as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// Everything answers.
    Ok,
    /// Something is missing, yet requests are served as far as they can be.
    Degraded,
    /// A back end has not been reached since the start.
    Down,
}

impl Status {
    /// The word in answers.
    #[must_use]
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Degraded => "degraded",
            Self::Down => "down",
        }
    }
}

/// State of one back end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CheckState {
    /// Not reached since the start.
    #[default]
    NeverReached,
    /// Answered the last probe.
    Up,
    /// Answered before, but not the last probe.
    Lost,
}

impl CheckState {
    /// The word in answers: `up` or `down`.
    #[must_use]
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::NeverReached | Self::Lost => "down",
        }
    }
}

/// What the last probe of one back end found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Check {
    /// Name in answers: `search`, `elasticsearch`.
    pub name: &'static str,
    /// Whether it answers.
    pub state: CheckState,
    /// True when it answers, but with a part of its data missing (a red cluster).
    pub impaired: bool,
    /// How long the last probe took, in milliseconds.
    pub latency_ms: u64,
    /// Version, distribution, capabilities, or why it is down: for operators only.
    pub detail: Map<String, Value>,
}

/// What the last probes found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HealthReport {
    /// One per back end.
    pub checks: Vec<Check>,
}

impl HealthReport {
    /// The report before the first probe.
    #[must_use]
    pub fn before_the_first_probe(names: &[&'static str]) -> Self {
        Self { checks: names.iter().map(|name| Check { name, ..Check::default() }).collect() }
    }

    /// Puts in what was found of one back end; what was found of it before goes.
    pub(crate) fn set(&mut self, check: Check) {
        match self.checks.iter_mut().find(|known| known.name == check.name) {
            Some(known) => *known = check,
            None => self.checks.push(check),
        }
    }

    /// State of the service as a whole.
    #[must_use]
    pub(crate) fn status(&self) -> Status {
        if self.checks.iter().any(|check| check.state == CheckState::NeverReached) {
            return Status::Down;
        }
        let is_whole = |check: &Check| check.state == CheckState::Up && !check.impaired;
        if self.checks.iter().all(is_whole) { Status::Ok } else { Status::Degraded }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(states: &[CheckState]) -> HealthReport {
        let checks = states.iter().map(|state| Check { state: *state, ..Check::default() }).collect();
        HealthReport { checks }
    }

    #[test]
    fn down_until_every_back_end_was_reached_once_then_degraded_at_worst() {
        use CheckState::{Lost, NeverReached, Up};

        assert_eq!(HealthReport::before_the_first_probe(&["search"]).status(), Status::Down);
        assert_eq!(report(&[Up, NeverReached]).status(), Status::Down);
        assert_eq!(report(&[Up, Lost]).status(), Status::Degraded);
        assert_eq!(report(&[Up, Up]).status(), Status::Ok);
    }

    #[test]
    fn news_of_one_back_end_leave_the_others_as_they_were() {
        let mut report = HealthReport::before_the_first_probe(&["search", "ledger"]);

        report.set(Check { name: "ledger", state: CheckState::Up, ..Check::default() });

        let states: Vec<_> = report.checks.iter().map(|check| (check.name, check.state)).collect();
        assert_eq!(states, [("search", CheckState::NeverReached), ("ledger", CheckState::Up)]);
    }

    #[test]
    fn a_back_end_with_missing_data_is_up_but_the_service_is_degraded() {
        let mut report = report(&[CheckState::Up]);
        report.checks[0].impaired = true;

        assert_eq!(report.status(), Status::Degraded);
        assert_eq!(report.checks[0].state.as_str(), "up");
    }
}
