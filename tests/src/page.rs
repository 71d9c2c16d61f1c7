//! The page in a window, as a person finds things on it: by what they are and what is written on them.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use fantoccini::elements::Element;
use fantoccini::{Client, Locator};
use serde_json::Value;

use crate::desk::PATIENCE;

/// A page. Looking for something waits until it is there.
#[derive(Debug)]
pub struct Page(Client);

impl Page {
    pub(crate) fn new(client: Client) -> Self {
        Self(client)
    }

    /// Waits for an element, by `XPath`.
    pub async fn find(&self, path: &str) -> Result<Element> {
        let found = self
            .0
            .wait()
            .at_most(PATIENCE)
            .for_element(Locator::XPath(path))
            .await;
        match found {
            Ok(element) => Ok(element),
            Err(error) => {
                let page = self.text().await.unwrap_or_default();
                Err(error).with_context(|| format!("{path} is not on the page, which says:\n{page}"))
            }
        }
    }

    /// Waits for a heading with this text.
    pub async fn heading(&self, text: &str) -> Result<Element> {
        self.find(&format!("//*[self::h1 or self::h2][normalize-space()='{text}']"))
            .await
    }

    /// Waits for a button with this text.
    pub async fn button(&self, text: &str) -> Result<Element> {
        self.find(&format!("//button[normalize-space()='{text}']")).await
    }

    /// Waits for the input with this label.
    pub async fn field(&self, label: &str) -> Result<Element> {
        self.find(&format!("//input[@id=//label[normalize-space()='{label}']/@for]"))
            .await
    }

    /// Waits until the switch with this label is on or off.
    pub async fn switch(&self, label: &str, is_on: bool) -> Result<Element> {
        self.find(&format!(
            "//*[@role='switch'][contains(., '{label}')][@aria-checked='{is_on}']"
        ))
        .await
    }

    /// Waits until no dialog covers the page.
    pub async fn is_uncovered(&self) -> Result<()> {
        self.find("//body[not(.//*[@role='dialog'])]").await.map(drop)
    }

    /// Waits until this text is somewhere on the page.
    pub async fn says(&self, text: &str) -> Result<()> {
        self.find(&format!("//body//*[text()[contains(., '{text}')]]"))
            .await
            .map(drop)
    }

    /// All that is written on the page.
    pub async fn text(&self) -> Result<String> {
        Ok(self.0.find(Locator::Css("body")).await?.text().await?)
    }

    /// What an expression of the page's own language is.
    pub async fn value_of(&self, expression: &str) -> Result<Value> {
        Ok(self
            .0
            .execute(&format!("return {expression};"), Vec::new())
            .await?)
    }

    /// Gives one of the app's own commands, and does not wait for an answer.
    pub async fn command(&self, name: &str) -> Result<()> {
        let script = format!("window.__TAURI_INTERNALS__.invoke('{name}');");
        self.0
            .execute(&script, Vec::new())
            .await
            .map(drop)
            .context("the command was not given")
    }

    /// Calls one of the app's commands; what it answers, or what it was refused with.
    pub async fn call(&self, command: &str, arguments: &str) -> Result<Result<Value, Value>> {
        let script = format!(
            "const done = arguments[arguments.length - 1];
             window.__TAURI_INTERNALS__.invoke('{command}', {arguments})
                 .then((answer) => done({{ answer }}), (refusal) => done({{ refusal }}));"
        );
        let mut outcome = self.0.execute_async(&script, Vec::new()).await?;
        Ok(match outcome.get_mut("refusal") {
            Some(refusal) => Err(refusal.take()),
            None => Ok(outcome["answer"].take()),
        })
    }

    /// Keeps a picture of the page in the `screens` folder of the target directory, for people to look at.
    pub async fn photograph(&self, name: &str) -> Result<()> {
        // The picture is of what was painted last, so the last change gets its frames first.
        let painted = "const done = arguments[arguments.length - 1];
            requestAnimationFrame(() => requestAnimationFrame(() => done(true)));";
        self.0.execute_async(painted, Vec::new()).await?;
        let picture = self.0.screenshot().await?;
        let folder = screens()?;
        fs::create_dir_all(&folder)?;
        Ok(fs::write(folder.join(format!("{name}.png")), picture)?)
    }
}

fn screens() -> Result<PathBuf> {
    let test = std::env::current_exe()?;
    let target = test
        .ancestors()
        .nth(3)
        .context("tests lie three folders below the target directory")?;
    Ok(target.join("screens"))
}
