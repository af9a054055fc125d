use super::prelude::*;

methods! {
    /// The action of the rule of a policy that fires for the data; nil when none does.
    EvalPolicy "evalPolicy" Anyone (name, data);
}
