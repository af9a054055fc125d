use super::prelude::*;

methods! {
    EvalPolicy "evalPolicy" Anyone (name, data);
}
