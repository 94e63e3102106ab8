//! Logs of operations that ended long ago go; what is under way and what ended lately keeps its log.

use crate::story::Story;
use provisioning::server::{self, LOGS_KEPT};
use std::time::Duration;

#[tokio::test]
async fn logs_of_long_ended_operations_go_and_the_operations_stay() {
    let story = Story::begin().await;
    let old = story.ready("Shop").await;
    let creation = story.instance(old).await.operation.expect("one").id;
    // This one is never worked on.
    let waiting = story.order("Waits").await.operation.expect("one");
    let lines = async |operation| story.operation(operation).await.log.len();
    let (before, waits) = (lines(creation).await, lines(waiting).await);
    assert!(before > 0, "it told what it did");
    let system = story.hub.system(None);
    story.hub.clock().set(story.hub.clock().now().plus(LOGS_KEPT));
    assert_eq!(server::sweep(&system).await.expect("sweeps"), 0, "kept to the day");
    story.hub.clock().set(story.hub.clock().now().plus(Duration::from_secs(1)));
    assert_eq!(server::sweep(&system).await.expect("sweeps"), before as u64);
    assert_eq!((lines(creation).await, lines(waiting).await), (0, waits));
    assert_eq!(story.operation(creation).await.operation.state.code(), "succeeded");
    assert_eq!(server::sweep(&system).await.expect("sweeps"), 0);
    story.end().await;
}
