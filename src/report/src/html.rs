//! The report as a page of its own: the Markdown report, rendered, with raw HTML shown as the text it is.

use holdpoint_domain::gate::Outcome;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};

use crate::evidence::word;
use crate::header::ReportHeader;
use crate::markdown::Report;
use crate::visible::visible;

/// A page that needs nothing else: no script, no style from elsewhere.
pub(super) fn page(report: &Report, header: &ReportHeader, timeline: &str) -> String {
    let mut body = String::new();
    push(&mut body, &report.before);
    body += timeline;
    push(&mut body, &report.evidence_heading);
    for part in &report.evidence {
        let open = if part.passed { "" } else { " open" };
        let class = class(part.outcome);
        body += &format!("<details{open} id=\"event-{}\" class=\"{class}\">\n<summary>", part.seq);
        push(&mut body, &part.heading());
        body += "</summary>\n";
        push(&mut body, &part.text);
        body += "</details>\n";
    }
    push(&mut body, &report.after);
    let title = escape(&visible(&format!("{} {}", header.id, header.procedure)));
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )
}

/// Renders Markdown. Each part is rendered by itself, so that nothing in one reaches into another.
fn push(body: &mut String, markdown: &str) {
    let mut verdicts = Verdicts::default();
    let events = Parser::new_ext(markdown, Options::ENABLE_TABLES).flat_map(|event| {
        let [before, event, after] = match event {
            Event::Html(text) | Event::InlineHtml(text) => [None, Some(Event::Text(text)), None],
            // A wide table scrolls by itself, and the page does not.
            Event::Start(Tag::Table(_)) => [Some(raw("<div class=\"table\">\n")), Some(event), None],
            Event::End(TagEnd::Table) => [None, Some(event), Some(raw("</div>\n"))],
            other => [None, Some(verdicts.marked(other)), None],
        };
        [before, event, after].into_iter().flatten()
    });
    html::push_html(body, events);
}

fn raw(html: &'static str) -> Event<'static> {
    Event::Html(html.into())
}

/// Marks the words of the columns that the report itself calls “Verdict”. The same words elsewhere are what people wrote.
#[derive(Default)]
struct Verdicts {
    in_head: bool,
    /// The cell that is being read, from 0.
    cell: usize,
    column: Option<usize>,
}

impl Verdicts {
    fn marked<'a>(&mut self, event: Event<'a>) -> Event<'a> {
        match &event {
            Event::Start(Tag::TableHead) => {
                *self = Self {
                    in_head: true,
                    ..Self::default()
                }
            }
            Event::End(TagEnd::TableHead) => self.in_head = false,
            Event::Start(Tag::TableRow) => self.cell = 0,
            Event::End(TagEnd::TableCell) => self.cell += 1,
            Event::Text(text) if self.in_head && &**text == "Verdict" => self.column = Some(self.cell),
            Event::Text(text) if !self.in_head && self.column == Some(self.cell) => {
                let known = [Outcome::Pass, Outcome::Fail, Outcome::Inconclusive];
                if let Some(outcome) = known.into_iter().find(|outcome| word(*outcome) == &**text) {
                    let class = class(outcome);
                    return Event::InlineHtml(format!("<strong class=\"{class}\">{text}</strong>").into());
                }
            }
            // What comes after a table is not in it.
            Event::Start(Tag::Paragraph | Tag::Heading { .. }) => self.column = None,
            _ => {}
        }
        event
    }
}

fn class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "pass",
        Outcome::Fail => "fail",
        Outcome::Inconclusive => "inconclusive",
    }
}

const STYLE: &str = ":root{color-scheme:light dark;--ink:#1a1d21;--ground:#fffefb;--line:#dcd8cd;--soft:#f4f2ec;--pass:#1c6b3c;\
--fail:#b3261e;--inconclusive:#8f5200}\
@media (prefers-color-scheme:dark){:root{--ink:#e8e6e1;--ground:#16181b;--line:#3d4147;--soft:#212429;--pass:#6fd08c;\
--fail:#ff8f85;--inconclusive:#f0b45c}}\
body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:var(--ink);\
background:var(--ground);overflow-wrap:anywhere}\
.table{overflow-x:auto;margin:1rem 0}table{border-collapse:collapse;width:100%;overflow-wrap:break-word}\
th,td{border:1px solid var(--line);padding:.35rem .6rem;text-align:left;vertical-align:top}td{min-width:4rem}\
th{background:var(--soft)}code{font-family:ui-monospace,monospace;overflow-wrap:anywhere}\
blockquote{border-left:4px solid var(--inconclusive);margin-left:0;padding-left:1rem}\
pre{background:var(--soft);padding:.6rem .8rem;white-space:pre-wrap;overflow-wrap:anywhere}\
.pass{--verdict:var(--pass)}.fail{--verdict:var(--fail)}.inconclusive{--verdict:var(--inconclusive)}\
strong.pass,strong.fail,strong.inconclusive{color:var(--verdict)}\
details{border:1px solid var(--line);border-left:4px solid var(--verdict);padding:.35rem .8rem;margin:.6rem 0}\
summary{cursor:pointer}summary h3{display:inline;font-size:1rem;color:var(--verdict)}\
@media print{:root{color-scheme:light}.table{overflow:visible}details::details-content{content-visibility:visible;height:auto}}";

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
