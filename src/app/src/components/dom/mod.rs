//! Elements that are put together one by one, without a type of their own for each combination.
//!
//! Leptos compiles a view's machinery again for each shape of view, and for each closure in it. Elements made here have one
//! type, and what follows a signal in them is boxed, so that the machinery is compiled once. There are nodes, attributes and
//! text, and no HTML in between.

mod live;

pub use live::{is_checked, listen_to_window, true_or_false, value_of};

use std::any::Any;

use leptos::prelude::document;
use wasm_bindgen::JsValue;
use web_sys::{Element, Node};

/// An element that is being put together. It is one word, so that the next method takes it without the stack.
pub struct El(Box<Made>);

struct Made {
    node: Element,
    /// What must live as long as the element: effects that follow signals, listeners, views inside.
    kept: Vec<Box<dyn Any>>,
}

impl El {
    #[inline(never)]
    fn made(made: Result<Element, JsValue>) -> Self {
        let node = made.expect("the page names only tags that there are");
        Self(Box::new(Made { node, kept: Vec::new() }))
    }

    fn node(&self) -> &Element {
        &self.0.node
    }

    /// With something that lives as long as the element.
    fn keep(&mut self, what: Box<dyn Any>) {
        self.0.kept.push(what);
    }
}

/// An element with this tag.
#[must_use]
#[inline(never)]
pub fn el(tag: &str) -> El {
    El::made(document().create_element(tag))
}

/// A button with classes.
#[must_use]
#[inline(never)]
pub fn button(classes: &str) -> El {
    el("button").attr("type", "button").class(classes)
}

/// A word or a sentence with classes of its own within a line.
#[must_use]
#[inline(never)]
pub fn phrase(classes: &str) -> El {
    el("span").class(classes)
}

/// A part of the page with classes.
#[must_use]
#[inline(never)]
pub fn div(classes: &str) -> El {
    el("div").class(classes)
}

/// A paragraph with classes.
#[must_use]
#[inline(never)]
pub fn paragraph(classes: &str) -> El {
    el("p").class(classes)
}

/// An element of a drawing.
#[must_use]
#[inline(never)]
pub fn svg(tag: &str) -> El {
    El::made(document().create_element_ns(Some("http://www.w3.org/2000/svg"), tag))
}

impl El {
    /// With an attribute.
    #[must_use]
    #[inline(never)]
    pub fn attr(self, name: &str, value: &str) -> Self {
        set_attribute(self.node(), name, value);
        self
    }

    /// With classes.
    #[must_use]
    #[inline(never)]
    pub fn class(self, classes: &str) -> Self {
        self.attr("class", classes)
    }

    /// With an id.
    #[must_use]
    #[inline(never)]
    pub fn id(self, id: &str) -> Self {
        self.attr("id", id)
    }

    /// With a role.
    #[must_use]
    #[inline(never)]
    pub fn role(self, role: &str) -> Self {
        self.attr("role", role)
    }

    /// With a name for those who do not see it.
    #[must_use]
    #[inline(never)]
    pub fn label(self, name: &str) -> Self {
        self.attr("aria-label", name)
    }

    /// With a text after what it holds already.
    #[must_use]
    #[inline(never)]
    pub fn text(self, text: &str) -> Self {
        append(self.node(), &document().create_text_node(text));
        self
    }

    /// With an element after what it holds already.
    #[must_use]
    #[inline(never)]
    pub fn child(mut self, child: El) -> Self {
        append(self.node(), child.node());
        self.0.kept.extend(child.0.kept);
        self
    }

    /// With elements after what it holds already.
    #[must_use]
    pub fn children(self, children: impl IntoIterator<Item = El>) -> Self {
        children.into_iter().fold(self, El::child)
    }

    /// With these elements after what it holds already.
    #[must_use]
    #[inline(never)]
    pub fn all(self, children: Vec<El>) -> Self {
        self.children(children)
    }

    /// With an element for each of these after what it holds already.
    #[must_use]
    #[inline(always)]
    pub fn each<T>(self, items: &[T], make: impl Fn(&T) -> El) -> Self {
        let mut into = self;
        for item in items {
            into = into.child(make(item));
        }
        into
    }

    /// Puts it at the page's end, where it stays as long as the page.
    pub fn stay(self) {
        if let Some(body) = document().body() {
            append(&body, self.node());
        }
        std::mem::forget(self);
    }

    /// With every input in it turned off.
    #[must_use]
    pub fn disable_inputs(self) -> Self {
        if let Ok(Some(input)) = self.node().query_selector("input") {
            set_attribute(&input, "disabled", "");
        }
        self
    }
}

/// Says in the browser's console what did not work, and the browser's own words for it.
#[inline(never)]
pub fn report(what: &str, error: &JsValue) {
    web_sys::console::error_2(&JsValue::from_str(what), error);
}

#[inline(never)]
fn append(parent: &Node, node: &Node) {
    parent
        .append_child(node)
        .expect("a node of ours can stand in an element of ours");
}

#[inline(never)]
fn set_attribute(node: &Element, name: &str, value: &str) {
    node.set_attribute(name, value)
        .expect("the page names only attributes that there are");
}
