//! Markdown to blocks. Beside each block stands a [`Mark`](crate::blocks::Mark) that says where it is in the source.

mod builder;
mod container;
mod events;
mod pieces;

use pulldown_cmark::{Options, Parser};

use crate::source::Source;
use builder::BlockBuilder;
pub(super) use builder::Document;

/// GitHub's Markdown. Everything that parses a runbook uses these options.
#[must_use]
pub fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_GFM
}

pub(super) fn parse(source: &Source<'_>) -> Document {
    let mut builder = BlockBuilder::new(source);
    for (event, range) in Parser::new_ext(source.text, options()).into_offset_iter() {
        builder.event(event, range.start, range.end);
    }
    builder.finish()
}
