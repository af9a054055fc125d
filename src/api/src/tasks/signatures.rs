//! The arguments of every known task method, by name.

use koji_xmlrpc::{Struct, Value, split_kwargs};

/// Why a request has no named parameters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParamsError {
    /// A plugin's method, for instance; its arguments stay a list.
    #[error("No legacy signature for {0}")]
    UnknownMethod(String),
    #[error("Invalid signature for {method}: {reason}")]
    BadArguments { method: String, reason: &'static str },
}

/// What an argument is when it is left out.
#[derive(Debug, Clone, Copy)]
enum Default {
    Required,
    Nil,
    False,
    Int(i64),
    Empty,
    EmptyList,
}

impl Default {
    fn value(self) -> Option<Value> {
        Some(match self {
            Default::Required => return None,
            Default::Nil => Value::Nil,
            Default::False => Value::Bool(false),
            Default::Int(n) => Value::Int(n),
            Default::Empty => Value::Str(String::new()),
            Default::EmptyList => Value::Array(Vec::new()),
        })
    }
}

struct Signature {
    method: &'static str,
    params: &'static [(&'static str, Default)],
    /// Name under which further positional arguments appear.
    rest: Option<&'static str>,
    /// Name under which further keyword arguments appear.
    keywords: Option<&'static str>,
}

macro_rules! signatures {
    (@default) => { Default::Required };
    (@default $d:ident) => { Default::$d };
    (@default $d:ident $n:literal) => { Default::$d($n) };
    (@opt) => { None };
    (@opt $name:literal) => { Some($name) };
    ($( $method:literal ( $( $p:ident $(= $d:ident $(($n:literal))?)? ),* ) $(* $rest:literal)? $(** $kw:literal)? ; )*) => {
        &[ $( Signature {
            method: $method,
            params: &[ $( (stringify!($p), signatures!(@default $($d $($n)?)?)) ),* ],
            rest: signatures!(@opt $($rest)?),
            keywords: signatures!(@opt $($kw)?),
        } ),* ]
    };
}

/// A method that stands twice has two signatures; the first that fits counts.
const SIGNATURES: &[Signature] = signatures! {
    "appliance" (name, version, arch, target, ksfile, opts = Nil);
    "build" (src, target, opts = Nil);
    "buildArch" (pkg, root, arch, keep_srpm, opts = Nil);
    "buildMaven" (url, build_tag, opts = Nil);
    "buildNotification" (recipients, build, target, weburl);
    "buildSRPMFromSCM" (url, build_tag, opts = Nil);
    "chainbuild" (srcs, target, opts = Nil);
    "chainmaven" (builds, target, opts = Nil);
    "createAppliance" (name, version, release, arch, target_info, build_tag, repo_info, ksfile, opts = Nil);
    "createImage" (name, version, release, arch, target_info, build_tag, repo_info, inst_tree, opts = Nil);
    "createLiveCD" (name, version, release, arch, target_info, build_tag, repo_info, ksfile, opts = Nil);
    "createLiveMedia" (name, version, release, arch, target_info, build_tag, repo_info, ksfile, opts = Nil);
    "createdistrepo" (tag, repo_id, arch, keys, opts);
    "createrepo" (repo_id, arch, oldrepo);
    "default" () * "args" ** "opts";
    "dependantTask" (wait_list, task_list);
    "distRepo" (tag, repo_id, keys, task_opts);
    "fork" (n = Int(5), m = Int(37));
    "image" (name, version, arches, target, inst_tree, opts = Nil);
    "indirectionimage" (opts);
    "livecd" (name, version, arch, target, ksfile, opts = Nil);
    "livemedia" (name, version, arches, target, ksfile, opts = Nil);
    "maven" (url, target, opts = Nil);
    "newRepo" (tag, event = Nil, src = False, debuginfo = False, separate_src = False);
    "newRepo" (tag, event = Nil, src = Nil, debuginfo = Nil, separate_src = Nil, opts = Nil);
    "rebuildSRPM" (srpm, build_tag, opts = Nil);
    "restart" (host);
    "restartHosts" (options = Nil);
    "restartVerify" (task_id, host);
    "runroot" (root, arch, command, keep = False, packages = EmptyList, mounts = EmptyList, repo_id = Nil,
        skip_setarch = False, weight = Nil, upload_logs = Nil, new_chroot = False);
    "saveFailedTree" (buildrootID, full = False);
    "shutdown" ();
    "sleep" (n);
    "someMethod" () * "args";
    "subtask" (n = Int(4));
    "tagBuild" (tag_id, build_id, force = False, fromtag = Nil, ignore_success = False);
    "tagNotification" (recipients, is_successful, tag_info, from_info, build_info, user_info, ignore_success = Nil,
        failure_msg = Empty);
    "vmExec" (name, task_info, opts);
    "waitrepo" (tag, newer_than = Nil, nvrs = Nil, min_event = Nil);
    "waittest" (count, seconds = Int(10));
    "winbuild" (name, source_url, target, opts);
    "wrapperRPM" (spec_url, build_target, build, task, opts = Nil);
};

/// Whether the method's arguments have names here.
pub fn is_known(method: &str) -> bool {
    SIGNATURES.iter().any(|s| s.method == method)
}

/// The arguments of a task's request by name, defaults filled in.
///
/// A request that is a single struct with `__method__` already names them.
pub fn params(method: &str, request: &[Value]) -> Result<Struct, ParamsError> {
    if let [Value::Struct(named)] = request
        && named.contains_key("__method__")
    {
        let mut named = named.clone();
        named.shift_remove("__method__");
        return Ok(named);
    }
    let (args, kwargs) = split_kwargs(request.to_vec());
    let mut reason = None;
    for signature in SIGNATURES.iter().filter(|s| s.method == method) {
        match signature.apply(&args, &kwargs) {
            Ok(named) => return Ok(named),
            Err(e) => reason = reason.or(Some(e)),
        }
    }
    Err(match reason {
        Some(reason) => ParamsError::BadArguments { method: method.to_owned(), reason },
        None => ParamsError::UnknownMethod(method.to_owned()),
    })
}

impl Signature {
    fn apply(&self, args: &[Value], kwargs: &Struct) -> Result<Struct, &'static str> {
        let mut named = Struct::new();
        let mut kwargs = kwargs.clone();
        let mut args = args.iter().cloned();
        for (name, default) in self.params {
            let value = match (args.next(), kwargs.shift_remove(*name)) {
                (Some(_), Some(_)) => return Err("duplicate keyword parameter"),
                (Some(v), None) | (None, Some(v)) => v,
                (None, None) => default.value().ok_or("missing required parameter")?,
            };
            named.insert((*name).to_owned(), value);
        }
        let rest: Vec<Value> = args.collect();
        match self.rest {
            Some(name) => {
                named.insert(name.to_owned(), Value::Array(rest));
            }
            None if !rest.is_empty() => return Err("too many args"),
            None => {}
        }
        match self.keywords {
            Some(name) => {
                named.insert(name.to_owned(), Value::Struct(kwargs));
            }
            None if !kwargs.is_empty() => return Err("unexpected keyword parameter"),
            None => {}
        }
        Ok(named)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use koji_xmlrpc::join_kwargs;
    use proptest::prelude::*;

    #[test]
    fn positions_keywords_and_defaults() {
        let opts = Value::record([("scratch", Value::Bool(true))]);
        let p = params("build", &["git://x#1".into(), "f45".into(), opts.clone()]).unwrap();
        assert_eq!(p.get("src"), Some(&"git://x#1".into()));
        assert_eq!(p.get("opts"), Some(&opts));

        let mut kwargs = Struct::new();
        kwargs.insert("arch".into(), "x86_64".into());
        kwargs.insert("keep_srpm".into(), true.into());
        let p = params("buildArch", &join_kwargs(vec!["a.src.rpm".into(), 3.into()], kwargs)).unwrap();
        assert_eq!(p.keys().collect::<Vec<_>>(), ["pkg", "root", "arch", "keep_srpm", "opts"]);
        assert_eq!(p.get("opts"), Some(&Value::Nil));
    }

    #[test]
    fn new_repo_has_two_signatures() {
        assert_eq!(params("newRepo", &["t".into()]).unwrap().get("src"), Some(&Value::Bool(false)));
        let six =
            [Value::from("t"), Value::Nil, Value::Nil, Value::Nil, Value::Nil, Value::Struct(Struct::new())];
        assert_eq!(params("newRepo", &six).unwrap().get("src"), Some(&Value::Nil));
    }

    #[test]
    fn what_does_not_fit() {
        assert_eq!(params("nosuch", &[]), Err(ParamsError::UnknownMethod("nosuch".into())));
        assert!(matches!(params("sleep", &[]), Err(ParamsError::BadArguments { .. })));
        assert!(matches!(params("sleep", &[1.into(), 2.into()]), Err(ParamsError::BadArguments { .. })));
    }

    #[test]
    fn named_requests_name_themselves() {
        let request = Value::record([("__method__", "x".into()), ("a", Value::Int(1))]);
        assert_eq!(params("whatever", &[request]).unwrap().get("a"), Some(&Value::Int(1)));
    }

    proptest! {
        /// Whatever the arguments, an answer has every declared name exactly once, in order.
        #[test]
        fn answers_are_complete(pick in 0..SIGNATURES.len(), args in proptest::collection::vec(0_i64..9, 0..12)) {
            let Some(signature) = SIGNATURES.get(pick) else { return Ok(()) };
            let args: Vec<Value> = args.into_iter().map(Value::from).collect();
            let required = signature.params.iter().filter(|(_, d)| matches!(d, Default::Required)).count();
            let fits = args.len() >= required && (args.len() <= signature.params.len() || signature.rest.is_some());
            match signature.apply(&args, &Struct::new()) {
                Ok(named) => {
                    prop_assert!(fits);
                    for (key, (name, _)) in named.keys().zip(signature.params) {
                        prop_assert_eq!(key, name);
                    }
                }
                Err(_) => prop_assert!(!fits),
            }
        }
    }
}
