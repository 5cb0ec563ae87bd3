//! The generator's own source of randomness, the same on every platform and in every release.

use uuid::Uuid;

/// `SplitMix64`: one 64-bit word of state, one addition and three mixing steps a number.
///
/// Good enough to make logs look alive, and short enough to stay as it is for ever: a seed names a corpus, so
/// its numbers must never change with the version of a dependency. Not for secrets.
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

impl Random {
    /// Starts the sequence that belongs to `seed`.
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Starts the sequence that belongs to `topic` under `seed`: the same pair gives the same numbers.
    pub(super) fn of_topic(seed: u64, topic: &str) -> Self {
        // FNV-1a over the name; the first number drawn mixes it thoroughly.
        let hash = topic.bytes().fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3)
        });
        Self(seed ^ hash)
    }

    /// The next 64 random bits.
    pub(super) const fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^ (word >> 31)
    }

    /// The next 128 random bits.
    pub(super) fn next_u128(&mut self) -> u128 {
        (u128::from(self.next_u64()) << 64) | u128::from(self.next_u64())
    }

    /// The next UUID, of version 4.
    pub(super) fn next_uuid(&mut self) -> Uuid {
        uuid::Builder::from_random_bytes(self.next_u128().to_be_bytes()).into_uuid()
    }

    /// A number from 0 to `bound` - 1; 0 when `bound` is 0.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        // The modulo favours small numbers by less than bound / 2^64, which no reader of a log can see.
        self.next_u64().checked_rem(bound).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: u64, high: u64) -> u64 {
        low.saturating_add(self.below(high.saturating_sub(low).saturating_add(1)))
    }

    /// Whether something happens that happens `per_mille` times in 1,000.
    pub(super) fn chance(&mut self, per_mille: u64) -> bool {
        self.below(1_000) < per_mille
    }

    /// One of `items`, each as likely as any other.
    #[expect(
        clippy::indexing_slicing,
        reason = "N > 0 is asserted at compile time, and the index is below N"
    )]
    pub(super) fn pick<T: Copy, const N: usize>(&mut self, items: &[T; N]) -> T {
        const { assert!(N > 0, "nothing to pick from") };
        let bound = u64::try_from(N).unwrap_or(u64::MAX);
        items[usize::try_from(self.below(bound)).unwrap_or(0)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yields_the_published_sequence_of_splitmix64() {
        let mut random = Random::new(1_234_567);

        assert_eq!(random.next_u64(), 6_457_827_717_110_365_317);
        assert_eq!(random.next_u64(), 3_203_168_211_198_807_973);
        assert_eq!(random.next_u64(), 9_817_491_932_198_370_423);
    }

    #[test]
    fn numbers_stay_within_their_bounds_and_reach_them() {
        let mut random = Random::new(7);
        let drawn: Vec<_> = (0..1_000).map(|_| random.between(3, 5)).collect();

        assert_eq!(drawn.iter().min(), Some(&3));
        assert_eq!(drawn.iter().max(), Some(&5));
        assert_eq!(random.below(0), 0);
    }

    #[test]
    fn topics_under_one_seed_differ_and_repeat() {
        let first = Random::of_topic(1, "amount").next_u64();

        assert_eq!(Random::of_topic(1, "amount").next_u64(), first);
        assert_ne!(Random::of_topic(1, "seat").next_u64(), first);
        assert_ne!(Random::of_topic(2, "amount").next_u64(), first);
    }
}
