//! Elements of ours within a Leptos view.

use leptos::prelude::*;
use leptos::tachys::html::attribute::Attribute;
use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::view::add_attr::AddAnyAttr;
use leptos::tachys::view::{Mountable, Position, PositionState, Render, RenderHtml};
use web_sys::{Comment, Element, Node};

use super::{El, report};

/// Elements that stand side by side in a view.
pub struct Nodes(StoredValue<Vec<El>, LocalStorage>);

impl Nodes {
    /// These elements.
    #[must_use]
    pub fn new(elements: Vec<El>) -> Self {
        // A view has to be able to go to another thread. There is none in a browser, and a local value says so.
        Self(StoredValue::new_local(elements))
    }
}

/// Elements in their place, and the comment that marks its end.
pub struct Placed {
    elements: Vec<El>,
    end: Comment,
}

impl Placed {
    fn first(&self) -> &Node {
        self.elements.first().map_or(&self.end, |element| element.node())
    }
}

impl Mountable for Placed {
    fn unmount(&mut self) {
        self.elements.iter().for_each(|element| element.node().remove());
        self.end.remove();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        let nodes = self
            .elements
            .iter()
            .map(|element| AsRef::<Node>::as_ref(element.node()))
            .chain([self.end.as_ref()]);
        for node in nodes {
            if let Err(error) = parent.insert_before(node, marker) {
                report("an element could not be put in its place", &error);
            }
        }
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        let Some(parent) = self.first().parent_element() else {
            return false;
        };
        child.mount(&parent, Some(self.first()));
        true
    }

    fn elements(&self) -> Vec<Element> {
        self.elements.iter().map(|element| element.node().clone()).collect()
    }
}

impl Render for Nodes {
    type State = Placed;

    fn build(self) -> Placed {
        Placed {
            elements: self.0.try_update_value(std::mem::take).unwrap_or_default(),
            end: document().create_comment(""),
        }
    }

    fn rebuild(self, state: &mut Placed) {
        let mut new = self.build();
        state.insert_before_this(&mut new);
        state.unmount();
        *state = new;
    }
}

impl AddAnyAttr for Nodes {
    type Output<SomeNewAttr: Attribute> = Self;

    fn add_any_attr<NewAttr: Attribute>(self, _: NewAttr) -> Self {
        self
    }
}

/// The page is rendered in the browser alone, so nothing is ever written as HTML or taken over from it.
impl RenderHtml for Nodes {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(self, _: &mut String, _: &mut Position, _: bool, _: bool, _: Vec<AnyAttribute>) {}

    fn hydrate<const FROM_SERVER: bool>(self, _: &Cursor, _: &PositionState) -> Placed {
        self.build()
    }

    fn into_owned(self) -> Self {
        self
    }
}
