//! Annotations: `<!-- holdpoint: gate=api-health timebox=15m -->`, what authors say to Holdpoint and GitHub does not show.

mod args;
mod near;
mod parse;
mod stray;

pub(super) use args::{AnnotationArgs, ArgValues, Directive, StepsFrom};
pub(super) use parse::directives;
pub(super) use stray::{Covered, CoveredBy, remark_strays};
