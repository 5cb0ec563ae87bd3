//! `trailproof search`: finds lines; colours on a terminal, one JSON object a line in a pipe.
//!
//! `args` says what can be asked, `pages` walks what there is, `tail` follows what comes in, `trace` follows one request, `histogram` counts over
//! time; `printer` shows lines, and `window` reads times.

mod args;
mod event_stream;
mod histogram;
mod notes;
mod pages;
mod printer;
mod tail;
mod trace;
mod window;

use self::window::Window;
use super::client::Client;
use super::outcome::{Failure, Outcome};
use crate::model::{Clock as _, Role};
use crate::telemetry::SystemClock;

pub(super) use self::args::SearchArgs;

pub(super) async fn run(args: SearchArgs) -> Outcome {
    let now = SystemClock.now();
    let window = Window::new(&args, now)?;
    let client = Client::new(&args.server, Role::Sre)?;
    let mut printer = args.shape.printer(window.zone().clone());
    if let Some(id) = &args.trace {
        return trace::show(&client, id, &window, &mut printer).await;
    }
    if args.histogram {
        return histogram::show(&client, &args, &window, &printer).await;
    }
    if args.tail {
        return tail::follow(&client, &args, &window, &mut printer).await;
    }
    if args.limit == Some(0) {
        return Err(Failure::User(anyhow::anyhow!("-n must be 1 or more, or use --all")));
    }
    pages::show(&client, &args, &window, &mut printer).await
}
