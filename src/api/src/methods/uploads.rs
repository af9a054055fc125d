//! Uploads inside XML-RPC; large files go by raw upload.

use super::prelude::*;

methods! {
    /// `{size, mtime}` of an uploaded file, with `verify` also `{sumlength, hexdigest}` of it or of its last `tail` bytes; nil
    /// when it is not there.
    CheckUpload "checkUpload" Anyone (path, name, verify = Value::Nil, tail = Value::Nil, volume = Value::Nil);
    /// Writes a piece of a file, `data` in base64. False when size or checksum do not match. Offset -1 is the last piece, with
    /// size and checksum of the whole.
    UploadFile "uploadFile" Login (path, name, size, md5sum, offset, data, volume = Value::Nil, checksum = Value::Nil);
}
