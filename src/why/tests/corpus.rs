//! The corpus: for every recorded failure the right task, log, line and class.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::collections::BTreeMap;
use std::convert::Infallible;

use koji_why::corpus::{self, Recipe, TaskRow};
use koji_why::{Budget, Card, Hub, LogFile, Place, State, Task, explain};

/// A recorded case that answers like a hub.
struct Recorded {
    tasks: Vec<TaskRow>,
    files: BTreeMap<String, Vec<u8>>,
}

impl Hub for Recorded {
    type Error = Infallible;

    async fn tree(&self, _: i64) -> Result<Vec<Task>, Infallible> {
        Ok(self.tasks.iter().map(task).collect())
    }

    async fn fault(&self, task: i64) -> Result<Option<String>, Infallible> {
        Ok(self.tasks.iter().find(|t| t.id == task).and_then(|t| t.fault.clone()))
    }

    async fn files(&self, task: i64) -> Result<Vec<LogFile>, Infallible> {
        let prefix = format!("{task}/");
        let of = |(path, bytes): (&String, &Vec<u8>)| {
            let name = path.strip_prefix(&prefix)?.to_owned();
            Some(LogFile { name, volume: "DEFAULT".into(), size: Some(bytes.len() as u64) })
        };
        Ok(self.files.iter().filter_map(of).collect())
    }

    async fn read(&self, task: i64, file: &LogFile, offset: u64, size: u64) -> Result<Vec<u8>, Infallible> {
        let bytes = &self.files[&format!("{task}/{}", file.name)];
        let from = (offset as usize).min(bytes.len());
        let to = (from + size as usize).min(bytes.len());
        Ok(bytes[from..to].to_vec())
    }

    async fn host(&self, id: i64) -> Result<Option<String>, Infallible> {
        Ok(Some(format!("builder{id}.example.com")))
    }
}

fn task(row: &TaskRow) -> Task {
    Task {
        id: row.id,
        parent: row.parent,
        method: row.method.clone(),
        arch: row.arch.clone(),
        label: row.label.clone(),
        state: match row.state.as_str() {
            "CLOSED" => State::Closed,
            "CANCELED" => State::Canceled,
            _ => State::Failed,
        },
        host_id: row.host.as_ref().map(|_| 1),
        completion: row.completion_ts,
    }
}

fn open(recipe: &Recipe) -> Recorded {
    let path = corpus::directory().join(format!("recorded/{}.tar.gz", recipe.name));
    let mut files = corpus::unpack(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let tasks = serde_json::from_slice(&files.remove("tasks.json").unwrap()).unwrap();
    Recorded { tasks, files }
}

/// What was right of one case.
struct Score {
    log: bool,
    line: bool,
    class: bool,
    complaint: String,
}

async fn judge(recipe: &Recipe) -> Score {
    let hub = open(recipe);
    let card = explain(&hub, 1001, Budget::default()).await.expect("a card");
    let log = card.log.as_ref().is_some_and(|l| l.name == recipe.log);
    let failed = hub.tasks.iter().rfind(|t| t.state == "FAILED").unwrap().id;
    let log = log && card.culprit.id == failed;
    let line = log && right_line(recipe, &hub, &card);
    let class = card.class.name() == recipe.class;
    let said = card.verdict.as_ref().map(|v| format!("[{}] {}: {}", v.rule, v.cause.place, v.cause.text));
    let complaint = format!(
        "{}: {} ({} wanted) in {} ({} wanted): {} (/{}/ wanted)",
        recipe.name,
        card.class,
        recipe.class,
        card.log.map_or("none".into(), |l| l.name),
        recipe.log,
        said.unwrap_or_default(),
        recipe.line
    );
    Score { log, line, class, complaint }
}

fn right_line(recipe: &Recipe, hub: &Recorded, card: &Card) -> bool {
    let Some(verdict) = &card.verdict else { return false };
    let text = &hub.files[&format!("{}/{}", card.culprit.id, recipe.log)];
    let text = String::from_utf8_lossy(text);
    let number = match verdict.cause.place {
        Place::Line(n) => n as usize,
        Place::FromEnd(n) => text.lines().count() + 1 - n as usize,
    };
    recipe.lines(&text).unwrap().contains(&number)
}

/// How many of some cases were right.
#[derive(Default)]
struct Tally {
    cases: usize,
    logs: usize,
    lines: usize,
    classes: usize,
}

impl Tally {
    fn add(&mut self, score: &Score) {
        self.cases += 1;
        self.logs += usize::from(score.log);
        self.lines += usize::from(score.line);
        self.classes += usize::from(score.class);
    }

    /// In percent: logs, lines, classes.
    fn shares(&self) -> [f64; 3] {
        [self.logs, self.lines, self.classes].map(|n| 100.0 * n as f64 / self.cases.max(1) as f64)
    }

    fn row(&self, name: &str) -> String {
        let [log, line, class] = self.shares();
        format!("{name:<34} {:>5} {log:>9.1} % {line:>8.1} % {class:>8.1} %", self.cases)
    }
}

#[tokio::test]
async fn right_log_and_line() {
    let all = corpus::all().unwrap();
    assert!(all.len() >= 60, "only {} cases", all.len());
    let (mut seen, mut held, mut classes) = (Tally::default(), Tally::default(), BTreeMap::new());
    let mut wrong = Vec::new();
    for recipe in &all {
        let score = judge(recipe).await;
        if recipe.held { &mut held } else { &mut seen }.add(&score);
        classes.entry(recipe.class.clone()).or_insert_with(Tally::default).add(&score);
        if !(score.log && score.line && score.class) {
            wrong.push(score.complaint);
        }
    }
    println!("{:<34} {:>5} {:>11} {:>10} {:>10}", "", "cases", "right log", "line", "class");
    for (class, tally) in &classes {
        println!("{}", tally.row(class));
    }
    println!("{}", seen.row("seen while the rules were written"));
    println!("{}", held.row("made afterwards"));
    println!("{}", wrong.join("\n"));
    for tally in [seen, held] {
        let [logs, lines, classes] = tally.shares();
        let bad = tally.cases > 0 && (logs < 98.0 || lines < 90.0 || classes < 90.0);
        assert!(!bad, "the corpus is explained worse than promised");
    }
}
