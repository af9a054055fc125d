//! The header tags: number, name, and whether rpm gives them as a list.
//!
//! Source: rpm 4.18 as its Python binding shows it (`rpm.tagnames`, the `RPMTAG_*` aliases, and the type of an absent
//! tag's value), with `SHA3_256HEADER` of rpm 6, which Koji knows too.

/// One known tag.
#[derive(Debug, PartialEq, Eq)]
pub struct Tag {
    /// The number in the header's index.
    pub number: u32,
    /// rpm's name for it, upper case.
    pub name: &'static str,
    /// Whether its value is a list.
    pub array: bool,
}

/// The tag of that name or alias (upper case).
pub fn by_name(name: &str) -> Option<&'static Tag> {
    let name = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, name)| name);
    TAGS.iter().find(|tag| tag.name == name)
}

/// The tag of that number.
pub fn by_number(number: u32) -> Option<&'static Tag> {
    TAGS.binary_search_by_key(&number, |tag| tag.number).ok().and_then(|at| TAGS.get(at))
}

/// The highest number of the entries that only mark regions of the header.
pub const LAST_REGION: u32 = 64;

// The tags that this crate itself reads.
pub(crate) const NAME: u32 = 1000;
pub(crate) const VERSION: u32 = 1001;
pub(crate) const RELEASE: u32 = 1002;
pub(crate) const EPOCH: u32 = 1003;
pub(crate) const SUMMARY: u32 = 1004;
pub(crate) const DESCRIPTION: u32 = 1005;
pub(crate) const BUILDTIME: u32 = 1006;
pub(crate) const BUILDHOST: u32 = 1007;
pub(crate) const SIZE: u32 = 1009;
pub(crate) const DISTRIBUTION: u32 = 1010;
pub(crate) const VENDOR: u32 = 1011;
pub(crate) const LICENSE: u32 = 1014;
pub(crate) const PACKAGER: u32 = 1015;
pub(crate) const GROUP: u32 = 1016;
pub(crate) const URL: u32 = 1020;
pub(crate) const ARCH: u32 = 1022;
pub(crate) const PREIN: u32 = 1023;
pub(crate) const POSTIN: u32 = 1024;
pub(crate) const PREUN: u32 = 1025;
pub(crate) const POSTUN: u32 = 1026;
pub(crate) const OLDFILENAMES: u32 = 1027;
pub(crate) const FILESIZES: u32 = 1028;
pub(crate) const FILEMODES: u32 = 1030;
pub(crate) const FILERDEVS: u32 = 1033;
pub(crate) const FILEMTIMES: u32 = 1034;
pub(crate) const FILEMD5S: u32 = 1035;
pub(crate) const FILELINKTOS: u32 = 1036;
pub(crate) const FILEFLAGS: u32 = 1037;
pub(crate) const FILEUSERNAME: u32 = 1039;
pub(crate) const FILEGROUPNAME: u32 = 1040;
pub(crate) const SOURCERPM: u32 = 1044;
pub(crate) const FILEVERIFYFLAGS: u32 = 1045;
pub(crate) const ARCHIVESIZE: u32 = 1046;
pub(crate) const NOSOURCE: u32 = 1051;
pub(crate) const NOPATCH: u32 = 1052;
pub(crate) const EXCLUDEARCH: u32 = 1059;
pub(crate) const EXCLUSIVEARCH: u32 = 1061;
pub(crate) const RPMVERSION: u32 = 1064;
pub(crate) const CHANGELOGTIME: u32 = 1080;
pub(crate) const CHANGELOGNAME: u32 = 1081;
pub(crate) const CHANGELOGTEXT: u32 = 1082;
pub(crate) const BUILDARCHS: u32 = 1089;
pub(crate) const SOURCEPACKAGE: u32 = 1106;
pub(crate) const DIRINDEXES: u32 = 1116;
pub(crate) const BASENAMES: u32 = 1117;
pub(crate) const DIRNAMES: u32 = 1118;
pub(crate) const FILECLASS: u32 = 1141;
pub(crate) const CLASSDICT: u32 = 1142;
pub(crate) const FILEDIGESTALGO: u32 = 5011;
pub(crate) const FILENAMES: u32 = 5000;
pub(crate) const LONGFILESIZES: u32 = 5008;
pub(crate) const LONGSIZE: u32 = 5009;
pub(crate) const LONGARCHIVESIZE: u32 = 271;
pub(crate) const LONGSIGSIZE: u32 = 270;
pub(crate) const SIGSIZE: u32 = 257;
pub(crate) const SIGPGP: u32 = 259;
pub(crate) const SIGMD5: u32 = 261;
pub(crate) const SIGGPG: u32 = 262;
pub(crate) const SHA1HEADER: u32 = 269;
pub(crate) const SHA256HEADER: u32 = 273;
pub(crate) const SHA3_256HEADER: u32 = 279;
pub(crate) const EPOCHNUM: u32 = 5019;
pub(crate) const EVR: u32 = 5013;
pub(crate) const NVR: u32 = 5014;
pub(crate) const NVRA: u32 = 1196;
pub(crate) const NEVR: u32 = 5015;
pub(crate) const NEVRA: u32 = 5016;
pub(crate) const PROVIDES: u32 = 1047;
pub(crate) const REQUIRES: u32 = 1049;
pub(crate) const CONFLICTS: u32 = 1054;
pub(crate) const OBSOLETES: u32 = 1090;
pub(crate) const RECOMMENDS: u32 = 5046;
pub(crate) const SUGGESTS: u32 = 5049;
pub(crate) const SUPPLEMENTS: u32 = 5052;
pub(crate) const ENHANCES: u32 = 5055;
pub(crate) const PROVIDEFLAGS: u32 = 1112;
pub(crate) const REQUIREFLAGS: u32 = 1048;
pub(crate) const CONFLICTFLAGS: u32 = 1053;
pub(crate) const OBSOLETEFLAGS: u32 = 1114;
pub(crate) const RECOMMENDFLAGS: u32 = 5048;
pub(crate) const SUGGESTFLAGS: u32 = 5051;
pub(crate) const SUPPLEMENTFLAGS: u32 = 5054;
pub(crate) const ENHANCEFLAGS: u32 = 5057;
pub(crate) const PROVIDEVERSION: u32 = 1113;
pub(crate) const REQUIREVERSION: u32 = 1050;
pub(crate) const CONFLICTVERSION: u32 = 1055;
pub(crate) const OBSOLETEVERSION: u32 = 1115;
pub(crate) const RECOMMENDVERSION: u32 = 5047;
pub(crate) const SUGGESTVERSION: u32 = 5050;
pub(crate) const SUPPLEMENTVERSION: u32 = 5053;
pub(crate) const ENHANCEVERSION: u32 = 5056;

const ALIASES: &[(&str, &str)] = &[
    ("PKGID", "SIGMD5"),
    ("HDRID", "SHA1HEADER"),
    ("N", "NAME"),
    ("V", "VERSION"),
    ("R", "RELEASE"),
    ("E", "EPOCH"),
    ("FILEDIGESTS", "FILEMD5S"),
    ("P", "PROVIDES"),
    ("PROVIDENAME", "PROVIDES"),
    ("REQUIRENAME", "REQUIRES"),
    ("C", "CONFLICTS"),
    ("CONFLICTNAME", "CONFLICTS"),
    ("O", "OBSOLETES"),
    ("OBSOLETENAME", "OBSOLETES"),
    ("OLDSUGGESTS", "OLDSUGGESTSNAME"),
    ("OLDENHANCES", "OLDENHANCESNAME"),
    ("RECOMMENDNAME", "RECOMMENDS"),
    ("SUGGESTNAME", "SUGGESTS"),
    ("SUPPLEMENTNAME", "SUPPLEMENTS"),
    ("ENHANCENAME", "ENHANCES"),
];

const fn one(number: u32, name: &'static str) -> Tag {
    Tag { number, name, array: false }
}

const fn many(number: u32, name: &'static str) -> Tag {
    Tag { number, name, array: true }
}

/// Ascending by number.
#[rustfmt::skip]
const TAGS: &[Tag] = &[
    one(61, "HEADERIMAGE"),
    one(62, "HEADERSIGNATURES"),
    one(63, "HEADERIMMUTABLE"),
    one(64, "HEADERREGIONS"),
    many(100, "HEADERI18NTABLE"),
    one(257, "SIGSIZE"),
    one(259, "SIGPGP"),
    one(261, "SIGMD5"),
    one(262, "SIGGPG"),
    many(266, "PUBKEYS"),
    one(267, "DSAHEADER"),
    one(268, "RSAHEADER"),
    one(269, "SHA1HEADER"),
    one(270, "LONGSIGSIZE"),
    one(271, "LONGARCHIVESIZE"),
    one(273, "SHA256HEADER"),
    many(276, "VERITYSIGNATURES"),
    one(277, "VERITYSIGNATUREALGO"),
    one(279, "SHA3_256HEADER"),
    one(1000, "NAME"),
    one(1001, "VERSION"),
    one(1002, "RELEASE"),
    one(1003, "EPOCH"),
    one(1004, "SUMMARY"),
    one(1005, "DESCRIPTION"),
    one(1006, "BUILDTIME"),
    one(1007, "BUILDHOST"),
    one(1008, "INSTALLTIME"),
    one(1009, "SIZE"),
    one(1010, "DISTRIBUTION"),
    one(1011, "VENDOR"),
    one(1012, "GIF"),
    one(1013, "XPM"),
    one(1014, "LICENSE"),
    one(1015, "PACKAGER"),
    one(1016, "GROUP"),
    many(1018, "SOURCE"),
    many(1019, "PATCH"),
    one(1020, "URL"),
    one(1021, "OS"),
    one(1022, "ARCH"),
    one(1023, "PREIN"),
    one(1024, "POSTIN"),
    one(1025, "PREUN"),
    one(1026, "POSTUN"),
    many(1027, "OLDFILENAMES"),
    many(1028, "FILESIZES"),
    many(1029, "FILESTATES"),
    many(1030, "FILEMODES"),
    many(1033, "FILERDEVS"),
    many(1034, "FILEMTIMES"),
    many(1035, "FILEMD5S"),
    many(1036, "FILELINKTOS"),
    many(1037, "FILEFLAGS"),
    many(1039, "FILEUSERNAME"),
    many(1040, "FILEGROUPNAME"),
    one(1043, "ICON"),
    one(1044, "SOURCERPM"),
    many(1045, "FILEVERIFYFLAGS"),
    one(1046, "ARCHIVESIZE"),
    many(1047, "PROVIDES"),
    many(1048, "REQUIREFLAGS"),
    many(1049, "REQUIRES"),
    many(1050, "REQUIREVERSION"),
    many(1051, "NOSOURCE"),
    many(1052, "NOPATCH"),
    many(1053, "CONFLICTFLAGS"),
    many(1054, "CONFLICTS"),
    many(1055, "CONFLICTVERSION"),
    many(1059, "EXCLUDEARCH"),
    many(1060, "EXCLUDEOS"),
    many(1061, "EXCLUSIVEARCH"),
    many(1062, "EXCLUSIVEOS"),
    one(1064, "RPMVERSION"),
    many(1065, "TRIGGERSCRIPTS"),
    many(1066, "TRIGGERNAME"),
    many(1067, "TRIGGERVERSION"),
    many(1068, "TRIGGERFLAGS"),
    many(1069, "TRIGGERINDEX"),
    one(1079, "VERIFYSCRIPT"),
    many(1080, "CHANGELOGTIME"),
    many(1081, "CHANGELOGNAME"),
    many(1082, "CHANGELOGTEXT"),
    many(1085, "PREINPROG"),
    many(1086, "POSTINPROG"),
    many(1087, "PREUNPROG"),
    many(1088, "POSTUNPROG"),
    many(1089, "BUILDARCHS"),
    many(1090, "OBSOLETES"),
    many(1091, "VERIFYSCRIPTPROG"),
    many(1092, "TRIGGERSCRIPTPROG"),
    one(1094, "COOKIE"),
    many(1095, "FILEDEVICES"),
    many(1096, "FILEINODES"),
    many(1097, "FILELANGS"),
    many(1098, "PREFIXES"),
    many(1099, "INSTPREFIXES"),
    one(1106, "SOURCEPACKAGE"),
    many(1112, "PROVIDEFLAGS"),
    many(1113, "PROVIDEVERSION"),
    many(1114, "OBSOLETEFLAGS"),
    many(1115, "OBSOLETEVERSION"),
    many(1116, "DIRINDEXES"),
    many(1117, "BASENAMES"),
    many(1118, "DIRNAMES"),
    many(1119, "ORIGDIRINDEXES"),
    many(1120, "ORIGBASENAMES"),
    many(1121, "ORIGDIRNAMES"),
    one(1122, "OPTFLAGS"),
    one(1123, "DISTURL"),
    one(1124, "PAYLOADFORMAT"),
    one(1125, "PAYLOADCOMPRESSOR"),
    one(1126, "PAYLOADFLAGS"),
    one(1127, "INSTALLCOLOR"),
    one(1128, "INSTALLTID"),
    one(1129, "REMOVETID"),
    one(1132, "PLATFORM"),
    many(1133, "PATCHESNAME"),
    many(1134, "PATCHESFLAGS"),
    many(1135, "PATCHESVERSION"),
    many(1140, "FILECOLORS"),
    many(1141, "FILECLASS"),
    many(1142, "CLASSDICT"),
    many(1143, "FILEDEPENDSX"),
    many(1144, "FILEDEPENDSN"),
    many(1145, "DEPENDSDICT"),
    one(1146, "SOURCEPKGID"),
    many(1147, "FILECONTEXTS"),
    many(1148, "FSCONTEXTS"),
    many(1149, "RECONTEXTS"),
    many(1150, "POLICIES"),
    one(1151, "PRETRANS"),
    one(1152, "POSTTRANS"),
    many(1153, "PRETRANSPROG"),
    many(1154, "POSTTRANSPROG"),
    one(1155, "DISTTAG"),
    many(1156, "OLDSUGGESTSNAME"),
    many(1157, "OLDSUGGESTSVERSION"),
    many(1158, "OLDSUGGESTSFLAGS"),
    many(1159, "OLDENHANCESNAME"),
    many(1160, "OLDENHANCESVERSION"),
    many(1161, "OLDENHANCESFLAGS"),
    one(1195, "DBINSTANCE"),
    one(1196, "NVRA"),
    many(5000, "FILENAMES"),
    many(5001, "FILEPROVIDE"),
    many(5002, "FILEREQUIRE"),
    many(5005, "TRIGGERCONDS"),
    many(5006, "TRIGGERTYPE"),
    many(5007, "ORIGFILENAMES"),
    many(5008, "LONGFILESIZES"),
    one(5009, "LONGSIZE"),
    many(5010, "FILECAPS"),
    one(5011, "FILEDIGESTALGO"),
    one(5012, "BUGURL"),
    one(5013, "EVR"),
    one(5014, "NVR"),
    one(5015, "NEVR"),
    one(5016, "NEVRA"),
    one(5017, "HEADERCOLOR"),
    one(5018, "VERBOSE"),
    one(5019, "EPOCHNUM"),
    one(5020, "PREINFLAGS"),
    one(5021, "POSTINFLAGS"),
    one(5022, "PREUNFLAGS"),
    one(5023, "POSTUNFLAGS"),
    one(5024, "PRETRANSFLAGS"),
    one(5025, "POSTTRANSFLAGS"),
    one(5026, "VERIFYSCRIPTFLAGS"),
    many(5027, "TRIGGERSCRIPTFLAGS"),
    many(5030, "POLICYNAMES"),
    many(5031, "POLICYTYPES"),
    many(5032, "POLICYTYPESINDEXES"),
    many(5033, "POLICYFLAGS"),
    one(5034, "VCS"),
    many(5035, "ORDERNAME"),
    many(5036, "ORDERVERSION"),
    many(5037, "ORDERFLAGS"),
    many(5040, "INSTFILENAMES"),
    many(5041, "REQUIRENEVRS"),
    many(5042, "PROVIDENEVRS"),
    many(5043, "OBSOLETENEVRS"),
    many(5044, "CONFLICTNEVRS"),
    many(5045, "FILENLINKS"),
    many(5046, "RECOMMENDS"),
    many(5047, "RECOMMENDVERSION"),
    many(5048, "RECOMMENDFLAGS"),
    many(5049, "SUGGESTS"),
    many(5050, "SUGGESTVERSION"),
    many(5051, "SUGGESTFLAGS"),
    many(5052, "SUPPLEMENTS"),
    many(5053, "SUPPLEMENTVERSION"),
    many(5054, "SUPPLEMENTFLAGS"),
    many(5055, "ENHANCES"),
    many(5056, "ENHANCEVERSION"),
    many(5057, "ENHANCEFLAGS"),
    many(5058, "RECOMMENDNEVRS"),
    many(5059, "SUGGESTNEVRS"),
    many(5060, "SUPPLEMENTNEVRS"),
    many(5061, "ENHANCENEVRS"),
    one(5062, "ENCODING"),
    many(5066, "FILETRIGGERSCRIPTS"),
    many(5067, "FILETRIGGERSCRIPTPROG"),
    many(5068, "FILETRIGGERSCRIPTFLAGS"),
    many(5069, "FILETRIGGERNAME"),
    many(5070, "FILETRIGGERINDEX"),
    many(5071, "FILETRIGGERVERSION"),
    many(5072, "FILETRIGGERFLAGS"),
    many(5076, "TRANSFILETRIGGERSCRIPTS"),
    many(5077, "TRANSFILETRIGGERSCRIPTPROG"),
    many(5078, "TRANSFILETRIGGERSCRIPTFLAGS"),
    many(5079, "TRANSFILETRIGGERNAME"),
    many(5080, "TRANSFILETRIGGERINDEX"),
    many(5081, "TRANSFILETRIGGERVERSION"),
    many(5082, "TRANSFILETRIGGERFLAGS"),
    many(5084, "FILETRIGGERPRIORITIES"),
    many(5085, "TRANSFILETRIGGERPRIORITIES"),
    many(5086, "FILETRIGGERCONDS"),
    many(5087, "FILETRIGGERTYPE"),
    many(5088, "TRANSFILETRIGGERCONDS"),
    many(5089, "TRANSFILETRIGGERTYPE"),
    many(5090, "FILESIGNATURES"),
    one(5091, "FILESIGNATURELENGTH"),
    many(5092, "PAYLOADDIGEST"),
    one(5093, "PAYLOADDIGESTALGO"),
    one(5096, "MODULARITYLABEL"),
    many(5097, "PAYLOADDIGESTALT"),
    one(5098, "ARCHSUFFIX"),
    one(5099, "SPEC"),
    one(5100, "TRANSLATIONURL"),
    one(5101, "UPSTREAMRELEASES"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_aliases_resolve() {
        assert!(TAGS.is_sorted_by(|a, b| a.number < b.number));
        for (alias, name) in ALIASES {
            assert_eq!(by_name(alias).map(|tag| tag.name), Some(*name));
        }
        assert_eq!(by_number(1000).map(|tag| tag.name), Some("NAME"));
        assert_eq!(by_name("NOSUCHHEADER"), None);
    }
}
