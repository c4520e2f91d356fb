//! The report as a page of its own: the Markdown report, rendered, with raw HTML shown as the text it is.

use std::io::Write;

use holdpoint_domain::gate::Outcome;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};

use crate::error::ExportError;
use crate::evidence::word;
use crate::evidence_part::EvidencePart;
use crate::markdown::report;
use crate::paper::{Paper, Rows};
use crate::timeline_svg;
use crate::told::Told;
use crate::visible::visible;

/// Rows of a long table that are rendered together.
const BATCH: usize = 256;

/// A page that needs nothing else: no script, no style from elsewhere.
pub(super) fn page<W: Write>(out: W, told: &Told<'_>) -> Result<(), ExportError> {
    let title = escape(&visible(&format!("{} {}", told.header.id, told.header.procedure)));
    let mut page = Page {
        out,
        body: String::new(),
    };
    write!(
        page.out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
    )?;
    report(&mut page, told)?;
    page.out.write_all(b"</main>\n</body>\n</html>\n")?;
    Ok(())
}

/// A report that becomes a page.
struct Page<W> {
    out: W,
    /// What was rendered and not yet written.
    body: String,
}

impl<W: Write> Page<W> {
    fn flush(&mut self) -> Result<(), ExportError> {
        self.out.write_all(self.body.as_bytes())?;
        self.body.clear();
        Ok(())
    }
}

impl<W: Write> Paper for Page<W> {
    fn text(&mut self, markdown: &str) -> Result<(), ExportError> {
        push(&mut self.body, markdown);
        self.flush()
    }

    /// Each batch of rows is rendered as a table of its own, with the head that tells the columns; of all but the first only the rows
    /// are written, and the end of the table once.
    fn table(&mut self, head: &str, rows: &mut Rows<'_>) -> Result<(), ExportError> {
        let mut end = String::new();
        for batch in 0_usize.. {
            let mut markdown = head.to_owned();
            let mut taken = 0;
            for row in (&mut *rows).take(BATCH) {
                markdown += &row?;
                taken += 1;
            }
            if taken == 0 && batch > 0 {
                break;
            }
            push(&mut self.body, &markdown);
            if let Some(at) = self.body.rfind(ROWS_END) {
                end = self.body.split_off(at);
            }
            if batch > 0
                && let Some(at) = self.body.find(ROWS_BEGIN)
            {
                self.body.drain(..at + ROWS_BEGIN.len());
            }
            self.flush()?;
        }
        self.body = end;
        self.flush()
    }

    fn picture(&mut self, told: &Told<'_>) -> Result<(), ExportError> {
        self.body += &timeline_svg::of(told)?;
        self.flush()
    }

    fn evidence(&mut self, part: &EvidencePart) -> Result<(), ExportError> {
        let open = if part.passed { "" } else { " open" };
        let class = class(part.outcome);
        self.body += &format!("<details{open} id=\"event-{}\" class=\"{class}\">\n<summary>", part.seq);
        push(&mut self.body, &part.heading());
        self.body += "</summary>\n";
        push(&mut self.body, &part.text);
        self.body += "</details>\n";
        self.flush()
    }
}

/// What stands before and after the rows of a rendered table. No text has them: a `<` of it is escaped.
const ROWS_BEGIN: &str = "<tbody>\n";
const ROWS_END: &str = "</tbody>";

/// A part of a report by itself.
pub(super) fn rendered(markdown: &str) -> String {
    let mut body = String::new();
    push(&mut body, markdown);
    body
}

/// Renders Markdown. Each part is rendered by itself, so that nothing in one reaches into another.
fn push(body: &mut String, markdown: &str) {
    let mut verdicts = Verdicts::default();
    let events = Parser::new_ext(markdown, Options::ENABLE_TABLES).flat_map(|event| {
        let [before, event, after] = match event {
            Event::Html(text) | Event::InlineHtml(text) => [None, Some(Event::Text(text)), None],
            // A wide table scrolls by itself, and the page does not; by keyboard, too.
            Event::Start(Tag::Table(_)) => [
                Some(raw(
                    "<div class=\"table\" tabindex=\"0\" role=\"group\" aria-label=\"Table\">\n",
                )),
                Some(event),
                None,
            ],
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
