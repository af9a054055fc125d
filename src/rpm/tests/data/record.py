#!/usr/bin/python3
"""Writes expected.json: what rpm's Python binding answers for the packages in this directory.

Run it again after adding a package. The hash is that of the compared data described in src/diff/hash.rs.
"""
import glob
import hashlib
import json
import os

import rpm


def plain(value):
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def compared(header):
    tags = (rpm.RPMTAG_NAME, rpm.RPMTAG_SUMMARY, rpm.RPMTAG_DESCRIPTION, rpm.RPMTAG_GROUP, rpm.RPMTAG_LICENSE,
            rpm.RPMTAG_URL, rpm.RPMTAG_PREIN, rpm.RPMTAG_POSTIN, rpm.RPMTAG_PREUN, rpm.RPMTAG_POSTUN)
    data = {"ignore": "S5TN", "tags": {tag: header[tag] for tag in tags}}
    own = (header["name"], rpm.RPMSENSE_EQUAL, "%s-%s" % (header["version"], header["release"]))
    for kind in ("REQUIRES", "PROVIDES", "CONFLICTS", "OBSOLETES"):
        relations = list(zip(header[kind], header[kind[:-1] + "FLAGS"], header[kind[:-1] + "VERSION"]))
        data[kind] = sorted(item for item in relations if kind != "PROVIDES" or item != own)
    data["files"] = {
        entry.name: {1: entry.mode, 3: entry.fflags, 4: entry.rdev, 7: entry.state, 8: entry.vflags,
                     9: entry.user, 10: entry.group}
        for entry in rpm.files(header)}
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


os.environ["LC_ALL"] = "C"
transaction = rpm.TransactionSet()
transaction.setVSFlags(rpm._RPMVSF_NOSIGNATURES | rpm._RPMVSF_NODIGESTS)
os.chdir(os.path.dirname(os.path.abspath(__file__)))
computed = ("filenames", "longsize", "longarchivesize", "longfilesizes", "epochnum", "evr", "nvr", "nvra", "nevr",
            "nevra", "epoch", "exclusivearch", "sourcepackage", "sourcerpm")
answer = {}
for path in sorted(glob.glob("*.rpm")):
    with open(path, "rb") as file:
        header = transaction.hdrFromFdno(file.fileno())
    answer[path] = {
        "fields": {rpm.tagnames[key]: plain(header[key]) for key in header.keys() if key in rpm.tagnames},
        "computed": {name: plain(header[name]) for name in computed},
        "kojihash": compared(header),
    }
versions = ["1", "1.0", "1.0~rc1", "1.0^git1", "1.0^", "1.0~~", "1.0.1", "1.a", "1.10", "01.0", "1_0", "a", "~", "^",
            "2.0.1a", "2.0.1", "5.5p1", "5.5p10", "10xyz", "xyz10", "1.0^20160101^git1", "1.0~rc1^git1", "1..0"]
answer["vercmp"] = [[a, b, rpm.labelCompare(("0", a, "1"), ("0", b, "1"))] for a in versions for b in versions]
with open("expected.json", "w") as out:
    json.dump(answer, out, indent=1, sort_keys=True, ensure_ascii=False)
    out.write("\n")
