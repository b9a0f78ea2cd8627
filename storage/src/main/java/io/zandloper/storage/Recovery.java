package io.zandloper.storage;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.journal.Disk;
import io.zandloper.storage.journal.JournalEnd;
import io.zandloper.storage.journal.JournalReader;
import io.zandloper.storage.journal.JournalTip;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * How a storage begins: with the mapped files as they are where a clean stop proves them, else with tables made again
 * from the journal. What a killed process left in mapped files is never looked at.
 *
 * @param tables at the journal's end
 * @param end of the journal
 * @param term under which changes are made from now on; one higher after an end that was not clean
 */
record Recovery(Tables tables, JournalEnd end, long term) {

    static Recovery run(
            DataFolder folder,
            Disk disk,
            Path journalFolder,
            MicrosClock clock,
            Function<byte[], Catalog> catalogReader) {
        final CleanStop stop = folder.cleanStop();
        if (stop != null && stop.journalTip().equals(JournalTip.of(disk, journalFolder))) {
            final Tables tables = Tables.open(folder, stop, clock, catalogReader);
            return new Recovery(
                    tables, stop.journalEnd(), Math.max(1, stop.journalEnd().term()));
        }
        folder.removeTables();
        final Tables tables = Tables.create(folder, clock);
        boolean replayed = false;
        try {
            final EffectCodec codec = new EffectCodec(tables.segmentNumbers(), catalogReader);
            final JournalEnd end = new JournalReader(disk, journalFolder)
                    .read(JournalEnd.EMPTY, entry -> tables.apply(codec.decode(entry)));
            replayed = true;
            return new Recovery(tables, end, end.term() + 1);
        } finally {
            if (!replayed) {
                tables.abandon();
            }
        }
    }
}
