//! The JSON Schema of the JSON export: what `docs/export.schema.json` has, made of the types of which exports are made.

/// The schema, as a file.
pub const SCHEMA: &str = include_str!("../../../../docs/export.schema.json");

#[cfg(test)]
mod tests {
    use holdpoint_domain::drill::DrillScore;
    use holdpoint_domain::session::{Record, Standing};
    use serde_json::{Map, Value, json};
    use utoipa::OpenApi;

    use super::*;

    #[derive(OpenApi)]
    #[openapi(components(schemas(DrillScore, Record, Standing)))]
    struct Types;

    /// The schemas of the domain's types, with nothing in them but what is named.
    fn definitions() -> Map<String, Value> {
        let types = serde_json::to_value(Types::openapi()).expect("it is JSON");
        let Value::Object(mut definitions) = types["components"]["schemas"].clone() else {
            panic!("there are schemas");
        };
        definitions.iter_mut().for_each(|(_, schema)| close(schema, false));
        // What is a part of another schema is closed there, with the members that stand beside it.
        let mut parts = Vec::new();
        definitions.values().for_each(|schema| parts_of(schema, &mut parts));
        for name in parts {
            let part = definitions.get_mut(&name).and_then(Value::as_object_mut);
            part.expect("it is defined").remove("unevaluatedProperties");
        }
        definitions
    }

    /// The definitions that stand in an `allOf`.
    fn parts_of(schema: &Value, names: &mut Vec<String>) {
        if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
            let targets = parts
                .iter()
                .filter_map(|part| part.get("$ref")?.as_str()?.rsplit('/').next());
            names.extend(targets.map(str::to_owned));
        }
        match schema {
            Value::Object(members) => members.values().for_each(|member| parts_of(member, names)),
            Value::Array(items) => items.iter().for_each(|item| parts_of(item, names)),
            _ => {}
        }
    }

    /// Closes every object to other members. What is made of several schemas is closed as a whole.
    fn close(schema: &mut Value, part: bool) {
        match schema {
            Value::Object(members) => {
                if let Some(Value::String(target)) = members.get_mut("$ref") {
                    *target = target.replace("#/components/schemas/", "#/$defs/");
                }
                if let Some(Value::String(text)) = members.get_mut("description") {
                    *text = without_links(text);
                }
                let whole = members.contains_key("allOf");
                for (name, member) in members.iter_mut() {
                    match name.as_str() {
                        "properties" => {
                            let properties = member.as_object_mut().expect("an object");
                            properties.values_mut().for_each(|property| close(property, false));
                        }
                        "allOf" => {
                            let parts = member.as_array_mut().expect("a list");
                            parts.iter_mut().for_each(|part| close(part, true));
                        }
                        _ => close(member, false),
                    }
                }
                if (whole || members.contains_key("properties")) && !part {
                    members.insert("unevaluatedProperties".to_owned(), json!(false));
                }
                // Formats of numbers are OpenAPI's own.
                let number = members
                    .get("type")
                    .is_some_and(|kind| kind.to_string().contains("integer"));
                if number {
                    members.remove("format");
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| close(item, false)),
            _ => {}
        }
    }

    /// Documentation as readers of a file read it: what it links to is no address for them.
    fn without_links(text: &str) -> String {
        let text = text.replace("[`", "`").replace("`]", "`");
        ["super::", "Event::", "GateSnapshot::", "Procedure::", "Run::"]
            .iter()
            .fold(text, |text, path| text.replace(&format!("`{path}"), "`"))
    }

    fn object(required: &[&str], properties: Value) -> Value {
        json!({"type": "object", "required": required, "properties": properties, "unevaluatedProperties": false})
    }

    fn list(items: Value) -> Value {
        json!({"type": "array", "items": items})
    }

    fn made() -> Value {
        let (text, time, count) = (
            json!({"type": "string"}),
            json!({"type": "string", "format": "date-time"}),
            json!({"type": "integer", "minimum": 0}),
        );
        let (texts, hash) = (
            list(text.clone()),
            json!({"type": "string", "pattern": "^[0-9a-f]{64}$"}),
        );
        let or_null = |kind: &Value| {
            let mut kind = kind.clone();
            kind["type"] = json!([kind["type"], "null"]);
            kind
        };
        let id = json!({"type": "string", "format": "uuid"});
        let (record, standing) = (json!({"$ref": "#/$defs/Record"}), json!({"$ref": "#/$defs/Standing"}));
        let left_out = list(object(
            &["step", "reason"],
            json!({"step": text, "reason": text, "sub_step": {"const": true}}),
        ));
        let without_pass = object(
            &["step", "gate", "by", "at", "reason"],
            json!({"step": text, "gate": text, "by": text, "at": time, "reason": text, "passed": time}),
        );
        let ends = ["pass", "caution", "declaration", "rollback", "closed"];
        let hold = object(
            &["step", "gate", "from", "to", "seconds", "ended_by"],
            json!({
                "step": text, "gate": text, "from": time, "to": or_null(&time), "seconds": count,
                "ended_by": {"enum": [ends[0], ends[1], ends[2], ends[3], ends[4], null]},
            }),
        );
        let said = object(
            &["level", "by", "at", "reason"],
            json!({"level": {"$ref": "#/$defs/SeverityLevel"}, "by": text, "at": time, "reason": text}),
        );
        let action = object(
            &["number", "action", "owner", "due", "state"],
            json!({
                "number": {"type": "integer", "minimum": 1}, "action": text, "owner": text,
                "due": {"type": ["string", "null"], "format": "date"}, "state": {"$ref": "#/$defs/ActionState"},
                "stated": {"type": "array", "prefixItems": [time, text], "items": false, "minItems": 2},
            }),
        );
        let star = object(
            &["seq", "caption", "by"],
            json!({"seq": {"type": "integer", "minimum": 1}, "caption": text, "by": text}),
        );
        let post_mortem = object(
            &[],
            json!({
                "severity": said, "impact": text, "root_cause": texts, "factors": texts, "actions": list(action),
                "starred": list(star),
            }),
        );
        let summary = object(
            &[
                "id",
                "number",
                "runbook",
                "procedure",
                "environment",
                "rehearsal",
                "version",
                "git_sha",
                "captain",
                "severity",
                "standing",
                "created",
                "resolved",
                "done",
                "steps",
                "passed",
                "failed",
                "inconclusive",
                "undoes",
                "undone_by",
            ],
            json!({
                "id": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9]{2,}$"}, "number": count, "runbook": text,
                "procedure": text, "environment": text, "rehearsal": {"type": "boolean"}, "drill": {"const": true}, "version": text,
                "git_sha": text,
                "captain": text, "severity": {"enum": ["SEV-1", "SEV-2", "SEV-3", null]}, "standing": standing, "created": time,
                "resolved": or_null(&time), "done": count, "steps": count, "left_out": left_out, "passed": count, "failed": count,
                "inconclusive": count, "on_browsers_word": texts, "by_old_declaration": texts, "without_pass": list(without_pass),
                "holds": list(hold), "seconds_on_hold": count, "post_mortem": post_mortem, "undoes": or_null(&id), "undone_by": or_null(&id),
            }),
        );
        let known = json!({"oneOf": [{"type": "null"}, object(
            &["procedure", "version", "standing", "done", "steps", "closed"],
            json!({
                "procedure": text, "version": text, "standing": standing, "done": count, "steps": count, "left_out": left_out,
                "without_pass": texts, "closed": or_null(&time),
            }),
        )]});
        let linked = object(
            &["session", "known"],
            json!({"session": id, "known": known, "events": list(record.clone())}),
        );
        let mut file = object(
            &["format", "version", "rehearsal", "summary", "head", "events"],
            json!({
                "format": {"const": holdpoint_report::FORMAT},
                "version": {"const": holdpoint_report::FORMAT_VERSION},
                "made_by": text,
                "rehearsal": {"type": "boolean"},
                "summary": {"$ref": "#/$defs/Summary"},
                "drill_score": {"$ref": "#/$defs/DrillScore"},
                "linked": object(&[], json!({"undoes": {"$ref": "#/$defs/Linked"}, "undone_by": {"$ref": "#/$defs/Linked"}})),
                "head": object(&["seq", "hash"], json!({"seq": {"type": "integer", "minimum": 1}, "hash": hash})),
                "events": {"type": "array", "minItems": 1, "items": record},
            }),
        );
        let mut definitions = definitions();
        definitions.insert("Summary".to_owned(), summary);
        definitions.insert("Linked".to_owned(), linked);
        file["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
        file["title"] = json!("Holdpoint JSON export");
        file["description"] = json!(
            "A session's log with its chain. The schema says what stands where; whether the chain holds, `holdpoint verify` says."
        );
        file["$defs"] = Value::Object(definitions);
        file
    }

    /// To write it anew, run this test with HOLDPOINT_WRITE_SCHEMA=1.
    #[test]
    fn the_published_schema_is_that_of_the_types() {
        let made = made();
        if std::env::var_os("HOLDPOINT_WRITE_SCHEMA").is_some() {
            let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/export.schema.json");
            let text = serde_json::to_string_pretty(&made).expect("it is JSON") + "\n";
            std::fs::write(path, text).expect("it can be written");
            return;
        }
        // The order of members says nothing.
        let published: Value = serde_json::from_str(SCHEMA).expect("it is JSON");
        assert!(
            made == published,
            "docs/export.schema.json is not what the types make: see this test's comment"
        );
    }
}
