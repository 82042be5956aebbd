//! The form of a drawing: its frame, its colours by day and by night, and text that cannot break out of it.

/// Width of a drawing in its own units, about pixels.
pub(super) const WIDTH: f64 = 1120.0;

/// How many colours deciders have; more deciders share the last one.
pub(super) const COLOURS: usize = 6;

/// Colours follow the reader's own choice of light or dark. No script, no font, nothing from elsewhere.
pub(super) const STYLE: &str = "\
svg{--paper:#fff;--ink:#1c2430;--soft:#667085;--line:#e4e7ec;--day:#f7f8fa;--high:#fdf3e1;--away:#d5dae2;\
--level:#2563eb;--heat:#d9480f;--c0:#2563eb;--c1:#0f9d76;--c2:#b45309;--c3:#9333ea;--c4:#be185d;--c5:#64748b}\
@media(prefers-color-scheme:dark){svg{--paper:#12161d;--ink:#e6e9ef;--soft:#98a2b3;--line:#262d38;--day:#171c25;\
--high:#2b2415;--away:#3a4352;--level:#6ea8fe;--heat:#ff8a4c;--c0:#6ea8fe;--c1:#3ecf9f;--c2:#f0a742;--c3:#c08cff;\
--c4:#f472b6;--c5:#94a3b8}}\
text{font:12px system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;fill:var(--soft)}\
.name{font-size:20px;font-weight:600;fill:var(--ink)}.strong{font-weight:600;fill:var(--ink)}\
.value{font-size:17px;font-weight:600;fill:var(--ink)}.end{text-anchor:end}.mid{text-anchor:middle}\
.paper{fill:var(--paper)}.weekend{fill:var(--day)}.high{fill:var(--high)}.grid{stroke:var(--line);fill:none}\
.night{stroke:var(--soft);stroke-opacity:.45;stroke-dasharray:2 3;fill:none}\
.level{stroke:var(--level);stroke-width:1.8;fill:none;stroke-linejoin:round}.under{fill:var(--level);fill-opacity:.13}\
.heat{stroke:var(--heat);stroke-width:1.5;fill:none;stroke-linejoin:round}\
.away{fill:url(#away)}.dash{stroke:var(--away);stroke-width:2}\
.due{fill:var(--paper);stroke:var(--ink);stroke-width:1.6}\
.c0{fill:var(--c0)}.c1{fill:var(--c1)}.c2{fill:var(--c2)}.c3{fill:var(--c3)}.c4{fill:var(--c4)}.c5{fill:var(--c5)}\
.off{fill-opacity:.22}";

/// The text as content of an element.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // Not allowed in XML, not even escaped.
            other if other.is_control() || matches!(other, '\u{fffe}' | '\u{ffff}') => safe.push(' '),
            other => safe.push(other),
        }
    }
    safe
}

/// A line of text at a place.
pub(super) fn text(class: &str, x: f64, y: f64, text: &str) -> String {
    format!("<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>\n", escaped(text))
}

/// A rectangle; with `title`, what a pointer over it is told.
pub(super) fn rect(class: &str, x: f64, y: f64, width: f64, height: f64, title: &str) -> String {
    let frame = format!(
        "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\""
    );
    if title.is_empty() {
        format!("{frame}/>\n")
    } else {
        format!("{frame}><title>{}</title></rect>\n", escaped(title))
    }
}

/// A straight line.
pub(super) fn line(class: &str, from: (f64, f64), to: (f64, f64)) -> String {
    let ((x1, y1), (x2, y2)) = (from, to);
    format!("<path class=\"{class}\" d=\"M{x1:.1} {y1:.1}L{x2:.1} {y2:.1}\"/>\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_cannot_break_out_of_the_drawing() {
        let told = text("value", 1.0, 2.0, "</text><script>alert('x')</script>\u{1b}[0m&");
        assert_eq!(
            told,
            "<text class=\"value\" x=\"1.0\" y=\"2.0\">&lt;/text&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; [0m&amp;</text>\n"
        );
    }
}
