//! A line's fixed part: which service writes it, how loud, from where, in which words.

use crate::model::{Level, LogKind};

/// The services of the shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Service {
    /// The door: HTTP in, HTTP out (Node).
    Gateway,
    /// Log-ins, tokens, permissions (Node).
    Auth,
    /// Events, seats, orders, payments, tickets (Java).
    Event,
}

impl Service {
    /// The name in the log.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::Auth => "auth-service",
            Self::Event => "event-service",
        }
    }

    /// What the names of its pods have in common.
    pub(super) const fn replicas(self) -> &'static str {
        match self {
            Self::Gateway => "7d9f8c6b54",
            Self::Auth => "5c4d97bb68",
            Self::Event => "66f7b9d8cd",
        }
    }

    /// A line of any level; the other constructors name the common ones.
    pub(super) const fn line(
        self,
        level: Level,
        component: &'static str,
        message: &'static str,
        context: &'static [&'static str],
    ) -> Template {
        let kind = match level {
            Level::Trace | Level::Debug | Level::Info | Level::Warn => LogKind::App,
            Level::Error | Level::Fatal => LogKind::Error,
        };
        Template { service: self, kind, level, component, message, context }
    }

    /// A line for developers.
    pub(super) const fn debug(
        self,
        component: &'static str,
        message: &'static str,
        context: &'static [&'static str],
    ) -> Template {
        self.line(Level::Debug, component, message, context)
    }

    /// A line of normal operation.
    pub(super) const fn info(
        self,
        component: &'static str,
        message: &'static str,
        context: &'static [&'static str],
    ) -> Template {
        self.line(Level::Info, component, message, context)
    }

    /// A line about something unusual.
    pub(super) const fn warn(
        self,
        component: &'static str,
        message: &'static str,
        context: &'static [&'static str],
    ) -> Template {
        self.line(Level::Warn, component, message, context)
    }

    /// A line about a failure.
    pub(super) const fn error(
        self,
        component: &'static str,
        message: &'static str,
        context: &'static [&'static str],
    ) -> Template {
        self.line(Level::Error, component, message, context)
    }
}

/// What a line says, before the values are filled in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Template {
    /// Who writes it.
    pub(super) service: Service,
    /// Where it is stored.
    pub(super) kind: LogKind,
    /// How loud it is.
    pub(super) level: Level,
    /// Part of the service.
    pub(super) component: &'static str,
    /// Text in which `{name}` stands for a value of `facts.rs`.
    pub(super) message: &'static str,
    /// Names of the values that go into `context`.
    pub(super) context: &'static [&'static str],
}

impl Template {
    /// The same line, stored among the security lines.
    pub(super) const fn security(mut self) -> Self {
        self.kind = LogKind::Security;
        self
    }

    /// The same line at another level; the kind follows the level.
    pub(super) const fn at(self, level: Level) -> Self {
        self.service.line(level, self.component, self.message, self.context)
    }

    /// The message with every `{name}` replaced by what `write_value` appends; other braces stay as they are.
    pub(super) fn fill(&self, mut write_value: impl FnMut(&str, &mut String)) -> String {
        let mut text = String::with_capacity(self.message.len() + 32);
        let mut rest = self.message;
        while let Some((before, tail)) = rest.split_once('{') {
            text.push_str(before);
            rest = match tail.split_once('}') {
                Some((name, after)) if is_name(name) => {
                    write_value(name, &mut text);
                    after
                }
                Some(_) | None => {
                    text.push('{');
                    tail
                }
            };
        }
        text.push_str(rest);
        text
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_names_and_leaves_other_braces() {
        let template = Service::Event.info("http", "{a}: {\"k\":{b}} {", &[]);

        let text = template.fill(|name, text| text.push_str(&name.to_uppercase()));

        assert_eq!(text, "A: {\"k\":B} {");
    }

    #[test]
    fn the_kind_follows_the_level_unless_it_is_a_security_line() {
        let template = Service::Auth.warn("login", "m", &[]);

        assert_eq!(template.kind, LogKind::App);
        assert_eq!(template.at(Level::Fatal).kind, LogKind::Error);
        assert_eq!(template.security().kind, LogKind::Security);
    }
}
