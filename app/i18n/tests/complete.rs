//! Both languages say everything: the same keys with the same blanks, none of them empty.

use serde_json::Value;
use std::{collections::BTreeMap, fs, path::Path};

/// Every text of a language under `namespace.key`, with the blanks that it fills.
fn texts(language: &str) -> BTreeMap<String, (String, Vec<String>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales").join(language);
    let mut texts = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("the language has a folder") {
        let path = entry.expect("the folder can be read").path();
        let namespace = path.file_stem().expect("a file").to_string_lossy().into_owned();
        let json: Value = serde_json::from_str(&fs::read_to_string(&path).expect("it can be read")).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        collect(&namespace, &json, &mut texts);
    }
    texts
}

fn collect(key: &str, value: &Value, into: &mut BTreeMap<String, (String, Vec<String>)>) {
    match value {
        Value::Object(entries) => entries.iter().for_each(|(name, value)| collect(&format!("{key}.{name}"), value, into)),
        Value::String(text) => {
            into.insert(key.to_owned(), (text.clone(), blanks(text)));
        }
        other => panic!("{key} is {other}, not a text"),
    }
}

fn blanks(text: &str) -> Vec<String> {
    let mut blanks: Vec<String> = text.split("{{").skip(1).filter_map(|part| Some(part.split_once("}}")?.0.trim().to_owned())).collect();
    blanks.sort();
    blanks.dedup();
    blanks
}

#[test]
fn english_and_indonesian_have_the_same_keys_and_blanks() {
    let (english, indonesian) = (texts("en"), texts("id"));
    let mut wrong = Vec::new();
    for (key, (text, blanks)) in &english {
        match indonesian.get(key) {
            None => wrong.push(format!("{key} is missing in Indonesian")),
            Some((_, others)) if others != blanks => wrong.push(format!("{key} fills {blanks:?} in English and {others:?} in Indonesian")),
            Some(_) => {}
        }
        if text.trim().is_empty() {
            wrong.push(format!("{key} is empty in English"));
        }
    }
    wrong.extend(indonesian.keys().filter(|key| !english.contains_key(*key)).map(|key| format!("{key} is missing in English")));
    wrong.extend(indonesian.iter().filter(|(_, (text, _))| text.trim().is_empty()).map(|(key, _)| format!("{key} is empty in Indonesian")));
    assert!(wrong.is_empty(), "{} texts:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn nobody_is_shouted_at() {
    for (language, texts) in [("en", texts("en")), ("id", texts("id"))] {
        let shouting: Vec<&String> = texts.iter().filter(|(_, (text, _))| text.contains('!')).map(|(key, _)| key).collect();
        assert!(shouting.is_empty(), "exclamation marks in {language}: {shouting:?}");
    }
}
