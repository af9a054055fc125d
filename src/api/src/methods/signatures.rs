use super::prelude::*;

methods! {
    /// Stores a signature header (base64) that belongs to an rpm.
    AddRPMSig "addRPMSig" Perm("sign") (an_rpm, data);
    /// Forgets a signature, or all of an rpm, with the signed copies.
    DeleteRPMSig "deleteRPMSig" Perm("admin") (rpminfo, sigkey = Value::Nil, all_sigs: bool = false);
    /// Signing key to checksums of the copy with that signature.
    GetRPMChecksums "getRPMChecksums" Anyone (rpm_id, checksum_types = Value::Nil, cacheonly: bool = false);
    /// Stored signatures: `rpm_id`, `sigkey`, `sighash`.
    QueryRPMSigs "queryRPMSigs" Anyone (rpm_id = Value::Nil, sigkey = Value::Nil, queryOpts = Value::Nil);
    /// Writes the copy of an rpm that has a stored signature in it.
    WriteSignedRPM "writeSignedRPM" Perm("sign") (an_rpm, sigkey, force: bool = false);
}
