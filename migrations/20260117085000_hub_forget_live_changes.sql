-- Live changes name their kind outside of what they hold now: {"invoice": {..}} where it was {"kind": "invoice", ..}. Those
-- kept are only what pages that were away for some minutes catch up with; without them such a page fetches everything anew.
TRUNCATE hub.live_changes;
