//! What a declaration is, and the macro that makes one.

use koji_xmlrpc::{Struct, Value};

use super::param::Param;

/// Who may call a method. The hub checks it before the method runs; `Inside` says that the method itself
/// decides, because the answer depends on its arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Anyone,
    /// Any logged-in user.
    Login,
    /// Holders of the permission, and admins.
    Perm(&'static str),
    /// The exclusive session of a build host.
    Host,
    /// The method checks by itself.
    Inside,
}

/// One method of the API.
#[derive(Debug)]
pub struct Decl {
    /// Name on the wire, such as `host.openTask`.
    pub name: &'static str,
    pub access: Access,
    pub params: &'static [ParamDecl],
    /// Name of the parameter that takes further positional arguments.
    pub varargs: Option<&'static str>,
    /// Name of the parameter that takes further keyword arguments.
    pub varkw: Option<&'static str>,
    pub doc: &'static str,
}

#[derive(Debug)]
pub struct ParamDecl {
    pub name: &'static str,
    /// `None` for a required parameter.
    pub default: Option<fn() -> Value>,
}

/// A call of one method: its arguments as typed fields.
pub trait Method: Sized + Send {
    const DECL: &'static Decl;
    /// Arguments as they go on the wire: required ones by position, others by keyword where they differ
    /// from the default (so that a hub with fewer parameters still understands the call).
    fn params(&self) -> Vec<Value>;
    /// The call that `args` and `kwargs` make.
    fn bind(args: Vec<Value>, kwargs: Struct) -> Result<Self, BindError>;
}

/// Arguments that do not fit the declaration; the text follows Python's, as clients know it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BindError(pub String);

impl Decl {
    /// `name(arg, other=None)`, as `system.methodHelp` answers.
    pub fn signature(&self) -> String {
        let mut parts: Vec<String> = self
            .params
            .iter()
            .map(|p| match p.default {
                None => p.name.to_owned(),
                Some(d) => format!("{}={}", p.name, python_repr(&d())),
            })
            .collect();
        parts.extend(self.varargs.map(|v| format!("*{v}")));
        parts.extend(self.varkw.map(|v| format!("**{v}")));
        format!("{}({})", self.name, parts.join(", "))
    }

    /// Whether the arguments fit, whatever their values; looked at in Python's order.
    pub fn check(&self, args: &[Value], kwargs: &Struct) -> Result<(), BindError> {
        let error = |what: String| Err(BindError(format!("{}() {what}", self.name)));
        for name in kwargs.keys() {
            match self.params.iter().position(|p| p.name == name) {
                None if self.varkw.is_none() => {
                    return error(format!("got an unexpected keyword argument '{name}'"));
                }
                Some(place) if place < args.len() => {
                    return error(format!("got multiple values for argument '{name}'"));
                }
                _ => {}
            }
        }
        let most = self.params.len();
        if args.len() > most && self.varargs.is_none() {
            let least = self.params.iter().filter(|p| p.default.is_none()).count();
            let takes = if least == most { most.to_string() } else { format!("from {least} to {most}") };
            let arguments = if takes == "1" { "argument" } else { "arguments" };
            let were = if args.len() == 1 { "was" } else { "were" };
            return error(format!("takes {takes} positional {arguments} but {} {were} given", args.len()));
        }
        let missing: Vec<String> = self
            .params
            .iter()
            .skip(args.len())
            .filter(|p| p.default.is_none() && !kwargs.contains_key(p.name))
            .map(|p| format!("'{}'", p.name))
            .collect();
        let names = match missing.as_slice() {
            [] => return Ok(()),
            [one] => one.clone(),
            [one, two] => format!("{one} and {two}"),
            [most @ .., last] => format!("{}, and {last}", most.join(", ")),
        };
        let arguments = if missing.len() == 1 { "argument" } else { "arguments" };
        error(format!("missing {} required positional {arguments}: {names}", missing.len()))
    }
}

/// A default value as Python writes it.
fn python_repr(v: &Value) -> String {
    match v {
        Value::Nil => "None".into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::Int(i) => i.to_string(),
        Value::Str(s) => format!("'{s}'"),
        other => format!("{other:?}"),
    }
}

/// Takes arguments apart in the order of a declaration.
pub(super) struct Binder {
    decl: &'static Decl,
    args: std::vec::IntoIter<Value>,
    kwargs: Struct,
}

impl Binder {
    pub(super) fn new(decl: &'static Decl, args: Vec<Value>, kwargs: Struct) -> Result<Binder, BindError> {
        decl.check(&args, &kwargs)?;
        Ok(Binder { decl, args: args.into_iter(), kwargs })
    }

    pub(super) fn take<T: Param>(&mut self, name: &str, default: Option<T>) -> Result<T, BindError> {
        let error = |what: String| BindError(format!("{}() {what}", self.decl.name));
        let Some(value) = self.args.next().or_else(|| self.kwargs.shift_remove(name)) else {
            return default.ok_or_else(|| error(format!("missing 1 required positional argument: '{name}'")));
        };
        T::from_value(value)
            .map_err(|wanted| error(format!("got an invalid value for '{name}': {wanted} wanted")))
    }

    pub(super) fn rest(&mut self) -> Vec<Value> {
        self.args.by_ref().collect()
    }

    pub(super) fn keywords(&mut self) -> Struct {
        std::mem::take(&mut self.kwargs)
    }
}

/// Puts arguments together in the order of a declaration.
#[derive(Default)]
pub(super) struct ParamList {
    args: Vec<Value>,
    kwargs: Struct,
}

impl ParamList {
    pub(super) fn push<T: Param>(&mut self, name: &str, value: &T, default: Option<T>) {
        match default {
            None => self.args.push(value.to_value()),
            Some(d) => {
                let (value, d) = (value.to_value(), d.to_value());
                if value != d {
                    self.kwargs.insert(name.to_owned(), value);
                }
            }
        }
    }

    pub(super) fn rest(&mut self, values: &[Value]) {
        self.args.extend_from_slice(values);
    }

    pub(super) fn keywords(&mut self, values: &Struct) {
        self.kwargs.extend(values.iter().map(|(k, v)| (k.clone(), v.clone())));
    }

    pub(super) fn finish(mut self) -> Vec<Value> {
        if !self.kwargs.is_empty() {
            self.kwargs.insert("__starstar".into(), Value::Bool(true));
            self.args.push(Value::Struct(self.kwargs));
        }
        self.args
    }
}

/// Declares the methods of one area:
///
/// ```text
/// /// What it answers.
/// GetTag "getTag" Anyone (tagInfo, strict: bool = false; *args; **kwargs);
/// ```
macro_rules! methods {
    ($(
        $(#[doc = $doc:literal])*
        $ty:ident $name:literal $access:ident $(($perm:literal))?
        ( $( $p:ident $(: $pty:ty)? $(= $default:expr)? ),* $(; * $va:ident)? $(; ** $kw:ident)? );
    )*) => {
        pub(super) const DECLS: &[&Decl] = &[ $( <$ty as Method>::DECL ),* ];
        $(
            $(#[doc = $doc])*
            #[derive(Debug, Clone)]
            pub struct $ty {
                $( pub $p: methods!(@ty $($pty)?), )*
                $( pub $va: Vec<Value>, )?
                $( pub $kw: Struct, )?
            }

            impl Default for $ty {
                fn default() -> Self {
                    $ty {
                        $( $p: methods!(@opt $($default)?).unwrap_or_default(), )*
                        $( $va: Vec::new(), )?
                        $( $kw: Struct::new(), )?
                    }
                }
            }

            impl Method for $ty {
                const DECL: &'static Decl = &Decl {
                    name: $name,
                    access: Access::$access $(($perm))?,
                    params: &[ $( ParamDecl {
                        name: methods!(@name $p),
                        default: methods!(@defn (methods!(@ty $($pty)?)) $($default)?),
                    } ),* ],
                    varargs: methods!(@str $($va)?),
                    varkw: methods!(@str $($kw)?),
                    doc: concat!($($doc, "\n"),*),
                };

                fn params(&self) -> Vec<Value> {
                    #[allow(unused_mut)]
                    let mut list = ParamList::default();
                    $( list.push::<methods!(@ty $($pty)?)>(
                        methods!(@name $p), &self.$p, methods!(@opt $($default)?)); )*
                    $( list.rest(&self.$va); )?
                    $( list.keywords(&self.$kw); )?
                    list.finish()
                }

                fn bind(args: Vec<Value>, kwargs: Struct) -> Result<Self, BindError> {
                    #[allow(unused_mut, unused_variables, reason = "some methods take nothing")]
                    let mut b = Binder::new(Self::DECL, args, kwargs)?;
                    let call = $ty {
                        $( $p: b.take(methods!(@name $p), methods!(@opt $($default)?))?, )*
                        $( $va: b.rest(), )?
                        $( $kw: b.keywords(), )?
                    };
                    Ok(call)
                }
            }
        )*
    };
    (@ty) => { Value };
    (@ty $ty:ty) => { $ty };
    (@opt) => { None };
    (@opt $default:expr) => { Some($default) };
    (@defn ($ty:ty)) => { None };
    (@defn ($ty:ty) $default:expr) => { Some(|| <$ty as Param>::to_value(&$default)) };
    (@str) => { None };
    (@str $s:ident) => { Some(stringify!($s)) };
    (@name r#type) => { "type" };
    (@name r#override) => { "override" };
    (@name $p:ident) => { stringify!($p) };
}
