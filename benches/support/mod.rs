//! What both benches need: medians and a table.
#![expect(clippy::print_stdout, reason = "a bench prints its table")]

pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Least and most, as percent of the median.
pub(crate) fn spread(values: &[f64]) -> String {
    let middle = median(values);
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(0.0, f64::max);
    format!("{:+.0} to {:+.0} %", (least / middle - 1.0) * 100.0, (most / middle - 1.0) * 100.0)
}

/// A table in Markdown, so that it can be pasted into docs/performance.md.
pub(crate) struct Table(Vec<Vec<String>>);

impl Table {
    pub(crate) fn new(head: &[&str]) -> Self {
        let head: Vec<String> = head.iter().map(ToString::to_string).collect();
        let rule = head.iter().map(|_| "---".to_owned()).collect();
        Self(vec![head, rule])
    }
    pub(crate) fn row(&mut self, cells: &[String]) {
        self.0.push(cells.to_vec());
    }
    pub(crate) fn print(&self) {
        for row in &self.0 {
            println!("| {} |", row.join(" | "));
        }
    }
}
