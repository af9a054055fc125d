use super::prelude::*;

methods! {
    AddRPMSig "addRPMSig" Perm("sign") (an_rpm, data);
    DeleteRPMSig "deleteRPMSig" Perm("admin") (rpminfo, sigkey = Value::Nil, all_sigs: bool = false);
    GetRPMChecksums "getRPMChecksums" Anyone (rpm_id, checksum_types = Value::Nil, cacheonly: bool = false);
    QueryRPMSigs "queryRPMSigs" Anyone (rpm_id = Value::Nil, sigkey = Value::Nil, queryOpts = Value::Nil);
    WriteSignedRPM "writeSignedRPM" Perm("sign") (an_rpm, sigkey, force: bool = false);
}
