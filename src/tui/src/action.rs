//! Everything a key can do: name, description. Keymap, help, palette and tests are made from this table.

macro_rules! actions {
    ($($variant:ident $name:literal $help:literal),* $(,)?) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Action { $($variant),* }

        impl Action {
            pub const ALL: &'static [Action] = &[$(Action::$variant),*];

            /// As the keymap file writes it.
            pub fn name(self) -> &'static str {
                match self { $(Action::$variant => $name),* }
            }

            /// What it does, for help and palette.
            pub fn help(self) -> &'static str {
                match self { $(Action::$variant => $help),* }
            }

            pub fn from_name(name: &str) -> Option<Action> {
                Action::ALL.iter().copied().find(|a| a.name() == name)
            }
        }
    };
}

actions! {
    // moving
    Down "down" "next row",
    Up "up" "previous row",
    Left "left" "scroll left, or fold",
    Right "right" "scroll right, or unfold",
    Top "top" "first row",
    Bottom "bottom" "last row",
    HalfDown "half-page-down" "half a page down",
    HalfUp "half-page-up" "half a page up",
    PageDown "page-down" "a page down",
    PageUp "page-up" "a page up",
    NextSection "next-section" "next part of the page",
    PreviousSection "previous-section" "previous part of the page",
    Open "open" "open what is selected",
    Close "back" "close, or go back to where this was opened",
    HistoryBack "history-back" "previous place in the history",
    HistoryForward "history-forward" "next place in the history",
    LastScreen "last-screen" "the screen before this one and back",
    // finding
    Filter "filter" "filter rows: words, !not, ~fuzzy, column:value, age:<2h; tab completes",
    NextMatch "next-match" "next match",
    PreviousMatch "previous-match" "previous match",
    Palette "palette" "go to a screen, do an action, run a command",
    Search "search" "search packages, builds, tags, tasks, users, hosts",
    Help "help" "keys of this screen",
    // selecting and doing
    Mark "mark" "mark the row and go on",
    MarkRange "mark-range" "mark from the last mark to here",
    Unmark "unmark-all" "take away all marks",
    Menu "menu" "what can be done with the selection",
    Copy "copy" "copy id, name, link, command or call",
    OpenWeb "open-web" "open in the web interface",
    Save "save" "save what is shown to a file",
    Sort "sort" "sort by the next column",
    SortReverse "sort-reverse" "turn the order round",
    Compare "compare" "what the two marked tags, builds or buildroots differ in",
    History "tag-history" "what was changed about the tag, when and by whom",
    Toggle "toggle" "fold or unfold",
    ToggleAll "toggle-all" "fold or unfold everything",
    Split "split" "show what is selected beside the list",
    Reload "reload" "ask the hub again",
    // screens
    Home "home" "dashboard",
    Tasks "tasks" "tasks",
    Builds "builds" "builds",
    Packages "packages" "packages",
    Tags "tags" "tags",
    Targets "targets" "build targets",
    Hosts "hosts" "build hosts",
    Repos "repos" "repositories",
    Notifications "notifications" "notifications",
    Local "local" "roots of this machine",
    NewBuild "new-build" "start a build",
    LocalBuild "local-build" "build on this machine, in a buildroot like the server's",
    Logs "logs" "logs of the selected task",
    MultiLog "multi-log" "logs of all marked tasks at once",
    Triage "triage" "why did it fail",
    LogDiff "log-diff" "what the log says that the last good build's does not",
    // in a log
    Find "find" "search in the log: text or regular expression",
    OnlyLines "only-lines" "show only lines with something (!without)",
    MoreContext "more-context" "one more line around each shown one",
    LessContext "less-context" "one line less around each shown one",
    NextError "next-error" "next line that says an error",
    PreviousError "previous-error" "previous line that says an error",
    Follow "follow" "stay at the end of the log, or stop that",
    Wrap "wrap" "wrap long lines",
    Times "timestamps" "when lines arrived",
    Phases "phases" "phases of the build in this log",
    GoLine "go-line" "to a line by its number",
    SetMark "set-mark" "mark the line with a letter",
    GoMark "go-mark" "to the line with a letter; twice: back",
    CopyLines "copy-lines" "copy the line, or the lines chosen with v",
    Pager "pager" "the whole log in $PAGER",
    Merge "merge" "all logs as one stream, or beside each other",
    // the program
    Profile "profile" "work with another hub",
    Tour "tour" "the most important keys, in five steps",
    RpcLog "rpc-log" "every call to the hub, with time and size",
    NextTheme "next-theme" "try the next theme",
    Mouse "mouse" "give the mouse to the terminal and back",
    Suspend "suspend" "to the shell; fg comes back",
    Redraw "redraw" "draw everything anew",
    Quit "quit" "end the program",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_described() {
        let mut names: Vec<_> = Action::ALL.iter().map(|a| a.name()).collect();
        names.sort_unstable();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all);
        assert!(Action::ALL.iter().all(|a| !a.help().is_empty()));
    }
}
