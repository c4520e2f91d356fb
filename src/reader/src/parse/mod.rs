//! Markdown to blocks. Beside each block stands a [`Mark`](crate::blocks::Mark) that says where it is in the source.

mod builder;
mod container;
mod events;
mod pieces;

use pulldown_cmark::{Options, Parser};

use crate::front_matter::FrontMatter;
use crate::source::Source;
use builder::BlockBuilder;
pub(super) use builder::Document;

/// GitHub's Markdown. Everything that parses a runbook uses these options.
#[must_use]
pub fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_GFM
        | Options::ENABLE_FOOTNOTES
}

/// Parses a source. Its front matter becomes a block of code.
pub(super) fn parse(source: &Source<'_>, front_matter: Option<&FrontMatter<'_>>) -> Document {
    let mut builder = BlockBuilder::new(source);
    let from = front_matter.map_or(0, |said| said.end);
    if let Some(said) = front_matter {
        builder.front_matter(said);
    }
    for (event, range) in Parser::new_ext(&source.text[from..], options()).into_offset_iter() {
        builder.event(event, from + range.start, from + range.end);
    }
    builder.finish()
}
