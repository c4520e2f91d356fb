//! Reading a JSON export from its first byte to its last without keeping its events.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{self, BufReader, Read};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::log::{LogCheck, read_strictly};
use super::told::VerifyError;

/// Bytes that are read at once.
const AT_ONCE: usize = 64 * 1024;

/// A JSON export as it was read.
#[derive(Default)]
pub(super) struct File {
    /// Members that are no logs.
    pub(super) members: BTreeMap<String, Value>,
    pub(super) own: Own,
    pub(super) linked: Option<Linked>,
    seen: BTreeSet<String>,
    /// The first thing that can be read in two ways, or not at all.
    wrong: Option<VerifyError>,
}

/// The member `events`.
#[derive(Default)]
pub(super) struct Own {
    /// None where it is no list.
    pub(super) log: Option<LogCheck>,
    places: BTreeSet<u64>,
    /// The hashes at the places that are asked for.
    pub(super) hashes: BTreeMap<u64, String>,
}

/// The member `linked`.
#[derive(Default)]
pub(super) struct Linked {
    /// By role. None for `null`.
    pub(super) sessions: BTreeMap<String, Option<LinkedOne>>,
    seen: BTreeSet<String>,
    wrong: Option<VerifyError>,
    is_object: bool,
}

/// A linked session.
#[derive(Default)]
pub(super) struct LinkedOne {
    pub(super) members: BTreeMap<String, Value>,
    pub(super) log: Option<LogCheck>,
    seen: BTreeSet<String>,
    wrong: Option<VerifyError>,
    is_object: bool,
}

impl File {
    /// Reads a file to its end.
    pub(super) fn read(reader: impl Read, places: &BTreeSet<u64>) -> io::Result<Result<Self, VerifyError>> {
        let mut file = Self::default();
        file.own.places.clone_from(places);
        let mut json = serde_json::Deserializer::from_reader(BufReader::with_capacity(AT_ONCE, reader));
        let read = Pieces(&mut file).deserialize(&mut json).and_then(|()| json.end());
        match read {
            Err(error) if error.is_io() => Err(error.into()),
            Err(error) => Ok(Err(VerifyError::NotJson(file.where_it_ends(&error)))),
            Ok(()) => Ok(match file.take_wrong() {
                Some(error) => Err(error),
                None => Ok(file),
            }),
        }
    }

    fn where_it_ends(&self, error: &serde_json::Error) -> String {
        let broken = self.own.log.as_ref().filter(|own| !own.whole);
        let place = broken.map_or_else(String::new, |own| format!(" in event {}", own.given + 1));
        match error.is_eof() {
            true => format!("it is not whole, and ends{place} ({error})"),
            false => format!("{error}{}", if place.is_empty() { place } else { format!(",{place}") }),
        }
    }

    fn take_wrong(&mut self) -> Option<VerifyError> {
        let linked = self.linked.iter_mut().flat_map(|linked| {
            let ones = linked.sessions.values_mut().flatten();
            let wrong = ones.filter_map(|one| one.wrong.take().or_else(|| one.log.as_mut()?.twice()));
            linked.wrong.take().into_iter().chain(wrong)
        });
        let own = self.own.log.iter_mut().filter_map(LogCheck::twice);
        self.wrong.take().into_iter().chain(own).chain(linked).next()
    }
}

impl Linked {
    pub(super) fn is_object(&self) -> bool {
        self.is_object && self.sessions.values().flatten().all(|one| one.is_object)
    }
}

/// What takes a value of JSON piece by piece. A value that is neither object nor list has no pieces.
trait Whole {
    fn begin_object(&mut self) {}

    /// A member of an object; its value is to be taken from `map`.
    fn member<'de, M: MapAccess<'de>>(&mut self, _name: String, map: &mut M) -> Result<(), M::Error> {
        map.next_value::<IgnoredAny>().map(|_| ())
    }

    fn begin_list(&mut self) {}

    /// An item of a list, as it stands there.
    fn item(&mut self, _text: &str) {}

    fn end_list(&mut self) {}
}

struct Pieces<'a, T>(&'a mut T);

impl<'de, T: Whole> DeserializeSeed<'de> for Pieces<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Whole> Visitor<'de> for Pieces<'_, T> {
    type Value = ();

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("JSON")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        self.0.begin_object();
        while let Some(name) = map.next_key::<String>()? {
            self.0.member(name, &mut map)?;
        }
        Ok(())
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut items: S) -> Result<(), S::Error> {
        self.0.begin_list();
        while let Some(item) = items.next_element::<Box<RawValue>>()? {
            self.0.item(item.get());
        }
        self.0.end_list();
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// Keeps a member that is no log.
fn keep<'de, M: MapAccess<'de>>(
    name: String,
    map: &mut M,
    members: &mut BTreeMap<String, Value>,
    wrong: &mut Option<VerifyError>,
) -> Result<(), M::Error> {
    let text = map.next_value::<Box<RawValue>>()?;
    let read = read_strictly(text.get(), 0)
        .and_then(|()| serde_json::from_str(text.get()).map_err(|error| VerifyError::NotJson(error.to_string())));
    match read {
        Ok(value) => {
            members.insert(name, value);
        }
        Err(error) => {
            wrong.get_or_insert(error);
        }
    }
    Ok(())
}

/// Whether the member is the first of its name; another one is passed over, and said to be wrong.
fn first_of_name<'de, M: MapAccess<'de>>(
    name: &str,
    map: &mut M,
    seen: &mut BTreeSet<String>,
    wrong: &mut Option<VerifyError>,
) -> Result<bool, M::Error> {
    let first = seen.insert(name.to_owned());
    if !first {
        map.next_value::<IgnoredAny>()?;
        wrong.get_or_insert(VerifyError::Twice(format!(
            "the key “{name}” stands twice in one object"
        )));
    }
    Ok(first)
}

impl Whole for File {
    fn member<'de, M: MapAccess<'de>>(&mut self, name: String, map: &mut M) -> Result<(), M::Error> {
        if !first_of_name(&name, map, &mut self.seen, &mut self.wrong)? {
            return Ok(());
        }
        match name.as_str() {
            "events" => map.next_value_seed(Pieces(&mut self.own)),
            "linked" => map.next_value_seed(Pieces(self.linked.insert(Linked::default()))),
            _ => keep(name, map, &mut self.members, &mut self.wrong),
        }
    }
}

impl Whole for Linked {
    fn begin_object(&mut self) {
        self.is_object = true;
    }

    fn member<'de, M: MapAccess<'de>>(&mut self, name: String, map: &mut M) -> Result<(), M::Error> {
        if !first_of_name(&name, map, &mut self.seen, &mut self.wrong)? {
            return Ok(());
        }
        let mut one = Some(LinkedOne::default());
        map.next_value_seed(Pieces(&mut one))?;
        self.sessions.insert(name, one);
        Ok(())
    }
}

/// A linked session, or `null`.
impl Whole for Option<LinkedOne> {
    fn begin_object(&mut self) {
        self.get_or_insert_default().is_object = true;
    }

    fn member<'de, M: MapAccess<'de>>(&mut self, name: String, map: &mut M) -> Result<(), M::Error> {
        let one = self.get_or_insert_default();
        if !first_of_name(&name, map, &mut one.seen, &mut one.wrong)? {
            return Ok(());
        }
        match name.as_str() {
            "events" => map.next_value_seed(Pieces(&mut one.log)),
            _ => keep(name, map, &mut one.members, &mut one.wrong),
        }
    }
}

impl Whole for Own {
    fn begin_list(&mut self) {
        self.log.begin_list();
    }

    fn item(&mut self, text: &str) {
        self.log.item(text);
        if let Some(log) = self.log.as_ref().filter(|log| self.places.contains(&log.given))
            && let Some(hash) = log.head()
        {
            self.hashes.insert(log.given, hash.to_owned());
        }
    }

    fn end_list(&mut self) {
        self.log.end_list();
    }
}

/// A log, where it is a list.
impl Whole for Option<LogCheck> {
    fn begin_list(&mut self) {
        *self = Some(LogCheck::default());
    }

    fn item(&mut self, text: &str) {
        if let Some(log) = self {
            log.take(text);
        }
    }

    fn end_list(&mut self) {
        if let Some(log) = self {
            log.whole = true;
        }
    }
}
