//! Numbers on the wire and in the database that stand for a state or kind.

/// Declares an enumeration with its wire number and name.
macro_rules! numbered {
    ($(#[doc = $doc:literal])* $ty:ident { $($variant:ident = $n:literal $name:literal),* $(,)? }) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $ty { $($variant = $n),* }

        impl $ty {
            pub const ALL: &'static [$ty] = &[$($ty::$variant),*];

            /// The number on the wire and in the database.
            pub const fn code(self) -> i64 {
                self as i64
            }

            pub fn from_code(code: i64) -> Option<$ty> {
                Self::ALL.iter().copied().find(|s| s.code() == code)
            }

            /// The name in capitals, as Koji's clients print and accept it.
            pub fn name(self) -> &'static str {
                match self { $($ty::$variant => $name),* }
            }

            pub fn from_name(name: &str) -> Option<$ty> {
                Self::ALL.iter().copied().find(|s| s.name() == name)
            }
        }

        impl std::fmt::Display for $ty {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }

        impl From<$ty> for koji_xmlrpc::Value {
            fn from(v: $ty) -> koji_xmlrpc::Value {
                koji_xmlrpc::Value::Int(v.code())
            }
        }
    };
}

numbered! {
    /// State of a task.
    TaskState { Free = 0 "FREE", Open = 1 "OPEN", Closed = 2 "CLOSED", Canceled = 3 "CANCELED", Assigned = 4 "ASSIGNED", Failed = 5 "FAILED" }
}
numbered! {
    /// State of a build.
    BuildState { Building = 0 "BUILDING", Complete = 1 "COMPLETE", Deleted = 2 "DELETED", Failed = 3 "FAILED", Canceled = 4 "CANCELED" }
}
numbered! {
    /// State of a repository.
    RepoState { Init = 0 "INIT", Ready = 1 "READY", Expired = 2 "EXPIRED", Deleted = 3 "DELETED", Problem = 4 "PROBLEM" }
}
numbered! {
    /// State of a buildroot.
    BuildrootState { Init = 0 "INIT", Waiting = 1 "WAITING", Building = 2 "BUILDING", Expired = 3 "EXPIRED" }
}
numbered! {
    /// Who made a buildroot: a builder of ours, or a content generator.
    BuildrootType { Standard = 0 "STANDARD", External = 1 "EXTERNAL" }
}
numbered! { UserType { Normal = 0 "NORMAL", Host = 1 "HOST", Group = 2 "GROUP" } }
numbered! { UserStatus { Normal = 0 "NORMAL", Blocked = 1 "BLOCKED" } }
numbered! {
    /// How a session logged in.
    AuthType { Normal = 0 "NORMAL", Kerberos = 1 "KERBEROS", Ssl = 2 "SSL", Gssapi = 3 "GSSAPI" }
}
numbered! { ChecksumType { Md5 = 0 "md5", Sha1 = 1 "sha1", Sha256 = 2 "sha256" } }
numbered! {
    /// Changes of a tag's builds that are no tagging.
    TagUpdateType { VolumeChange = 0 "VOLUME_CHANGE", Import = 1 "IMPORT", Manual = 2 "MANUAL", DraftPromotion = 3 "DRAFT_PROMOTION" }
}

impl TaskState {
    /// Closed, canceled or failed: nothing more will happen to the task.
    pub fn is_final(self) -> bool {
        matches!(self, TaskState::Closed | TaskState::Canceled | TaskState::Failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_a_capital_name() {
        for s in TaskState::ALL {
            assert_eq!(s.name(), s.name().to_uppercase());
            assert_eq!(TaskState::from_name(s.name()), Some(*s));
            assert_eq!(TaskState::from_code(s.code()), Some(*s));
        }
        assert_eq!(RepoState::Problem.to_string(), "PROBLEM");
    }
}
