//! The arrows between the rooms point one way, and some things only one room may know.
//!
//! Reads every manifest of the workspace. [`ROOMS`] is the law; ARCHITECTURE.md tells the same to people, and a
//! test here compares the two, so that neither can drift.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use toml::{Table, Value};

/// Each room and the rooms it may use.
const ROOMS: [(&str, &[&str]); 10] = [
    ("hearth-protocol", &[]),
    ("hearth-store", &["hearth-protocol"]),
    ("hearth-bus", &["hearth-protocol"]),
    ("hearth-identity", &["hearth-protocol"]),
    ("hearth-core", &["hearth-protocol", "hearth-store", "hearth-bus"]),
    (
        "hearth-federation",
        &[
            "hearth-protocol",
            "hearth-store",
            "hearth-bus",
            "hearth-identity",
            "hearth-core",
        ],
    ),
    (
        "hearth-server",
        &[
            "hearth-protocol",
            "hearth-store",
            "hearth-bus",
            "hearth-identity",
            "hearth-core",
            "hearth-federation",
        ],
    ),
    ("hearthd", &["hearth-server"]),
    ("hearth-desktop", &["hearth-server"]),
    // The tests look at everything from outside; they may use any room but need none.
    (
        "hearth-tests",
        &[
            "hearth-protocol",
            "hearth-store",
            "hearth-bus",
            "hearth-identity",
            "hearth-core",
            "hearth-federation",
            "hearth-server",
        ],
    ),
];

/// Libraries that only the named rooms may build on. Tests may use them anywhere unless `in_tests_too`.
const KNOWLEDGE: [Knowledge; 3] = [
    Knowledge {
        of: "HTTP routing",
        libraries: &["axum", "axum-core", "axum-extra", "axum-server", "utoipa-axum"],
        rooms: &["hearth-server"],
        in_tests_too: false,
    },
    Knowledge {
        of: "SQL",
        libraries: &[
            "diesel",
            "libsqlite3-sys",
            "postgres",
            "refinery",
            "rusqlite",
            "sea-orm",
            "sqlx",
            "tokio-postgres",
            "tokio-rusqlite",
        ],
        rooms: &["hearth-store"],
        in_tests_too: true,
    },
    Knowledge {
        of: "private keys",
        libraries: &["keyring", "keyring-core", "rcgen"],
        rooms: &["hearth-identity"],
        in_tests_too: false,
    },
];

struct Knowledge {
    of: &'static str,
    libraries: &'static [&'static str],
    rooms: &'static [&'static str],
    in_tests_too: bool,
}

/// What a manifest depends on, by the packages' own names.
struct Manifest {
    name: String,
    /// What the room is built from: dependencies and build dependencies, of any target.
    built_from: BTreeSet<String>,
    /// What only its tests use.
    tested_with: BTreeSet<String>,
}

#[test]
fn rooms_use_only_the_rooms_below_them() -> Result<()> {
    let wrong: Vec<_> = manifests()?.iter().flat_map(wrong_arrows).collect();
    ensure!(
        wrong.is_empty(),
        "arrows that point the wrong way:\n{}",
        wrong.join("\n")
    );
    Ok(())
}

#[test]
fn some_things_only_one_room_knows() -> Result<()> {
    let wrong: Vec<_> = manifests()?.iter().flat_map(forbidden_knowledge).collect();
    ensure!(
        wrong.is_empty(),
        "knowledge out of its room:\n{}",
        wrong.join("\n")
    );
    Ok(())
}

#[test]
fn every_room_is_in_the_law_and_every_law_has_its_room() -> Result<()> {
    let found: BTreeSet<_> = manifests()?.into_iter().map(|manifest| manifest.name).collect();
    let known: BTreeSet<_> = ROOMS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(found, known, "rooms in the workspace, and rooms this test knows");
    Ok(())
}

#[test]
fn the_architecture_page_tells_the_same() -> Result<()> {
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).context("ARCHITECTURE.md is missing")?;
    let told = rooms_of_page(&page);
    for (name, allowed) in ROOMS {
        let (row, may_use) = told
            .get(name)
            .with_context(|| format!("the table of rooms in ARCHITECTURE.md has no row for {name}"))?;
        if name == "hearth-tests" {
            continue;
        }
        let allowed: BTreeSet<_> = allowed.iter().map(|room| (*room).to_owned()).collect();
        assert_eq!(
            *may_use, allowed,
            "what `{row}` may use, by ARCHITECTURE.md and by this test"
        );
    }
    Ok(())
}

#[test]
fn a_wrong_arrow_would_be_seen() -> Result<()> {
    let workspace: Table =
        toml::from_str("hearth-federation = { path = 'x' }\nsql = { package = 'rusqlite', version = '0' }")?;
    let core: Table = toml::from_str(
        "package.name = 'hearth-core'
         [dependencies]
         hearth-store.path = '../hearth-store'
         serde = '1'
         [dev-dependencies]
         rcgen = '0'
         sql.workspace = true
         [target.'cfg(unix)'.dependencies]
         hearth-federation.workspace = true
         web = { package = 'axum', version = '0' }",
    )?;
    let core = Manifest::read(&core, &workspace)?;
    assert_eq!(wrong_arrows(&core), ["hearth-core may not use hearth-federation"]);
    assert_eq!(
        forbidden_knowledge(&core),
        [
            "hearth-core may not know HTTP routing (axum)",
            "hearth-core may not know SQL (rusqlite)"
        ],
    );
    Ok(())
}

fn wrong_arrows(manifest: &Manifest) -> Vec<String> {
    let allowed = ROOMS
        .iter()
        .find(|(name, _)| *name == manifest.name)
        .map_or(&[][..], |(_, rooms)| rooms);
    let is_room = |used: &&String| ROOMS.iter().any(|(name, _)| name == used);
    manifest
        .built_from
        .union(&manifest.tested_with)
        .filter(is_room)
        .filter(|used| !allowed.contains(&used.as_str()) && **used != manifest.name)
        .map(|used| format!("{} may not use {used}", manifest.name))
        .collect()
}

fn forbidden_knowledge(manifest: &Manifest) -> Vec<String> {
    let mut wrong = Vec::new();
    for knowledge in KNOWLEDGE
        .iter()
        .filter(|k| !k.rooms.contains(&manifest.name.as_str()))
    {
        for library in knowledge.libraries {
            let in_tests = knowledge.in_tests_too && manifest.tested_with.contains(*library);
            let is_allowed = manifest.name == "hearth-tests" && !knowledge.in_tests_too;
            if (manifest.built_from.contains(*library) || in_tests) && !is_allowed {
                wrong.push(format!(
                    "{} may not know {} ({library})",
                    manifest.name, knowledge.of
                ));
            }
        }
    }
    wrong
}

impl Manifest {
    fn read(manifest: &Table, workspace: &Table) -> Result<Self> {
        let name = manifest
            .get("package")
            .and_then(|package| package.get("name")?.as_str())
            .context("a manifest without a package name")?
            .to_owned();
        let mut room = Self {
            name,
            built_from: BTreeSet::new(),
            tested_with: BTreeSet::new(),
        };
        room.collect(manifest, workspace);
        for target in manifest
            .get("target")
            .and_then(Value::as_table)
            .into_iter()
            .flat_map(Table::values)
        {
            room.collect(target.as_table().context("a target that is no table")?, workspace);
        }
        Ok(room)
    }

    fn collect(&mut self, section: &Table, workspace: &Table) {
        let packages = |kind: &str| {
            let table = section.get(kind).and_then(Value::as_table).into_iter().flatten();
            table
                .map(|(key, value)| package_name(key, value, workspace))
                .collect::<Vec<_>>()
        };
        self.built_from.extend(packages("dependencies"));
        self.built_from.extend(packages("build-dependencies"));
        self.tested_with.extend(packages("dev-dependencies"));
    }
}

/// The package behind a dependency's key: renames are seen through, also those of the workspace.
fn package_name(key: &str, value: &Value, workspace: &Table) -> String {
    let renamed = |value: &Value| Some(value.get("package")?.as_str()?.to_owned());
    renamed(value)
        .or_else(|| renamed(workspace.get(key)?))
        .unwrap_or_else(|| key.to_owned())
}

/// Every manifest of the workspace: the root's own package, the crates, these tests.
fn manifests() -> Result<Vec<Manifest>> {
    let root = root();
    let whole = read_toml(&root.join("Cargo.toml"))?;
    let workspace = whole
        .get("workspace")
        .and_then(|workspace| workspace.get("dependencies")?.as_table())
        .context("the root manifest has no [workspace.dependencies]")?
        .clone();
    let mut folders = vec![root.clone(), root.join("tests")];
    for entry in fs::read_dir(root.join("crates"))? {
        folders.push(entry?.path());
    }
    folders.sort();
    folders
        .iter()
        .map(|folder| folder.join("Cargo.toml"))
        .filter(|file| file.exists())
        .map(|file| {
            Manifest::read(&read_toml(&file)?, &workspace).with_context(|| file.display().to_string())
        })
        .collect()
}

fn read_toml(file: &Path) -> Result<Table> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    toml::from_str(&text).with_context(|| file.display().to_string())
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests lie inside the repository")
        .to_owned()
}

/// The table of rooms: package name to (first cell, rooms it may use). "all above" means the rows before it.
fn rooms_of_page(page: &str) -> BTreeMap<String, (String, BTreeSet<String>)> {
    let mut rooms = BTreeMap::new();
    let mut above = BTreeSet::new();
    for line in page.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [row, _question, may_use] = cells[..] else {
            continue;
        };
        let name = match row.trim_matches('`') {
            "src-tauri" => "hearth-desktop".to_owned(),
            "tests" => "hearth-tests".to_owned(),
            path => path.trim_start_matches("crates/").to_owned(),
        };
        let may_use = match may_use {
            "all above" => above.clone(),
            list => list
                .split(", ")
                .filter(|room| *room != "-")
                .map(|room| format!("hearth-{room}"))
                .collect(),
        };
        above.insert(name.clone());
        rooms.insert(name, (row.trim_matches('`').to_owned(), may_use));
    }
    rooms
}
