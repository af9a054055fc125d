use super::prelude::*;

methods! {
    CGImport "CGImport" Login (metadata, directory, token = Value::Nil);
    CGInitBuild "CGInitBuild" Login (cg, data);
    CGRefundBuild "CGRefundBuild" Login (cg, build_id, token, state = Value::Int(3));
    GrantCGAccess "grantCGAccess" Perm("admin") (user, cg, create: bool = false);
    ListCGs "listCGs" Anyone ();
    RevokeCGAccess "revokeCGAccess" Perm("admin") (user, cg);
}
