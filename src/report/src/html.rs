//! The report as a page of its own: the Markdown report, rendered, with raw HTML shown as the text it is.

use pulldown_cmark::{Event, Options, Parser, html};

use crate::header::ReportHeader;
use crate::markdown::Report;
use crate::visible::visible;

/// A page that needs nothing else: no script, no style from elsewhere.
pub(super) fn page(report: &Report, header: &ReportHeader) -> String {
    let mut body = String::new();
    push(&mut body, &report.before);
    push(&mut body, &report.evidence_heading);
    for part in &report.evidence {
        let open = if part.passed { "" } else { " open" };
        body += &format!("<details{open} id=\"event-{}\">\n<summary>", part.seq);
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
    let events = Parser::new_ext(markdown, Options::ENABLE_TABLES).map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        other => other,
    });
    html::push_html(body, events);
}

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;\
color:#1a1d21;background:#fffefb}table{border-collapse:collapse;width:100%;margin:1rem 0}\
th,td{border:1px solid #dcd8cd;padding:.35rem .6rem;text-align:left;vertical-align:top}\
th{background:#eeece5}code{font-family:ui-monospace,monospace}blockquote{border-left:4px solid #8f5200;margin-left:0;\
padding-left:1rem}pre{background:#f4f2ec;padding:.6rem .8rem;white-space:pre-wrap;overflow-wrap:anywhere}\
details{border:1px solid #dcd8cd;padding:.35rem .8rem;margin:.6rem 0}summary{cursor:pointer}summary h3{display:inline;font-size:1rem}\
@media print{details::details-content{content-visibility:visible;height:auto}}";

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
