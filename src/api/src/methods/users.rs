use super::prelude::*;

methods! {
    AddGroupMember "addGroupMember" Perm("admin") (group, user, strict: bool = true);
    AddUserKrbPrincipal "addUserKrbPrincipal" Perm("admin") (user, krb_principal);
    CreateUser "createUser" Perm("admin") (username, status = Value::Nil, krb_principal = Value::Nil);
    DisableUser "disableUser" Perm("admin") (username);
    DropGroupMember "dropGroupMember" Perm("admin") (group, user);
    EditPermission "editPermission" Perm("admin") (permission, description);
    EditUser "editUser" Perm("admin") (userInfo, name = Value::Nil, krb_principal_mappings = Value::Nil);
    EnableUser "enableUser" Perm("admin") (username);
    GetAllPerms "getAllPerms" Anyone ();
    GetGroupMembers "getGroupMembers" Anyone (group);
    GetUser "getUser" Anyone (userInfo = Value::Nil, strict: bool = false, krb_princs: bool = true, groups: bool = false);
    GetUserGroups "getUserGroups" Anyone (user);
    GetUserPerms "getUserPerms" Anyone (userID = Value::Nil, with_groups: bool = true);
    GrantPermission "grantPermission" Perm("admin") (userinfo, permission, create: bool = false, description = Value::Nil);
    ListUsers "listUsers" Anyone (userType = Value::Int(0), prefix = Value::Nil, queryOpts = Value::Nil, perm = Value::Nil, inherited_perm: bool = false);
    NewGroup "newGroup" Perm("admin") (name);
    RemoveUserKrbPrincipal "removeUserKrbPrincipal" Perm("admin") (user, krb_principal);
    RevokePermission "revokePermission" Perm("admin") (userinfo, permission);
}
