//! A1 and A3.
