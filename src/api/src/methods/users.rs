//! Users, their permissions, groups.

use super::prelude::*;

methods! {
    /// Puts a user into a group.
    AddGroupMember "addGroupMember" Perm("admin") (group, user, strict: bool = true);
    /// Gives a user another Kerberos principal; the user's id.
    AddUserKrbPrincipal "addUserKrbPrincipal" Perm("admin") (user, krb_principal);
    /// Makes a user; its id. Status 1 is disabled.
    CreateUser "createUser" Perm("admin") (username, status = Value::Nil, krb_principal = Value::Nil);
    /// Forbids a user to log in; sessions that are open end, too.
    DisableUser "disableUser" Perm("admin") (username);
    /// Takes a user out of a group.
    DropGroupMember "dropGroupMember" Perm("admin") (group, user);
    /// Changes the description of a permission.
    EditPermission "editPermission" Perm("admin") (permission, description);
    /// Renames a user, and changes principals: a list of `{old, new}`, nil for none.
    EditUser "editUser" Perm("admin") (userInfo, name = Value::Nil, krb_principal_mappings = Value::Nil);
    /// The reverse of `disableUser`.
    EnableUser "enableUser" Perm("admin") (username);
    /// All permissions: `{id, name, description}`.
    GetAllPerms "getAllPerms" Anyone ();
    /// The members of a group: `{id, name, usertype, krb_principals}`.
    GetGroupMembers "getGroupMembers" Anyone (group);
    /// A user by id, name, principal or struct of these (nil: the caller): `{id, name, status, usertype, krb_principals}`,
    /// with `groups` also the groups' names.
    GetUser "getUser" Anyone (userInfo = Value::Nil, strict: bool = false, krb_princs: bool = true, groups: bool = false);
    /// The groups of a user: `{id, name}`.
    GetUserGroups "getUserGroups" Anyone (user);
    /// The names of a user's permissions.
    GetUserPerms "getUserPerms" Anyone (userID = Value::Nil, with_groups: bool = true);
    /// Grants a permission to a user or group; `create` makes the permission when there is none.
    GrantPermission "grantPermission" Perm("admin") (userinfo, permission, create: bool = false, description = Value::Nil);
    /// Users as `getUser` describes them, by type (a number or a list), beginning of the name, permission.
    ListUsers "listUsers" Anyone (userType = Value::Int(0), prefix = Value::Nil, queryOpts = Value::Nil, perm = Value::Nil, inherited_perm: bool = false);
    /// Makes a group; its id.
    NewGroup "newGroup" Perm("admin") (name);
    /// Takes a Kerberos principal from a user; the user's id.
    RemoveUserKrbPrincipal "removeUserKrbPrincipal" Perm("admin") (user, krb_principal);
    /// Takes a permission from a user or group.
    RevokePermission "revokePermission" Perm("admin") (userinfo, permission);
}
