//! Elements that are put together one by one, without a type of their own for each combination.
//!
//! Leptos compiles a view's machinery again for each shape of view. Runbook text has dozens of shapes and never changes once
//! it stands, so it is built from these instead: nodes, attributes and text, and no HTML in between.

mod place;

pub use place::Nodes;

use leptos::prelude::document;
use web_sys::{Element, Node};

/// An element that is being put together.
pub struct El {
    node: Element,
}

/// An element with this tag.
#[must_use]
pub fn el(tag: &str) -> El {
    El {
        node: document()
            .create_element(tag)
            .expect("the page names only tags that there are"),
    }
}

/// An element of a drawing.
#[must_use]
pub fn svg(tag: &str) -> El {
    let made = document().create_element_ns(Some("http://www.w3.org/2000/svg"), tag);
    El {
        node: made.expect("the page names only tags that there are"),
    }
}

impl El {
    /// With an attribute.
    #[must_use]
    pub fn attr(self, name: &str, value: &str) -> Self {
        self.node
            .set_attribute(name, value)
            .expect("the page names only attributes that there are");
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
        self.append(&document().create_text_node(text));
        self
    }

    /// With an element after what it holds already.
    #[must_use]
    pub fn child(self, child: El) -> Self {
        self.append(&child.node);
        self
    }

    /// With elements after what it holds already.
    #[must_use]
    pub fn children(self, children: impl IntoIterator<Item = El>) -> Self {
        children.into_iter().fold(self, El::child)
    }

    fn append(&self, node: &Node) {
        self.node
            .append_child(node)
            .expect("a new node can stand in a new element");
    }

    /// As the content of a view.
    #[must_use]
    pub fn view(self) -> Nodes {
        Nodes::new(vec![self])
    }
}
