//! What a server is taken for by what it answers.

use super::super::options::ElasticOptions;
use super::super::{fake_server::FakeServer, fake_server::Script};
use super::*;

const NO_HANDLER: &str = r#"{"error":"no handler"}"#;

async fn probe(answers: &[(u16, &str)]) -> Flavour {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let scripts = answers.iter().map(|(status, body)| Script::Say(*status, (*body).to_owned())).collect();
    let server = FakeServer::start(scripts);
    let options = ElasticOptions { urls: vec![server.url], ..ElasticOptions::default() };
    Flavour::probe(&Client::new(&options).unwrap()).await.unwrap()
}

fn flavour(version: &str) -> Flavour {
    Flavour { versions: vec![version.to_owned()], distribution: by_version(version), ..Flavour::newest() }
}

#[tokio::test]
async fn a_server_is_known_by_its_nodes_and_by_what_it_has_no_handler_for() {
    let nodes = r#"{"nodes":{"a":{"version":"9.2.8"},"b":{"version":"8.19.16"},"c":{"version":"9.2.8"}}}"#;

    let found = probe(&[(200, nodes), (400, NO_HANDLER), (405, NO_HANDLER), (405, NO_HANDLER)]).await;

    assert_eq!(found.versions, ["8.19.16", "9.2.8"]);
    assert_eq!((found.distribution, found.lowest()), (Distribution::Elasticsearch, Some((8, 19))));
    assert_eq!((found.lifecycle, found.reindex), (Feature::Absent, Feature::Absent));
    assert_eq!(found.point_in_time, PointInTime::Elasticsearch);
}

#[tokio::test]
async fn a_user_who_may_not_see_nodes_asks_the_root_page() {
    let root = r#"{"version":{"number":"7.10.2","distribution":"opensearch"}}"#;

    let found = probe(&[(403, "{}"), (200, root), (405, "{}"), (400, "{}"), (400, "{}")]).await;

    assert_eq!(found.versions, ["7.10.2"]);
    assert_eq!((found.distribution, found.lifecycle), (Distribution::OpenSearch, Feature::Absent));
    assert_eq!((found.reindex, found.point_in_time), (Feature::Present, PointInTime::OpenSearch));
}

#[tokio::test]
async fn a_user_who_may_ask_nothing_still_has_a_server() {
    let elasticsearch = probe(&[(403, "{}"), (403, "{}"), (403, "{}"), (403, "{}"), (405, "{}")]).await;
    let opensearch = probe(&[(403, "{}"), (403, "{}"), (403, "{}"), (403, "{}"), (400, "{}")]).await;

    assert_eq!((elasticsearch.versions.len(), elasticsearch.lifecycle), (0, Feature::Unknown));
    assert_eq!(elasticsearch.distribution, Distribution::Elasticsearch);
    assert_eq!(opensearch.distribution, Distribution::OpenSearch);
}

#[test]
fn features_follow_from_distribution_and_version() {
    for (version, index_mode, flattened) in [
        ("7.17.29", false, "flattened"),
        ("8.6.2", false, "flattened"),
        ("8.19.16", true, "flattened"),
        ("9.2.8", true, "flattened"),
        ("3.8.0", false, "flat_object"),
    ] {
        let flavour = flavour(version);

        assert_eq!(
            (flavour.has_index_mode(), flavour.flattened_type()),
            (index_mode, flattened),
            "{version}"
        );
    }
    let unknown = Flavour { versions: Vec::new(), ..Flavour::newest() };
    assert!(!unknown.has_index_mode());
}

#[test]
fn a_walk_goes_on_where_numbers_are_unique_and_repeats_where_they_are_not() {
    assert_eq!(PointInTime::Elasticsearch.go_on(&[5, 7], 1), (vec![5, 7], 0));
    assert_eq!(PointInTime::OpenSearch.go_on(&[5, 7], 2), (vec![5, 6], 2));
    assert_eq!(PointInTime::OpenSearch.go_on(&[5, 0], 3), (vec![5, -1], 3));
}
