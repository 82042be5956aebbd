//! One device over the whole time: level, power of its port, heat, and who decided with which words.

use super::{
    axis::{Axis, LEFT},
    lanes::{Plot, away, colour, power},
    story::{Chapter, Story},
    svg::{COLOURS, STYLE, WIDTH, escaped, rect, text},
};
use crate::cli::look::cut;

/// Characters of a reason that have room in the legend.
const REASON: usize = 120;
/// The distance between two lines of the legend.
const LEGEND_LINE: f64 = 22.0;

/// Room temperature is at the bottom of the plot of heat; a hot device is not cut off at its top.
const HEAT: (f64, f64) = (20.0, 45.0);

/// The drawing as a file of its own. Readable without a script, by day and by night.
pub(super) fn drawing(story: &Story, chapter: &Chapter) -> String {
    let axis = Axis { start: story.start, end: story.end, zone: &story.zone };
    let samples = &chapter.track.samples;
    let level = Plot { top: 96.0, bottom: 296.0, low: 0.0, high: 100.0 };
    let hottest = chapter.figures.highest_temperature.max(HEAT.1);
    let heat = Plot { top: 352.0, bottom: 422.0, low: HEAT.0, high: hottest };
    let (top, bottom) = (level.top, heat.bottom);
    let legend = 480.0;
    let lines = chapter.deciders.len().clamp(1, COLOURS);
    let height = legend + LEGEND_LINE * f64::from(u32::try_from(lines).unwrap_or(1)) + 12.0;

    let mut drawn = head(story, chapter, height);
    drawn += &axis.weekends(top, bottom);
    drawn += &level.high(&axis);
    drawn += &away(&axis, samples, (top, bottom), level.bottom - 9.0);
    drawn += &level.grid(&axis, &[0.0, 20.0, 40.0, 60.0, 80.0, 100.0], " %");
    drawn += &heat.grid(&axis, &[20.0, 30.0, 40.0], " °C");
    drawn += &axis.marks(top, bottom);
    drawn += &level.level(&axis, samples);
    drawn += &heat.heat(&axis, samples);
    drawn += &level.deadlines(&axis, &chapter.figures);
    drawn += &text("end", LEFT - 8.0, 327.0, "port");
    drawn += &power(&axis, &chapter.track, &story.deciders, 312.0, 22.0);
    drawn += &key(chapter, &story.deciders, legend);
    drawn + "</svg>\n"
}

fn head(story: &Story, chapter: &Chapter, height: f64) -> String {
    let device = chapter.track.device.as_str();
    let day = |at: crate::model::Timestamp| at.to_zoned(story.zone.clone()).strftime("%-d %B %Y").to_string();
    let title = format!("{device}: simulated level, power and heat");
    let mut head = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height:.0}\" width=\"{WIDTH}\" height=\"{height:.0}\" role=\"img\">\n\
         <title>{}</title>\n<style>{STYLE}</style>\n\
         <defs><pattern id=\"away\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><path class=\"dash\" d=\"M0 0V7\"/></pattern></defs>\n",
        escaped(&title)
    );
    head += &rect("paper", 0.0, 0.0, WIDTH, height, "");
    head += &text("name", LEFT, 38.0, device);
    let place = format!(
        "station {}, port {} · {} to {}",
        story.station,
        chapter.port,
        day(story.start),
        day(story.end)
    );
    head += &text("", LEFT, 60.0, &place);
    head + &*figures(chapter)
}

/// The figures, from the right edge to the left.
fn figures(chapter: &Chapter) -> String {
    let figures = &chapter.figures;
    let mut all = vec![
        (format!("{:.0} °C", figures.highest_temperature), "hottest"),
        (format!("{:.0} %", figures.lowest), "lowest"),
        (format!("{:.0} h", figures.hours_above_80), "over 80 %"),
        (format!("{:.0} h", figures.hours_on), "on"),
        (figures.switches.to_string(), "switches"),
    ];
    if let Some((low, high)) = chapter.ready() {
        let range = if low == high { format!("{low:.0} %") } else { format!("{low:.0}–{high:.0} %") };
        all.push((range, "when it must be ready"));
    }
    let mut x = WIDTH - 24.0;
    let mut drawn = String::new();
    for (value, what) in all {
        drawn += &text("value end", x, 38.0, &value);
        drawn += &text("end", x, 58.0, what);
        x -= if what.len() > 10 { 160.0 } else { 92.0 };
    }
    drawn
}

/// Who switched the port, in which colour, how often, and the last words.
fn key(chapter: &Chapter, names: &[String], top: f64) -> String {
    if chapter.deciders.is_empty() {
        return text("", LEFT, top + 11.0, "the port was never switched");
    }
    let mut drawn = String::new();
    let mut y = top;
    for decider in chapter.deciders.iter().take(COLOURS) {
        let class = format!("c{}", colour(names, &decider.name));
        drawn += &rect(&class, LEFT, y, 12.0, 12.0, "");
        drawn += &rect(&format!("{class} off"), LEFT + 12.0, y, 12.0, 12.0, "");
        drawn += &text("strong", LEFT + 34.0, y + 11.0, &decider.name);
        drawn += &text("end", LEFT + 190.0, y + 11.0, &format!("{} ×", decider.times));
        let reason = format!("last: {}", cut(&decider.reason, REASON));
        drawn += &text("", LEFT + 206.0, y + 11.0, &reason);
        y += LEGEND_LINE;
    }
    drawn
}
