-- Each look for what has changed reads the newest rows only.
CREATE INDEX hub_changes_by_time ON hub_changes ("time");
