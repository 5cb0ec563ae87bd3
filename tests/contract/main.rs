//! The same tests on every engine: what one answers, the other answers too.
//!
//! The engine is named by the module: `embedded` needs nothing, `es9` needs `TRAILPROOF_TEST_ES9_URL` and fails
//! without it. `tests/run` starts the servers.

#[cfg(test)]
mod analysis;
#[cfg(test)]
mod engine;
#[cfg(test)]
mod first;

macro_rules! suite {
    ($engine:ident, $open:expr) => {
        #[cfg(test)]
        mod $engine {
            #[tokio::test]
            async fn finds_by_word_field_and_conjunction_within_the_window() {
                crate::first::finds_by_word_field_and_conjunction_within_the_window(&$open.await).await;
            }

            #[tokio::test]
            async fn a_walk_by_cursor_gives_every_line_once() {
                crate::first::a_walk_by_cursor_gives_every_line_once(&$open.await).await;
            }

            #[tokio::test]
            async fn a_refused_line_is_named_and_the_others_are_found() {
                crate::first::a_refused_line_is_named_and_the_others_are_found(&$open.await).await;
            }
        }
    };
}

suite!(embedded, crate::engine::Engine::embedded());
suite!(es9, crate::engine::Engine::elastic("TRAILPROOF_TEST_ES9_URL"));

#[cfg(test)]
mod es9_analysis {
    #[tokio::test]
    async fn tokens_equal_those_of_the_server() {
        crate::engine::install_crypto();
        crate::analysis::tokens_equal_analyze(&crate::engine::server_url("TRAILPROOF_TEST_ES9_URL")).await;
    }
}
