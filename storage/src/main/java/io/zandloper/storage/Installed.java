package io.zandloper.storage;

import io.zandloper.storage.journal.JournalEnd;
import java.nio.file.Path;
import java.util.List;

/**
 * What came of a state that was received.
 *
 * @param end where it goes on
 * @param tails files of the changes that only this node had, see {@link SetAsideTails}; none where there were none
 */
public record Installed(JournalEnd end, List<Path> tails) {}
