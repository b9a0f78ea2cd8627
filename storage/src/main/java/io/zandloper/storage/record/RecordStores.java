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
        public RecordStore createToFill(Path folder, Reclaimer reclaimer) {
            return new RecordFiller(this, folder, reclaimer);
        }

        @Override
        public RecordStore open(Path folder, Reclaimer reclaimer) {
            return ChronicleRecordStore.open(folder, reclaimer);
        }
    };

    /** An empty store in a folder that is empty or not there yet. */
    RecordStore create(Path folder, Reclaimer reclaimer);

    /**
     * The same for whoever fills it before anybody reads: what is put may be stored later, and fail later. {@link
     * RecordStore#filled} gives the store to go on with.
     */
    default RecordStore createToFill(Path folder, Reclaimer reclaimer) {
        return create(folder, reclaimer);
    }

    /** A store as it was forced and closed; whoever calls this knows that it was. */
    RecordStore open(Path folder, Reclaimer reclaimer);
}
