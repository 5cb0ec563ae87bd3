//! The same tests on every engine: what one answers, the other answers too.
//!
//! The engine is named by the module: `embedded` needs nothing, `es9` needs `TRAILPROOF_TEST_ES9_URL` and fails
//! without it, `es8`, `es7` and `opensearch` likewise. `tests/run` starts the servers. The data lies in `tests/fixtures/contract`, of
//! which its README tells. `foreign` reads what others have written, `by_hand` what they have written into our indices, and `managed`
//! stands before a server that cannot manage lifecycles.

#[cfg(test)]
mod analysis;
#[cfg(test)]
mod arrivals;
#[cfg(test)]
mod bootstrap;
#[cfg(test)]
mod by_hand;
#[cfg(test)]
mod callers;
#[cfg(test)]
mod counts;
#[cfg(test)]
mod cursors;
#[cfg(test)]
mod differential;
#[cfg(test)]
mod engine;
#[cfg(test)]
mod expectation;
#[cfg(test)]
mod first;
#[cfg(test)]
mod foreign;
#[cfg(test)]
mod generated_lines;
#[cfg(test)]
mod generated_queries;
#[cfg(test)]
mod identity;
#[cfg(test)]
mod managed;
#[cfg(test)]
mod naive;
#[cfg(test)]
mod near;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod queries;
#[cfg(test)]
mod random;
#[cfg(test)]
mod surroundings;
#[cfg(test)]
mod walk;

/// One test a line, each on an engine of its own.
macro_rules! tests {
    ($open:expr; $($file:ident::$test:ident,)+) => {$(
        #[tokio::test]
        async fn $test() {
            $file::$test(&$open.await).await;
        }
    )+};
}

/// The contract on one engine.
macro_rules! suite {
    ($engine:ident, $open:expr) => {
        #[cfg(test)]
        mod $engine {
            use crate::{
                arrivals, counts, cursors, differential, first, identity, near, pages, queries, surroundings,
                walk,
            };

            tests! { $open;
                first::finds_by_word_field_and_conjunction_within_the_window,
                first::a_walk_by_cursor_gives_every_line_once,
                first::a_refused_line_is_named_and_the_others_are_found,
                first::a_prefix_finds_every_word_that_begins_so,
                queries::every_query_finds_exactly_its_lines,
                counts::every_count_is_exact,
                near::an_empty_answer_names_the_nearest_values,
                near::near_values_come_from_lines_that_the_caller_may_see,
                near::every_way_of_looking_at_lines_names_near_values,
                near::a_rare_value_among_many_is_not_taken_for_missing,
                pages::every_walk_meets_its_pages,
                walk::a_walk_meets_every_line_once_while_others_are_written,
                cursors::a_cursor_is_bound_to_its_query_and_caller_and_expires,
                cursors::later_pages_repeat_the_total_and_the_meaning_of_now,
                identity::lines_with_one_client_id_are_all_kept_and_met_once,
                identity::the_same_line_sent_again_is_one_line_and_any_other_is_kept,
                identity::two_services_with_one_client_id_hide_nothing_from_each_other,
                arrivals::each_line_is_shown_once_however_late_it_comes_and_whatever_is_cut,
                surroundings::a_line_is_found_by_its_id_within_the_scope,
                surroundings::a_line_is_shown_among_its_neighbours,
                surroundings::a_trace_names_services_the_first_error_and_pauses,
                differential::generated_queries_find_what_a_plain_filter_finds,
            }
        }
    };
}

/// Other people's indices on one server.
macro_rules! foreign {
    ($name:ident, $variable:literal) => {
        #[cfg(test)]
        mod $name {
            use crate::foreign::{following, indices, mappings, numbers, places, presets, walks};

            tests! { async { indices::Server::of($variable) };
                presets::every_preset_finds_the_same_lines_over_every_mapping,
                presets::a_line_is_shown_under_our_names_with_the_rest_as_its_context,
                presets::every_way_of_looking_at_lines_works,
                presets::names_of_ones_own_win_over_the_preset,
                mappings::text_without_keywords_has_words_but_no_exact_match,
                mappings::indices_that_differ_are_asked_each_in_its_own_way,
                mappings::an_index_that_cannot_answer_is_left_out_and_said_so,
                mappings::times_of_several_types_are_one_order,
                mappings::a_time_that_is_no_date_is_refused,
                mappings::counts_over_an_alias_of_differing_indices_add_up,
                mappings::a_service_inside_an_object_of_its_name_is_found,
                mappings::what_lies_in_nested_documents_is_refused,
                mappings::times_under_another_name_than_most_are_left_out_and_said_so,
                numbers::numbers_are_asked_where_they_are_mapped_as_such,
                places::an_alias_is_read_like_an_index,
                places::a_closed_index_in_a_pattern_does_not_disturb_the_others,
                places::a_pattern_that_matches_nothing_finds_nothing,
                places::an_index_that_comes_later_is_read_too,
                places::lines_that_come_after_an_empty_answer_are_found,
                places::a_named_index_that_is_not_there_is_said,
                places::security_lines_and_audit_events_stay_hidden_whatever_leads_there,
                walks::a_walk_meets_every_line_once_while_others_are_written,
                walks::a_walk_whose_point_in_time_is_gone_says_so,
                walks::cursors_stay_short_enough_for_a_url,
                following::lines_are_followed_by_the_time_that_their_index_keeps,
            }
        }
    };
}

suite!(embedded, async { crate::engine::Engine::embedded() });
suite!(es9, crate::engine::Engine::elastic("TRAILPROOF_TEST_ES9_URL"));
suite!(es9_managed, crate::engine::Engine::managed("TRAILPROOF_TEST_ES9_URL"));
suite!(es8, crate::engine::Engine::elastic("TRAILPROOF_TEST_ES8_URL"));
suite!(es8_managed, crate::engine::Engine::managed("TRAILPROOF_TEST_ES8_URL"));
suite!(es7, crate::engine::Engine::elastic("TRAILPROOF_TEST_ES7_URL"));
suite!(opensearch, crate::engine::Engine::elastic("TRAILPROOF_TEST_OPENSEARCH_URL"));

/// Data streams, which the 7.17 that runs here does not have.
macro_rules! data_streams {
    ($name:ident, $variable:literal) => {
        #[cfg(test)]
        mod $name {
            use crate::foreign::{indices, places};

            tests! { async { indices::Server::of($variable) };
                places::a_data_stream_is_read_like_an_index,
            }
        }
    };
}

data_streams!(es9_streams, "TRAILPROOF_TEST_ES9_URL");
data_streams!(es8_streams, "TRAILPROOF_TEST_ES8_URL");
data_streams!(opensearch_streams, "TRAILPROOF_TEST_OPENSEARCH_URL");

foreign!(es9_foreign, "TRAILPROOF_TEST_ES9_URL");
foreign!(es8_foreign, "TRAILPROOF_TEST_ES8_URL");
foreign!(es7_foreign, "TRAILPROOF_TEST_ES7_URL");
foreign!(opensearch_foreign, "TRAILPROOF_TEST_OPENSEARCH_URL");

/// What is installed on one server.
macro_rules! bootstrap {
    ($name:ident, $variable:literal, $($test:ident),+) => {
        #[cfg(test)]
        mod $name {$(
            #[tokio::test]
            async fn $test() {
                crate::bootstrap::$test($variable).await;
            }
        )+}
    };
}

bootstrap!(
    es9_bootstrap,
    "TRAILPROOF_TEST_ES9_URL",
    write_aliases_are_installed_once,
    data_streams_are_installed_once
);
bootstrap!(
    es8_bootstrap,
    "TRAILPROOF_TEST_ES8_URL",
    write_aliases_are_installed_once,
    data_streams_are_installed_once
);
bootstrap!(es7_bootstrap, "TRAILPROOF_TEST_ES7_URL", write_aliases_are_installed_once);
bootstrap!(opensearch_bootstrap, "TRAILPROOF_TEST_OPENSEARCH_URL", write_aliases_are_installed_once);

/// Our own indices on one server, into which somebody else writes.
macro_rules! by_hand {
    ($name:ident, $variable:literal) => {
        #[cfg(test)]
        mod $name {
            use crate::by_hand;

            tests! { crate::engine::Engine::elastic($variable);
                by_hand::lines_without_an_id_are_met_once,
                by_hand::lines_with_an_id_that_others_have_too_are_met_once,
                by_hand::the_neighbours_of_a_line_without_an_id_are_others,
                by_hand::values_that_do_not_fit_their_field_hide_no_line,
            }
        }
    };
}

by_hand!(es9_by_hand, "TRAILPROOF_TEST_ES9_URL");
by_hand!(es8_by_hand, "TRAILPROOF_TEST_ES8_URL");
by_hand!(es7_by_hand, "TRAILPROOF_TEST_ES7_URL");
by_hand!(opensearch_by_hand, "TRAILPROOF_TEST_OPENSEARCH_URL");

#[cfg(test)]
mod es9_analysis {
    #[tokio::test]
    async fn tokens_equal_those_of_the_server() {
        crate::engine::install_crypto();
        crate::analysis::tokens_equal_analyze(&crate::engine::server_url("TRAILPROOF_TEST_ES9_URL")).await;
    }
}
