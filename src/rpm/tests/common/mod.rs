use std::path::PathBuf;

pub const PACKAGES: [&str; 5] = [
    "hello-1.0-1.el9.src.rpm",
    "hello-1.0-1.el9.x86_64.rpm",
    "hello-1.0-1.el9.x86_64.signed.rpm",
    "hello-doc-1.0-1.el9.noarch.rpm",
    "rich-1.0~rc1^git5-2.noarch.rpm",
];

pub fn data(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}
