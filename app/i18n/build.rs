//! Turns locales/<language>/<namespace>.json into typed keys.

use leptos_i18n_build::{Config, ParseOptions, TranslationsInfos, options::CodegenOptions};
use std::{env, path::PathBuf};

/// One file a language for each: the shared words, then one for every area of the interface.
const NAMESPACES: [&str; 11] =
    ["common", "kit", "home", "identity", "onboarding", "catalog", "provisioning", "monitoring", "billing", "compliance", "provider"];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=locales");
    let module = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it for build scripts")).join("i18n");
    let config = Config::new("en")
        .and_then(|config| config.add_locale("id"))
        .and_then(|config| config.add_namespaces(NAMESPACES))
        .unwrap_or_else(|error| panic!("the translations' settings: {error}"))
        .parse_options(ParseOptions::new().interpolate_display(true));
    let translations = TranslationsInfos::parse(config).unwrap_or_else(|error| panic!("app/i18n/locales: {error}"));
    translations.emit_diagnostics();
    let attributes = "#![allow(missing_docs, clippy::all, dead_code)]".parse().expect("it is an attribute");
    translations
        .generate_i18n_module_with_options(module, CodegenOptions::default().gen_docs(false).top_level_attributes(Some(attributes)))
        .unwrap_or_else(|error| panic!("the translations' module: {error}"));
}
