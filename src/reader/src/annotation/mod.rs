//! Annotations: `<!-- holdpoint: gate=api-health timebox=15m -->`, what authors say to Holdpoint and GitHub does not show.

mod args;
mod parse;

pub(super) use args::{AnnotationArgs, ArgValues, Directive, StepsFrom};
pub(super) use parse::directives;
