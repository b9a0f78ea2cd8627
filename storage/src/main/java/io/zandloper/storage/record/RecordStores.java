package io.zandloper.storage.record;

import io.zandloper.storage.epoch.Reclaimer;
import java.nio.file.Path;

/** Makes and opens record stores. */
public interface RecordStores {
    /** Chronicle Maps in files. */
    RecordStores CHRONICLE = new RecordStores() {
        @Override
        public RecordStore create(Path folder, Reclaimer reclaimer) {
            return ChronicleRecordStore.create(folder, reclaimer);
        }

        @Override
        public RecordStore open(Path folder, Reclaimer reclaimer) {
            return ChronicleRecordStore.open(folder, reclaimer);
        }
    };

    /** An empty store in a folder that is empty or not there yet. */
    RecordStore create(Path folder, Reclaimer reclaimer);

    /** A store as it was forced and closed; whoever calls this knows that it was. */
    RecordStore open(Path folder, Reclaimer reclaimer);
}
