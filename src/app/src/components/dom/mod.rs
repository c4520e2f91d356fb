//! Elements that are put together one by one, without a type of their own for each combination.
//!
//! Leptos compiles a view's machinery again for each shape of view, and for each closure in it. Elements made here have one
//! type, and what follows a signal in them is boxed, so that the machinery is compiled once. There are nodes, attributes and
//! text, and no HTML in between.

mod live;
mod place;

pub use place::Nodes;

use std::any::Any;

use leptos::prelude::document;
use web_sys::{Element, Node};

/// An element that is being put together.
pub struct El {
    node: Element,
    /// What must live as long as the element: effects that follow signals, listeners, views inside.
    kept: Vec<Box<dyn Any>>,
}

/// An element with this tag.
#[must_use]
pub fn el(tag: &str) -> El {
    let node = document()
        .create_element(tag)
        .expect("the page names only tags that there are");
    El { node, kept: Vec::new() }
}

/// A button with classes.
#[must_use]
pub fn button(classes: &str) -> El {
    el("button").attr("type", "button").class(classes)
}

/// An element of a drawing.
#[must_use]
pub fn svg(tag: &str) -> El {
    let made = document().create_element_ns(Some("http://www.w3.org/2000/svg"), tag);
    El {
        node: made.expect("the page names only tags that there are"),
        kept: Vec::new(),
    }
}

impl El {
    /// With an attribute.
    #[must_use]
    pub fn attr(self, name: &str, value: &str) -> Self {
        set_attribute(&self.node, name, value);
        self
    }

    /// With classes.
    #[must_use]
    pub fn class(self, classes: &str) -> Self {
        self.attr("class", classes)
    }

    /// With a text after what it holds already.
    #[must_use]
    pub fn text(self, text: &str) -> Self {
        append(&self.node, &document().create_text_node(text));
        self
    }

    /// With an element after what it holds already.
    #[must_use]
    pub fn child(mut self, child: El) -> Self {
        append(&self.node, &child.node);
        self.kept.extend(child.kept);
        self
    }

    /// With elements after what it holds already.
    #[must_use]
    pub fn children(self, children: impl IntoIterator<Item = El>) -> Self {
        children.into_iter().fold(self, El::child)
    }

    /// With every input in it turned off.
    #[must_use]
    pub fn disable_inputs(self) -> Self {
        if let Ok(Some(input)) = self.node.query_selector("input") {
            set_attribute(&input, "disabled", "");
        }
        self
    }
}

fn append(parent: &Node, node: &Node) {
    parent
        .append_child(node)
        .expect("a node of ours can stand in an element of ours");
}

fn set_attribute(node: &Element, name: &str, value: &str) {
    node.set_attribute(name, value)
        .expect("the page names only attributes that there are");
}
