//! From scores to likelihood ratios by pool-adjacent-violators.

/// Steps closer than this are one, in log10 units: finer ones are not in the data.
const MERGE_LOG10: f64 = 0.1;

/// A step: scores from `score` on have this log10 likelihood ratio.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    pub score: f64,
    pub log10_lr: f64,
}

struct Pool {
    score: f64,
    hits: f64,
    all: f64,
}

/// Monotone table from the scores at true joints and at untouched slots.
///
/// `joints` and `slots` are all trials, those without a finding included. One made-up false trial
/// above all scores and one made-up hit below keep the ratios finite (Brümmer & du Preez 2013); they
/// are capped at log10 of the number of trials plus one. No scores give no steps.
pub fn table(hits: &[f64], falses: &[f64], joints: usize, slots: usize) -> Vec<Step> {
    let mut trials: Vec<(f64, f64)> =
        hits.iter().map(|&s| (s, 1.0)).chain(falses.iter().map(|&s| (s, 0.0))).collect();
    if trials.is_empty() || joints == 0 || slots == 0 {
        return Vec::new();
    }
    trials.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (lowest, highest) = (trials[0].0, trials[trials.len() - 1].0);
    let mut pools: Vec<Pool> = vec![Pool { score: lowest, hits: 1.0, all: 1.0 }];
    let add = |pools: &mut Vec<Pool>, score: f64, hit: f64| {
        // Equal scores belong together.
        match pools.last_mut().filter(|p| p.score == score) {
            Some(pool) => {
                pool.hits += hit;
                pool.all += 1.0;
            }
            None => pools.push(Pool { score, hits: hit, all: 1.0 }),
        }
        while let [.., before, last] = pools.as_slice() {
            if before.hits * last.all < last.hits * before.all {
                break;
            }
            let (hits, all) = (last.hits, last.all);
            pools.pop();
            if let Some(before) = pools.last_mut() {
                before.hits += hits;
                before.all += all;
            }
        }
    };
    for (score, hit) in trials {
        add(&mut pools, score, hit);
    }
    add(&mut pools, highest, 0.0);
    let prior = (slots as f64 + 1.0) / (joints as f64 + 1.0);
    let (most, least) = ((slots as f64 + 1.0).log10(), -(joints as f64 + 1.0).log10());
    let mut steps: Vec<Step> = Vec::new();
    for pool in pools {
        let odds = pool.hits / (pool.all - pool.hits).max(1e-9);
        let log10_lr = (odds * prior).log10().clamp(least, most);
        if steps.last().is_none_or(|last| log10_lr - last.log10_lr >= MERGE_LOG10) {
            steps.push(Step { score: pool.score, log10_lr });
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn violators_are_pooled_and_ratios_rise() {
        let steps = table(&[2.0, 4.0, 5.0, 6.0], &[1.0, 3.0, 2.5], 10, 1_000);
        assert!(steps.windows(2).all(|w| w[0].score < w[1].score && w[0].log10_lr < w[1].log10_lr));
        assert!(steps.iter().all(|s| s.log10_lr.abs() <= 1_001f64.log10()));
    }

    #[test]
    fn a_clean_separation_gives_the_ratio_of_the_counts() {
        // Above: 9 hits and the made-up false one; prior (1000 + 1) / (9 + 1).
        let steps = table(&[5.0; 9], &[], 9, 1_000);
        assert_eq!(steps.len(), 1);
        assert!((steps[0].log10_lr - (10.0f64 * 100.1).log10()).abs() < 1e-9);
    }

    #[test]
    fn nothing_seen_nothing_said() {
        assert!(table(&[], &[], 10, 10).is_empty());
        assert!(table(&[1.0], &[], 0, 10).is_empty());
    }
}
