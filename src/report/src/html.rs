//! The report as a page of its own: the Markdown report, rendered, with raw HTML shown as the text it is.

use pulldown_cmark::{Event, Options, Parser, html};

use crate::header::ReportHeader;
use crate::visible::visible;

/// A page that needs nothing else: no script, no style from elsewhere.
pub(super) fn page(report: &str, header: &ReportHeader) -> String {
    let events = Parser::new_ext(report, Options::ENABLE_TABLES).map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        other => other,
    });
    let mut body = String::with_capacity(report.len() * 2);
    html::push_html(&mut body, events);
    let title = escape(&visible(&format!("{} {}", header.id, header.procedure)));
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )
}

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;\
color:#1a1d21;background:#fffefb}table{border-collapse:collapse;width:100%;margin:1rem 0}\
th,td{border:1px solid #dcd8cd;padding:.35rem .6rem;text-align:left;vertical-align:top}\
th{background:#eeece5}code{font-family:ui-monospace,monospace}blockquote{border-left:4px solid #8f5200;margin-left:0;\
padding-left:1rem}";

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
