//! A request on its way through the services, and the lines it leaves behind.

use serde_json::{Map, Value};

use super::facts::Facts;
use super::lines::gateway::ACCESS;
use super::random::Random;
use super::template::{Service, Template};
use super::visitor::Visitor;
use crate::model::{Level, LogEntry, LogId, Micros};
use crate::repository::log_store::LineToStore;

/// Something that writes lines: a request with ids and a sender, or work without either.
#[derive(Debug)]
pub(super) struct Request {
    /// Decides what happens; of this request alone.
    pub(super) random: Random,
    seed: u64,
    begun: Micros,
    now: Micros,
    visitor: Visitor,
    ids: Option<Ids>,
    route: Option<Route>,
    user_is_known: bool,
    /// Values that the journey decides, before those of `facts.rs`.
    given: Vec<(&'static str, Value)>,
    lines: Vec<LineToStore>,
}

#[derive(Debug)]
struct Ids {
    request: String,
    trace: String,
}

#[derive(Debug)]
struct Route {
    method: &'static str,
    path: String,
}

impl Request {
    /// A request that `visitor` sends; everything in it follows from `seed`.
    pub(super) fn new(seed: u64, at: Micros, visitor: impl FnOnce(&mut Random) -> Visitor) -> Self {
        let mut random = Random::new(seed);
        let ids =
            Ids { request: random.next_uuid().to_string(), trace: format!("{:032x}", random.next_u128()) };
        let visitor = visitor(&mut random);
        Self { ids: Some(ids), ..Self::without_ids(seed, at, random, visitor) }
    }

    /// Work that nobody asked for: no ids, no sender.
    pub(super) fn background(seed: u64, at: Micros) -> Self {
        let mut random = Random::new(seed);
        let visitor = Visitor::customer(&mut random);
        Self::without_ids(seed, at, random, visitor)
    }

    fn without_ids(seed: u64, at: Micros, random: Random, visitor: Visitor) -> Self {
        Self {
            random,
            seed,
            begun: at,
            now: at,
            visitor,
            ids: None,
            route: None,
            user_is_known: false,
            given: Vec::new(),
            lines: Vec::with_capacity(8),
        }
    }

    /// The request comes in at the gateway; `{names}` in the path are filled in.
    pub(super) fn receive(&mut self, method: &'static str, path: &'static str) {
        let pattern = Service::Gateway.info("http", path, &[]);
        let line = self.random.next_u64();
        let path = pattern.fill(|name, text| self.append_value(name, line, text));
        self.route = Some(Route { method, path });
    }

    /// From here on the lines name the user.
    pub(super) fn identify(&mut self) {
        self.user_is_known = true;
    }

    /// Fixes a value for the lines to come.
    pub(super) fn set(&mut self, name: &'static str, value: impl Into<Value>) {
        let value = value.into();
        match self.given.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = value,
            None => self.given.push((name, value)),
        }
    }

    /// Time passes: `low` to `high` milliseconds, which become the `duration_ms` of the lines to come.
    pub(super) fn work(&mut self, low: u64, high: u64) {
        let millis = self.random.between(low, high);
        let micros = millis * 1_000 + self.random.below(1_000);
        self.now = self.now.plus(i64::try_from(micros).unwrap_or(0));
        self.set("duration_ms", millis);
    }

    /// Raises the number called `name` by up to `more`, and lets as many milliseconds pass as it now says.
    pub(super) fn wait(&mut self, name: &'static str, more: u64) {
        let number = self.value(name, self.seed).and_then(|value| value.as_u64()).unwrap_or(0);
        let millis = number + self.random.below(more);
        self.work(millis, millis);
        self.set(name, millis);
    }

    /// Writes one of `templates`.
    pub(super) fn write_one_of<const N: usize>(&mut self, templates: &[Template; N]) {
        let template = self.random.pick(templates);
        self.write(&template);
    }

    /// Writes a line now.
    pub(super) fn write(&mut self, template: &Template) {
        let seed = self.random.next_u64();
        let message = template.fill(|name, text| self.append_value(name, seed, text));
        let context = self.context(template, seed);
        let at_the_door = template.service == Service::Gateway;
        let outside = at_the_door || (template.service == Service::Auth && self.ids.is_some());
        let route = self.route.as_ref().filter(|_| at_the_door);
        let client = self.ids.as_ref().filter(|_| outside);
        let entry = LogEntry {
            id: line_id(self.now, seed),
            client_id: None,
            timestamp: self.now,
            received_at: None,
            level: template.level,
            service: template.service.as_str().to_owned(),
            message,
            request_id: self.ids.as_ref().map(|ids| ids.request.clone()),
            trace_id: self.ids.as_ref().map(|ids| ids.trace.clone()),
            span_id: self.ids.as_ref().map(|_| self.span_id(template.service)),
            user_id: self.user_is_known.then(|| self.visitor.user_id()),
            path: route.map(|route| route.path.clone()),
            method: route.map(|route| route.method.to_owned()),
            client_ip: client.map(|_| self.visitor.ip.clone()),
            user_agent: client.map(|_| self.visitor.agent.to_owned()),
            component: Some(template.component.to_owned()),
            context: context.into(),
        };
        self.lines.push(LineToStore { kind: template.kind, entry, fingerprint: None });
        self.now = self.now.plus(i64::try_from(40 + seed % 400).unwrap_or(40));
    }

    /// The gateway answers: its line tells status and the time since the request came in.
    pub(super) fn answer(&mut self, status: u16) {
        let micros = self.now.get().saturating_sub(self.begun.get());
        self.set("duration_ms", micros / 1_000);
        self.set("status", status);
        let level = match status {
            ..400 => Level::Info,
            400..500 => Level::Warn,
            _ => Level::Error,
        };
        self.write(&ACCESS.at(level));
    }

    /// The lines, in order of time.
    pub(super) fn into_lines(self) -> Vec<LineToStore> {
        self.lines
    }

    fn context(&self, template: &Template, line: u64) -> Map<String, Value> {
        let mut context = Map::with_capacity(template.context.len() + 1);
        for name in template.context {
            if let Some(value) = self.value(name, line) {
                context.insert((*name).to_owned(), value);
            }
        }
        context.insert("pod".to_owned(), self.pod(template.service).into());
        context
    }

    fn value(&self, name: &str, line: u64) -> Option<Value> {
        let given = self.given.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
        given.or_else(|| Facts { user: self.visitor.user, request: self.seed, line }.value(name))
    }

    fn append_value(&self, name: &str, line: u64, text: &mut String) {
        match (name, &self.route) {
            ("method", Some(route)) => text.push_str(route.method),
            ("path", Some(route)) => text.push_str(&route.path),
            ("user_id", _) => text.push_str(&self.visitor.user_id()),
            ("client_ip", _) => text.push_str(&self.visitor.ip),
            (_, _) => match self.value(name, line) {
                Some(Value::String(value)) => text.push_str(&value),
                Some(value) => text.push_str(&value.to_string()),
                None => text.push('-'),
            },
        }
    }

    /// One of the four replicas of the service.
    fn pod(&self, service: Service) -> String {
        let mut random = Random::of_topic(self.seed, service.replicas());
        format!(
            "{}-{}-{}",
            service.as_str(),
            service.replicas(),
            random.pick(&["x7k2p", "m4tqz", "9hw6c", "b8s5n"])
        )
    }

    /// One span a service and request.
    fn span_id(&self, service: Service) -> String {
        format!("{:016x}", Random::of_topic(self.seed, service.as_str()).next_u64())
    }
}

/// A `UUIDv7` (RFC 9562) that sorts by the microsecond: the 12 bits after the milliseconds hold their fraction.
fn line_id(time: Micros, random: u64) -> LogId {
    let millis = u64::try_from(time.millis()).unwrap_or(0);
    let micros_of_milli = u16::try_from(time.get().rem_euclid(1_000)).unwrap_or(0);
    let [high, low] = (micros_of_milli * 4).to_be_bytes();
    let [b0, b1, b2, b3, b4, b5, b6, b7] = Random::new(random).next_u64().to_be_bytes();
    let id = uuid::Builder::from_unix_timestamp_millis(millis, &[high, low, b0, b1, b2, b3, b4, b5, b6, b7]);
    LogId::from(id.into_uuid())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Micros = Micros::new(1_795_219_200_000_000);

    #[test]
    fn a_line_of_the_gateway_tells_who_asked_for_what() {
        let mut request = Request::new(1, NOON, Visitor::customer);
        request.receive("GET", "/api/v1/orders/{order_id}");
        request.work(20, 20);
        request.answer(404);

        let lines = request.into_lines();

        let entry = &lines[0].entry;
        assert_eq!(entry.level, Level::Warn);
        assert_eq!(entry.method.as_deref(), Some("GET"));
        assert!(entry.client_ip.is_some() && entry.user_agent.is_some());
        assert_eq!(entry.context["duration_ms"], 20);
        assert_eq!(entry.message, format!("GET {} 404 20ms", entry.path.as_deref().unwrap()));
    }

    #[test]
    fn background_work_has_no_ids_and_no_sender() {
        let mut work = Request::background(2, NOON);
        work.write(&Service::Gateway.info("health", "ok", &[]));

        let entry = &work.into_lines()[0].entry;

        assert_eq!(
            (&entry.request_id, &entry.trace_id, &entry.span_id, &entry.client_ip),
            (&None, &None, &None, &None)
        );
    }

    #[test]
    fn ids_are_version_7_and_sort_by_time() {
        let earlier = line_id(NOON.plus(999), 9);
        let later = line_id(NOON.plus(1_000), 1);

        assert!(line_id(NOON.plus(998), 5) < earlier && earlier < later);
        let uuid: uuid::Uuid = earlier.as_str().parse().unwrap();
        assert_eq!(uuid.get_version_num(), 7);
        assert_eq!(uuid.get_timestamp().map(|time| time.to_unix().0), Some(1_795_219_200));
    }
}
