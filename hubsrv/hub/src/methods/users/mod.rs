//! Users, their permissions, groups.

mod edit;
mod get;
mod groups;
mod perms;
mod principals;

use koji_api::methods::{
    AddGroupMember, AddUserKrbPrincipal, CreateUser, DisableUser, DropGroupMember, EditPermission, EditUser,
    EnableUser, GetAllPerms, GetGroupMembers, GetUser, GetUserGroups, GetUserPerms, GrantPermission,
    ListUsers, NewGroup, RemoveUserKrbPrincipal, RevokePermission,
};

use super::Entry;

pub const TABLE: &[Entry] = &[
    write!(AddGroupMember, groups::add_group_member),
    write!(AddUserKrbPrincipal, principals::add_user_krb_principal),
    write!(CreateUser, edit::create_user),
    write!(DisableUser, edit::disable_user),
    write!(DropGroupMember, groups::drop_group_member),
    write!(EditPermission, perms::edit_permission),
    write!(EditUser, edit::edit_user),
    write!(EnableUser, edit::enable_user),
    read!(GetAllPerms, perms::get_all_perms),
    read!(GetGroupMembers, groups::get_group_members),
    read!(GetUser, get::get_user),
    read!(GetUserGroups, groups::get_user_groups),
    read!(GetUserPerms, perms::get_user_perms),
    write!(GrantPermission, perms::grant_permission),
    kept!(ListUsers, get::list_users),
    write!(NewGroup, groups::new_group),
    write!(RemoveUserKrbPrincipal, principals::remove_user_krb_principal),
    write!(RevokePermission, perms::revoke_permission),
];
