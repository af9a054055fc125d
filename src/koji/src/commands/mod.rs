//! All commands: a file each, in a folder for each area, and one line each in the table below.

use std::future::Future;
use std::pin::Pin;

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use koji_config::ClientSources;

use crate::cli::GlobalOptions;
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::json::shapes::{self, Form, Shape};
use crate::output::Output;

/// The categories of `koji help`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Category {
    Admin,
    Build,
    Search,
    Download,
    Monitor,
    Info,
    Bind,
    Misc,
}

impl Category {
    pub const ALL: &'static [(Category, &'static str, &'static str)] = &[
        (Category::Admin, "admin", "admin commands"),
        (Category::Build, "build", "build commands"),
        (Category::Search, "search", "search commands"),
        (Category::Download, "download", "download commands"),
        (Category::Monitor, "monitor", "monitor commands"),
        (Category::Info, "info", "info commands"),
        (Category::Bind, "bind", "bind commands"),
        (Category::Misc, "misc", "miscellaneous commands"),
    ];
}

/// Whether a command logs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    Login,
    /// Only with --force-auth or --mine.
    Anonymous,
    /// Works without a hub and without a profile.
    Offline,
}

type Running<'a> = Pin<Box<dyn Future<Output = Result> + 'a>>;

/// One command.
pub struct Entry {
    pub name: &'static str,
    pub aliases: &'static [&'static str],
    pub category: Category,
    pub auth: Auth,
    augment: fn(Command) -> Command,
    pub run: for<'a> fn(&'a mut Cx, &'a ArgMatches) -> Running<'a>,
    pub run_offline: for<'a> fn(Setup<'a>, &'a ArgMatches) -> Running<'a>,
}

/// What a command gets that works without a connection, or makes its own.
#[derive(Clone, Copy)]
pub struct Setup<'a> {
    pub options: &'a GlobalOptions,
    pub sources: &'a ClientSources,
    pub out: &'a Output,
}

impl Entry {
    /// The command as clap knows it.
    pub fn clap(&self) -> Command {
        let command = (self.augment)(Command::new(self.name))
            .infer_long_args(true)
            .args_override_self(true)
            .max_term_width(100)
            .bin_name(format!("koji {}", self.name))
            .mut_args(takes_any_value);
        let command = match self.shape() {
            Some(shape) => json_options(command, shape.form),
            None => command,
        };
        command.visible_aliases(self.aliases.iter().copied())
    }

    /// The data that the command prints.
    pub fn shape(&self) -> Option<&'static Shape> {
        shapes::of(self.name)
    }

    /// First line of the help.
    pub fn summary(&self) -> String {
        self.clap().get_about().map(|a| a.to_string()).unwrap_or_default()
    }
}

/// What follows an option that takes a value is the value, whatever it looks like; as in upstream's client.
pub fn takes_any_value(arg: Arg) -> Arg {
    let option = !arg.is_positional() && arg.get_action().takes_values();
    if option { arg.allow_hyphen_values(true) } else { arg }
}

/// The options of a command that prints data.
fn json_options(command: Command, form: Form) -> Command {
    let option = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).action(ArgAction::SetTrue).global(true).help(help)
    };
    let command = command.arg(option("json", "Print JSON, in the shape that docs/json.md describes"));
    match form {
        Form::One => command,
        Form::Many => command.arg(option("jsonl", "Print a JSON object a line")),
    }
}

fn parse<T: FromArgMatches>(matches: &ArgMatches) -> Result<T> {
    T::from_arg_matches(matches).map_err(|e| CommandError::usage(e.to_string()))
}

/// `command!("name", [aliases], Category, Auth, module)`; the module has `Arguments` and `run`.
macro_rules! command {
    ($name:literal, [$($alias:literal),*], $category:ident, Offline, $($module:ident)::+) => {
        Entry {
            name: $name,
            aliases: &[$($alias),*],
            category: Category::$category,
            auth: Auth::Offline,
            augment: <$($module)::+::Arguments as Args>::augment_args,
            run: |_, _| Box::pin(async { Ok(()) }),
            run_offline: |setup, matches| {
                Box::pin(async move { $($module)::+::run(setup.sources, setup.out, parse(matches)?) })
            },
        }
    };
    // like Offline, for a command that needs all of the set-up
    ($name:literal, [$($alias:literal),*], $category:ident, Setup, $($module:ident)::+) => {
        Entry {
            name: $name,
            aliases: &[$($alias),*],
            category: Category::$category,
            auth: Auth::Offline,
            augment: <$($module)::+::Arguments as Args>::augment_args,
            run: |_, _| Box::pin(async { Ok(()) }),
            run_offline: |setup, matches| Box::pin(async move { $($module)::+::run(setup, parse(matches)?).await }),
        }
    };
    ($name:literal, [$($alias:literal),*], $category:ident, $auth:ident, $($module:ident)::+) => {
        Entry {
            name: $name,
            aliases: &[$($alias),*],
            category: Category::$category,
            auth: Auth::$auth,
            augment: <$($module)::+::Arguments as Args>::augment_args,
            run: |cx, matches| Box::pin(async move { $($module)::+::run(cx, parse(matches)?).await }),
            run_offline: |_, _| Box::pin(async { Ok(()) }),
        }
    };
}

mod archives;
mod buildroots;
mod builds;
mod cg;
mod channels;
mod events;
mod external_repos;
mod fetch;
mod groups;
mod hosts;
mod imports;
mod inheritance;
mod launch;
mod local;
mod misc;
mod notifications;
mod packages;
mod repos;
mod rpms;
mod scheduler;
mod search;
mod sidetags;
mod signatures;
mod surplus;
mod tagging;
mod tags;
mod targets;
mod tasks;
mod users;
mod volumes;

const TABLE: &[Entry] = &[
    command!("build", [], Build, Login, launch::build),
    command!("chain-build", [], Build, Login, launch::chain_build),
    command!("watch-task", ["watch-tasks"], Monitor, Anonymous, tasks::watch_task),
    command!("add-external-repo", [], Admin, Login, external_repos::add_external_repo),
    command!("add-group", [], Admin, Login, groups::add_group),
    command!("add-group-pkg", [], Admin, Login, groups::add_group_pkg),
    command!("add-host", [], Admin, Login, hosts::add_host),
    command!("add-pkg", [], Admin, Login, packages::add_pkg),
    command!("add-tag", [], Admin, Login, tags::add_tag),
    command!("add-tag-inheritance", [], Admin, Login, tags::add_tag_inheritance),
    command!("add-target", [], Admin, Login, targets::add_target),
    command!("latest-build", ["latest-pkg"], Info, Anonymous, tagging::latest_build),
    command!("list-pkgs", [], Info, Anonymous, packages::list_pkgs),
    command!("list-tagged", [], Info, Anonymous, tagging::list_tagged),
    command!("list-targets", [], Info, Anonymous, targets::list_targets),
    command!("regen-repo", [], Admin, Login, repos::regen_repo),
    command!("request-repo", [], Misc, Login, repos::request_repo),
    command!("wait-repo", [], Monitor, Anonymous, repos::wait_repo),
    command!("list-tags", [], Info, Anonymous, tags::list_tags),
    command!("moshimoshi", ["hello", "hi"], Misc, Login, misc::moshimoshi),
    command!("buildinfo", [], Info, Anonymous, builds::buildinfo),
    command!("call", [], Misc, Login, misc::call),
    command!("help", ["list-commands"], Info, Offline, misc::help),
    command!("list-api", [], Info, Anonymous, misc::list_api),
    command!("enable-host", [], Admin, Login, hosts::enable_host),
    command!("disable-host", [], Admin, Login, hosts::disable_host),
    command!("list-hosts", [], Info, Anonymous, hosts::list_hosts),
    command!("download-build", [], Download, Anonymous, builds::download_build),
    command!("taskinfo", [], Info, Anonymous, tasks::taskinfo),
    command!("list-tasks", [], Info, Login, tasks::list_tasks),
    command!("watch-logs", [], Monitor, Anonymous, tasks::watch_logs),
    command!("download-logs", [], Download, Anonymous, tasks::download_logs),
    command!("download-task", [], Download, Anonymous, tasks::download_task),
    command!("cancel", ["cancel-task", "cxl"], Build, Login, tasks::cancel),
    command!("resubmit", [], Build, Login, tasks::resubmit),
    command!("free-task", [], Admin, Login, tasks::free_task),
    command!("rpminfo", [], Info, Anonymous, rpms::rpminfo),
    command!("mock-config", [], Info, Anonymous, buildroots::mock_config),
    command!("grant-permission", [], Admin, Login, users::grant_permission),
    command!("add-user", [], Admin, Login, users::add_user),
    command!("tag-build", ["tag-pkg", "tag"], Bind, Login, tagging::tag_build),
    command!("untag-build", ["untag-pkg", "untag"], Bind, Login, tagging::untag_build),
    command!("edit-tag", [], Admin, Login, tags::edit_tag),
    command!("taginfo", [], Info, Anonymous, tags::taginfo),
    command!("list-tag-inheritance", [], Info, Anonymous, inheritance::list_tag_inheritance),
    command!("block-pkg", [], Admin, Login, packages::block_pkg),
    command!("unblock-pkg", [], Admin, Login, packages::unblock_pkg),
    command!("add-host-to-channel", [], Admin, Login, channels::add_host_to_channel),
    command!("list-groups", [], Info, Anonymous, groups::list_groups),
    command!("list-external-repos", [], Info, Anonymous, external_repos::list_external_repos),
    command!("wait-repo-request", [], Monitor, Login, repos::wait_repo_request),
    command!("block-group", [], Admin, Login, groups::block_group),
    command!("block-group-pkg", [], Admin, Login, groups::block_group_pkg),
    command!("block-group-req", [], Admin, Login, groups::block_group_req),
    command!("add-group-req", [], Admin, Login, groups::add_group_req),
    command!("unblock-group", [], Admin, Login, groups::unblock_group),
    command!("unblock-group-pkg", [], Admin, Login, groups::unblock_group_pkg),
    command!("unblock-group-req", [], Admin, Login, groups::unblock_group_req),
    command!("remove-group", [], Admin, Login, groups::remove_group),
    command!("remove-group-pkg", [], Admin, Login, groups::remove_group_pkg),
    command!("remove-group-req", [], Admin, Login, groups::remove_group_req),
    command!("edit-target", [], Admin, Login, targets::edit_target),
    command!("remove-target", [], Admin, Login, targets::remove_target),
    command!("remove-tag", [], Admin, Login, tags::remove_tag),
    command!("lock-tag", [], Admin, Login, tags::lock_tag),
    command!("unlock-tag", [], Admin, Login, tags::unlock_tag),
    command!("clone-tag", [], Admin, Login, tags::clone_tag),
    command!("remove-tag-inheritance", [], Admin, Login, inheritance::remove_tag_inheritance),
    command!("edit-tag-inheritance", [], Admin, Login, inheritance::edit_tag_inheritance),
    command!("remove-pkg", [], Admin, Login, packages::remove_pkg),
    command!("set-pkg-arches", [], Admin, Login, packages::set_pkg_arches),
    command!("set-pkg-owner", [], Admin, Login, packages::set_pkg_owner),
    command!("set-pkg-owner-global", [], Admin, Login, packages::set_pkg_owner_global),
    command!("disable-user", [], Admin, Login, users::disable_user),
    command!("edit-permission", [], Admin, Login, users::edit_permission),
    command!("edit-user", [], Admin, Login, users::edit_user),
    command!("enable-user", [], Admin, Login, users::enable_user),
    command!("grant-cg-access", [], Admin, Login, users::grant_cg_access),
    command!("revoke-cg-access", [], Admin, Login, users::revoke_cg_access),
    command!("revoke-permission", [], Admin, Login, users::revoke_permission),
    command!("list-permissions", [], Info, Login, users::list_permissions),
    command!("list-users", [], Admin, Login, users::list_users),
    command!("userinfo", [], Admin, Anonymous, users::userinfo),
    command!("add-notification", [], Monitor, Login, notifications::add_notification),
    command!("block-notification", [], Monitor, Login, notifications::block_notification),
    command!("edit-notification", [], Monitor, Login, notifications::edit_notification),
    command!("remove-notification", [], Monitor, Login, notifications::remove_notification),
    command!("unblock-notification", [], Monitor, Login, notifications::unblock_notification),
    command!("list-notifications", [], Monitor, Anonymous, notifications::list_notifications),
    command!("add-sidetag", [], Misc, Login, sidetags::add_sidetag),
    command!("edit-sidetag", [], Misc, Login, sidetags::edit_sidetag),
    command!("remove-sidetag", [], Misc, Login, sidetags::remove_sidetag),
    command!("list-sidetags", [], Misc, Anonymous, sidetags::list_sidetags),
    command!("edit-external-repo", [], Admin, Login, external_repos::edit_external_repo),
    command!("remove-external-repo", [], Admin, Login, external_repos::remove_external_repo),
    command!("edit-host", [], Admin, Login, hosts::edit_host),
    command!("hostinfo", [], Info, Anonymous, hosts::hostinfo),
    command!("assign-task", [], Admin, Login, tasks::assign_task),
    command!("set-task-priority", [], Admin, Login, tasks::set_task_priority),
    command!("add-volume", [], Admin, Login, volumes::add_volume),
    command!("list-volumes", [], Info, Anonymous, volumes::list_volumes),
    command!("set-build-volume", [], Admin, Login, volumes::set_build_volume),
    command!("add-channel", [], Admin, Login, channels::add_channel),
    command!("edit-channel", [], Admin, Login, channels::edit_channel),
    command!("enable-channel", [], Admin, Login, channels::enable_channel),
    command!("disable-channel", [], Admin, Login, channels::disable_channel),
    command!("remove-host-from-channel", [], Admin, Login, channels::remove_host_from_channel),
    command!("list-builds", [], Info, Anonymous, builds::list_builds),
    command!("list-untagged", [], Info, Anonymous, tagging::list_untagged),
    command!("move-build", ["move-pkg", "move"], Bind, Login, tagging::move_build),
    command!("list-buildroot", [], Info, Anonymous, buildroots::list_buildroot),
    command!("repoinfo", [], Info, Anonymous, repos::repoinfo),
    command!("search", [], Search, Anonymous, search),
    command!("scheduler-info", [], Monitor, Anonymous, scheduler::scheduler_info),
    command!("scheduler-logs", [], Monitor, Login, scheduler::scheduler_logs),
    command!("make-task", [], Admin, Login, tasks::make_task),
    command!("restart-hosts", [], Admin, Login, hosts::restart_hosts),
    command!("list-history", [], Info, Anonymous, events::list_history),
    command!("show-groups", [], Info, Anonymous, groups::show_groups),
    command!("import-comps", [], Misc, Login, groups::import_comps),
    command!("list-signed", [], Admin, Login, signatures::list_signed),
    command!("import-sig", [], Admin, Login, signatures::import_sig),
    command!("prune-signed-copies", [], Admin, Login, signatures::prune_signed_copies),
    command!("remove-sig", [], Admin, Login, signatures::remove_sig),
    command!("rename-sig", [], Admin, Login, signatures::rename_sig),
    command!("write-signed-rpm", [], Admin, Login, signatures::write_signed_rpm),
    command!("import", [], Admin, Login, rpms::import),
    command!("import-archive", [], Admin, Login, archives::import_archive),
    command!("import-cg", [], Admin, Login, cg::import_cg),
    command!("reserve-cg", [], Admin, Login, cg::reserve_cg),
    command!("promote-build", [], Misc, Login, builds::promote_build),
    command!("list-channels", [], Info, Anonymous, channels::list_channels),
    command!("dist-repo", [], Misc, Login, repos::dist_repo),
    command!("dud-build", [], Build, Login, launch::dud_build),
    command!("image-build", [], Build, Login, launch::image_build),
    command!("image-build-indirection", [], Build, Login, launch::image_build_indirection),
    command!("kiwi-build", [], Build, Login, launch::kiwi_build),
    command!("maven-build", [], Build, Login, launch::maven_build),
    command!("maven-chain", [], Build, Login, launch::maven_chain),
    command!("runroot", [], Admin, Login, launch::runroot),
    command!("save-failed-tree", [], Misc, Login, launch::save_failed_tree),
    command!("spin-appliance", [], Build, Login, launch::spin_appliance),
    command!("spin-livecd", [], Build, Login, launch::spin_livecd),
    command!("spin-livemedia", [], Build, Login, launch::spin_livemedia),
    command!("win-build", [], Build, Login, launch::win_build),
    command!("wrapper-rpm", [], Build, Login, launch::wrapper_rpm),
    command!("completion", [], Misc, Offline, misc::completion),
    command!("profile", [], Misc, Setup, misc::profile),
    command!("doctor", [], Misc, Setup, misc::doctor),
    command!("tui", [], Monitor, Setup, misc::tui),
    command!("version", [], Misc, Anonymous, misc::version),
    command!("why", [], Monitor, Anonymous, tasks::why),
    command!("local", [], Build, Anonymous, local),
    command!("repro", [], Build, Anonymous, local::repro),
];

pub fn table() -> impl Iterator<Item = &'static Entry> {
    TABLE.iter()
}

/// Names of the roots of `koji local`.
pub fn local_roots() -> Vec<String> {
    local::names()
}

/// By name or alias.
pub fn find(name: &str) -> Option<&'static Entry> {
    let name = if misc::moshimoshi::GREETINGS.contains(&name) { "moshimoshi" } else { name };
    TABLE.iter().find(|e| e.name == name || e.aliases.contains(&name))
}
