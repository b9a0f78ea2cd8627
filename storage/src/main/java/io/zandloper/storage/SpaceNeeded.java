package io.zandloper.storage;

import java.nio.file.Path;

/**
 * Whether a whole state can be received.
 *
 * @param folder where there is the least room for its part
 * @param neededBytes there; what becomes of a snapshot in mapped files is an estimate
 * @param usableBytes there
 */
public record SpaceNeeded(Path folder, long neededBytes, long usableBytes) {
    public boolean hasRoom() {
        return neededBytes <= usableBytes;
    }
}
