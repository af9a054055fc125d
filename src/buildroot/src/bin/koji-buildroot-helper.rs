//! The helper as a program of its own, for tests and for programs that cannot be started again as one.

fn main() {
    koji_buildroot::helper_main()
}
