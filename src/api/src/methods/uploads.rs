use super::prelude::*;

methods! {
    CheckUpload "checkUpload" Anyone (path, name, verify = Value::Nil, tail = Value::Nil, volume = Value::Nil);
    UploadFile "uploadFile" Login (path, name, size, md5sum, offset, data, volume = Value::Nil, checksum = Value::Nil);
}
