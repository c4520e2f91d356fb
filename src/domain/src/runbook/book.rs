//! A runbook that was read.
//!
//! Two views of the same text stand side by side. [`Runbook::blocks`] is the whole document, in order, with nothing lost: it is
//! what the reading page shows. [`Runbook::procedures`] is what was understood of it: it is what a session runs.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use serde::{Deserialize, Serialize};

use super::diagnostics::{Diagnostic, Mention};
use super::document::Block;
use super::procedure::Procedure;

/// A runbook that was read. Reading never fails: what could not be understood is in `diagnostics`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Runbook {
    /// The first heading of level one, or the file's name when there is none.
    pub title: String,
    /// Audience, version, last updated, time to complete: what leading block quotes and closing lines say, in order.
    pub metadata: Vec<Metadata>,
    pub blocks: Vec<Block>,
    /// Its headings, in the order of the source: where a line of it is to be read.
    #[serde(default)]
    pub headings: Vec<HeadingAt>,
    /// What can be run from start to end.
    pub procedures: Vec<Procedure>,
    /// Contacts, glossaries, quick references, troubleshooting tables: shown and searched, never run.
    pub references: Vec<Reference>,
    /// Every gate and link that the source names, in its order: what `lint` looks up.
    #[serde(default)]
    pub mentions: Vec<Mention>,
    /// What was not understood, or is likely a mistake, in the order of the source.
    pub diagnostics: Vec<Diagnostic>,
}

/// A heading, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HeadingAt {
    /// From 1.
    pub line: u32,
    /// 1 to 6.
    pub level: u8,
    /// The fragment that links lead to.
    pub anchor: String,
    pub title: String,
}

/// One fact about the runbook itself, such as `Last updated: 2025-01-13`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Metadata {
    /// As written, without the colon: `Last updated`.
    pub name: String,
    /// As written: `2025-01-13`.
    pub value: String,
}

/// A part of the document to read and search, never to run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reference {
    /// Stable, as a procedure's.
    pub id: String,
    pub title: String,
    /// The line of its heading, from 1.
    pub line: u32,
    /// Table rows or list items in it.
    pub items: Vec<Vec<String>>,
    pub blocks: Vec<Block>,
}
