//! What a report is written on, part by part.

use std::io::Write;

use crate::error::ExportError;
use crate::evidence_part::EvidencePart;
use crate::told::Told;

/// The rows of a table, each a line of Markdown with its line feed.
pub(super) type Rows<'a> = dyn Iterator<Item = Result<String, ExportError>> + 'a;

/// Takes a report part by part, each as Markdown that is whole by itself.
pub(super) trait Paper {
    /// Paragraphs, lists and small tables.
    fn text(&mut self, markdown: &str) -> Result<(), ExportError>;

    /// A table of any length. The head is its first two lines.
    fn table(&mut self, head: &str, rows: &mut Rows<'_>) -> Result<(), ExportError>;

    /// Whether people write on it, so that it has places for what nobody wrote yet.
    fn is_filled_in(&self) -> bool;

    /// The timeline to scale, where the paper takes pictures.
    fn picture(&mut self, told: &Told<'_>) -> Result<(), ExportError>;

    /// The evidence of one event.
    fn evidence(&mut self, part: &EvidencePart) -> Result<(), ExportError>;
}

/// A report that stays Markdown.
pub(super) struct Plain<W>(pub W);

impl<W: Write> Paper for Plain<W> {
    fn text(&mut self, markdown: &str) -> Result<(), ExportError> {
        Ok(self.0.write_all(markdown.as_bytes())?)
    }

    fn table(&mut self, head: &str, rows: &mut Rows<'_>) -> Result<(), ExportError> {
        self.text(head)?;
        for row in rows {
            self.text(&row?)?;
        }
        self.text("\n")
    }

    fn is_filled_in(&self) -> bool {
        true
    }

    fn picture(&mut self, _: &Told<'_>) -> Result<(), ExportError> {
        Ok(())
    }

    fn evidence(&mut self, part: &EvidencePart) -> Result<(), ExportError> {
        self.text(&part.heading())?;
        self.text(&part.text)
    }
}
