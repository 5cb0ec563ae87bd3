//! `trailproof es bootstrap`: installs our templates and policies, and what lines are written to.

use std::io::Write as _;

use anyhow::{Context as _, anyhow};
use clap::{Args, Subcommand};

use super::outcome::{Failure, Outcome};
use super::place::Place;
use super::place::load;
use crate::app::elastic_options;
use crate::repository::StoreError;
use crate::repository::elastic::{BootstrapMode, Bootstrapped, ElasticLogStore, Profile};

/// What `trailproof es` shows first.
pub(super) const EXAMPLES: &str = "\
Examples:
  ELASTICSEARCH_URL=http://localhost:9200 trailproof es bootstrap --dry-run   what would change
  ELASTICSEARCH_URL=http://localhost:9200 trailproof es bootstrap";

/// Commands for Elasticsearch and OpenSearch.
#[derive(Clone, Debug, Subcommand)]
pub(super) enum EsCommand {
    /// Install templates, lifecycle policies, and the indices or data streams that Trailproof writes to; safe to repeat.
    Bootstrap(BootstrapArgs),
}

/// Arguments of `trailproof es bootstrap`.
#[derive(Clone, Debug, Args)]
#[command(before_help = EXAMPLES)]
pub(super) struct BootstrapArgs {
    /// Change nothing; print what would change.
    #[arg(long)]
    dry_run: bool,
    /// How old lines go: `elastic` (data streams and ILM policies) or `portable` (write aliases and a job of Trailproof).
    /// Not given: as the cluster has it already; on a new one `elastic` if it has ILM, else `portable`.
    #[arg(long, value_name = "PROFILE", value_parser = profile)]
    profile: Option<Profile>,
    #[command(flatten)]
    place: Place,
}

pub(super) async fn run(command: EsCommand) -> Outcome {
    let EsCommand::Bootstrap(args) = command;
    let config = load(args.place.flags(None))?.config;
    if config.elasticsearch.url.is_empty() {
        return Err(
            anyhow!("no cluster is named; set ELASTICSEARCH_URL, such as http://localhost:9200").into()
        );
    }
    let store = ElasticLogStore::connect(elastic_options(&config)).map_err(failure)?;
    let mode = if args.dry_run { BootstrapMode::DryRun } else { BootstrapMode::Apply };
    let Bootstrapped { profile, outcomes } = store.bootstrap(mode, args.profile).await.map_err(failure)?;
    let mut out = std::io::stdout().lock();
    for outcome in outcomes {
        writeln!(out, "{outcome}").context("standard output")?;
    }
    let explanation = match profile {
        Profile::Portable => "indices behind write aliases, rolled over and deleted by trailproof serve",
        Profile::Elastic => "data streams, rolled over and deleted by the policies above",
    };
    writeln!(out, "profile {}: {explanation}", profile.as_str()).context("standard output")?;
    Ok(())
}

fn profile(text: &str) -> Result<Profile, String> {
    [Profile::Portable, Profile::Elastic]
        .into_iter()
        .find(|profile| profile.as_str() == text)
        .ok_or_else(|| "use portable or elastic".to_owned())
}

fn failure(error: StoreError) -> Failure {
    let is_unreachable = matches!(error, StoreError::Unavailable { .. } | StoreError::Timeout { .. });
    let error = anyhow::Error::from(error);
    if is_unreachable { Failure::Unreachable(error) } else { Failure::User(error) }
}
