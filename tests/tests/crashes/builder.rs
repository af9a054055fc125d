//! `kill -9` of kojid in mid-build, and its orderly end.

use std::time::Duration;

use koji_tests::{Options, Package, System, TARGET};

#[test]
fn a_task_goes_back_when_the_builder_dies() {
    let system = System::start(Options::default()).unwrap();
    let url = system.publish(&Package::new("killed").first("sleep 8")).unwrap();
    let task = system.submit(&[TARGET, &url]).unwrap();
    system.wait_for_open_child(task, "buildArch", Duration::from_secs(90)).unwrap();
    system.kojid(|kojid| kojid.kill()).unwrap();
    system.start_kojid().unwrap();
    assert_eq!(system.wait_for_task(task, Duration::from_secs(120)).unwrap(), "CLOSED");
    system.koji(["list-tagged", "t1-dest", "killed"]).unwrap().says(&["killed-1.0-1"]).unwrap();

    // SIGTERM ends it in order, and another one goes on with the work
    let url = system.publish(&Package::new("stopped").first("sleep 8")).unwrap();
    let task = system.submit(&[TARGET, &url]).unwrap();
    system.wait_for_open_child(task, "buildArch", Duration::from_secs(90)).unwrap();
    system.kojid(|kojid| kojid.terminate(Duration::from_secs(15))).unwrap();
    system.start_kojid().unwrap();
    assert_eq!(system.wait_for_task(task, Duration::from_secs(120)).unwrap(), "CLOSED");
}
