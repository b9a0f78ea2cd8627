package io.zandloper.server.decisionlog;

import java.nio.file.Path;

/**
 * Where decisions are logged, and how many.
 *
 * @param folder of the log's files alone; created where it does not exist
 * @param fileBytes after which a file is followed by the next one
 * @param files that are kept; the oldest go
 * @param purposes that a person must have granted for an entry to point at the person, a bit each from purpose 1 on; 0 for
 *     none
 */
public record DecisionLogSettings(Path folder, long fileBytes, int files, int purposes) {}
