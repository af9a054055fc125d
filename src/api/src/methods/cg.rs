//! Content generators.

use super::prelude::*;

methods! {
    /// Imports a build that a content generator has made, from its metadata and uploaded files.
    CGImport "CGImport" Inside (metadata, directory, token = Value::Nil);
    /// Reserves a build: `{build_id, token}`.
    CGInitBuild "CGInitBuild" Inside (cg, data);
    /// Gives a reserved build up, as FAILED (3) or CANCELED (4).
    CGRefundBuild "CGRefundBuild" Inside (cg, build_id, token, state = Value::Int(3));
    /// Lets a user import for a content generator; `create` makes the generator when there is none.
    GrantCGAccess "grantCGAccess" Perm("admin") (user, cg, create: bool = false);
    /// The generators: `{name: {id, users}}`.
    ListCGs "listCGs" Anyone ();
    /// The reverse of `grantCGAccess`.
    RevokeCGAccess "revokeCGAccess" Perm("admin") (user, cg);
}
