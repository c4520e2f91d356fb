//! What follows signals in an element, and what it does when somebody uses it.

use std::cell::RefCell;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event};

use super::{El, append, set_attribute};

impl El {
    /// Does something now, and again whenever a signal changes that it reads.
    fn follow(mut self, work: Box<dyn Fn()>) -> Self {
        self.kept.push(Box::new(RenderEffect::new(move |_: Option<()>| work())));
        self
    }

    /// Does something to the element now, and again whenever a signal changes that it reads.
    #[must_use]
    pub fn live(self, work: impl Fn(&Element) + 'static) -> Self {
        let node = self.node.clone();
        self.follow(Box::new(move || work(&node)))
    }

    /// With a text that follows signals.
    #[must_use]
    pub fn live_text(self, text: impl Fn() -> String + 'static) -> Self {
        self.text_that_follows(Box::new(text))
    }

    fn text_that_follows(self, text: Box<dyn Fn() -> String>) -> Self {
        let node = document().create_text_node("");
        append(&self.node, &node);
        self.follow(Box::new(move || {
            let text = text();
            if node.data() != text {
                node.set_data(&text);
            }
        }))
    }

    /// With an attribute that follows signals; without it where there is no value.
    #[must_use]
    pub fn live_attr(self, name: &'static str, value: impl Fn() -> Option<String> + 'static) -> Self {
        self.attribute_that_follows(name, Box::new(value))
    }

    /// With classes that follow signals.
    #[must_use]
    pub fn live_class(self, classes: impl Fn() -> String + 'static) -> Self {
        self.attribute_that_follows("class", Box::new(move || Some(classes())))
    }

    fn attribute_that_follows(self, name: &'static str, value: Box<dyn Fn() -> Option<String>>) -> Self {
        let node = self.node.clone();
        self.follow(Box::new(move || match value() {
            Some(value) if node.get_attribute(name).as_ref() != Some(&value) => set_attribute(&node, name, &value),
            Some(_) => {}
            None if node.has_attribute(name) => {
                node.remove_attribute(name)
                    .expect("an attribute that is there can be taken away");
            }
            None => {}
        }))
    }

    /// With a property, such as `checked`, that follows signals.
    #[must_use]
    pub fn live_flag(self, property: &'static str, value: impl Fn() -> bool + 'static) -> Self {
        let node = self.node.clone();
        self.follow(Box::new(move || {
            if let Err(error) = js_sys::Reflect::set(&node, &property.into(), &value().into()) {
                leptos::logging::error!("{property} could not be set: {error:?}");
            }
        }))
    }

    /// With the value of an input that follows a signal. What is typed stays as long as the signal says the same.
    #[must_use]
    pub fn live_value(self, value: impl Fn() -> String + 'static) -> Self {
        let node = self.node.clone();
        self.follow(Box::new(move || {
            let value = value();
            let shown = js_sys::Reflect::get(&node, &"value".into())
                .ok()
                .and_then(|shown| shown.as_string());
            if shown.as_ref() != Some(&value)
                && let Err(error) = js_sys::Reflect::set(&node, &"value".into(), &value.into())
            {
                leptos::logging::error!("a value could not be set: {error:?}");
            }
        }))
    }

    /// With nothing in it but elements that follow signals: all are made anew when one changes.
    #[must_use]
    pub fn live_children(self, children: impl Fn() -> Vec<El> + 'static) -> Self {
        self.children_that_follow(Box::new(children))
    }

    fn children_that_follow(self, children: Box<dyn Fn() -> Vec<El>>) -> Self {
        let parent = self.node.clone();
        let shown: RefCell<Vec<El>> = RefCell::new(Vec::new());
        self.follow(Box::new(move || {
            let new = children();
            parent.set_text_content(None);
            new.iter().for_each(|child| append(&parent, &child.node));
            // What followed signals for the elements before ends here.
            shown.replace(new);
        }))
    }

    /// With nothing in it but a list whose lines stay as they are as long as their keys do.
    #[must_use]
    pub fn live_list(self, keys: impl Fn() -> Vec<String> + 'static, make: impl Fn(&str) -> El + 'static) -> Self {
        self.list_that_follows(Box::new(keys), Box::new(make))
    }

    fn list_that_follows(self, keys: Box<dyn Fn() -> Vec<String>>, make: Box<dyn Fn(&str) -> El>) -> Self {
        let parent = self.node.clone();
        let shown: RefCell<Vec<(String, El)>> = RefCell::new(Vec::new());
        // A line outlives the run that made it, and so must the signals that it made: each line owns its own.
        let list_owner = Owner::current().unwrap_or_default();
        self.follow(Box::new(move || {
            let mut old: std::collections::HashMap<String, El> = shown.take().into_iter().collect();
            let mut new = Vec::new();
            for key in keys() {
                let line = old.remove(&key).unwrap_or_else(|| {
                    let owner = list_owner.child();
                    let mut line = owner.with(|| untrack(|| make(&key)));
                    line.kept.push(Box::new(owner));
                    line
                });
                new.push((key, line));
            }
            old.into_values().for_each(|gone| gone.node.remove());
            // From the end, so that each line knows the one that it has to stand before.
            let mut next: Option<web_sys::Node> = None;
            for (_, line) in new.iter().rev() {
                if line.node.parent_node().is_none() || line.node.next_sibling() != next {
                    let placed = parent.insert_before(&line.node, next.as_ref());
                    placed.expect("a line of ours can stand in its list");
                }
                next = Some(line.node.clone().into());
            }
            shown.replace(new);
        }))
    }

    /// Does something when an event comes to it.
    #[must_use]
    pub fn on(self, event: &str, act: impl FnMut(Event) + 'static) -> Self {
        self.listen(event, Box::new(act))
    }

    fn listen(mut self, event: &str, act: Box<dyn FnMut(Event)>) -> Self {
        let closure: Closure<dyn FnMut(Event)> = Closure::wrap(act);
        let added = self
            .node
            .add_event_listener_with_callback(event, closure.as_ref().unchecked_ref());
        added.expect("an element takes listeners");
        self.kept.push(Box::new(Listener {
            node: self.node.clone(),
            event: event.to_owned(),
            closure,
        }));
        self
    }
}

/// A listener that leaves its element before it goes. Browsers still send events (`blur`, `close`) to elements that are
/// being taken away, and one that reached a dropped closure would be an error.
struct Listener {
    node: Element,
    event: String,
    closure: Closure<dyn FnMut(Event)>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        let removed = self
            .node
            .remove_event_listener_with_callback(&self.event, self.closure.as_ref().unchecked_ref());
        removed.expect("an element lets its listeners go");
    }
}
