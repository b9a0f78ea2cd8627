package io.zandloper.storage.journal;

import io.zandloper.storage.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What happens to a journal's files beside being appended to. */
public final class JournalFiles {
    private JournalFiles() {}

    /** Names of a folder's journal files, in the order of their sequences. */
    static List<String> names(Disk disk, Path folder) throws IOException {
        return disk.list(folder).stream()
                .filter(name -> JournalDescriptor.firstSequence(name) != null)
                .toList();
    }

    /** The first sequence of the oldest file; {@link Long#MAX_VALUE} where there is no file. */
    public static long firstSequence(Disk disk, Path folder) {
        try {
            final List<String> names = names(disk, folder);
            final Long first = names.isEmpty() ? null : JournalDescriptor.firstSequence(names.get(0));
            return first == null ? Long.MAX_VALUE : first;
        } catch (IOException e) {
            throw new JournalException("the journal cannot be read: " + folder + ": " + e.getMessage(), true, e);
        }
    }

    /**
     * The terms of a journal's entries, the oldest first, as far as its files know them.
     *
     * @param end of the journal
     */
    public static List<Lineage> history(Disk disk, Path folder, JournalEnd end) {
        final List<Lineage> history = new ArrayList<>();
        try {
            for (final String name : names(disk, folder)) {
                final JournalHeader header = JournalFeed.readHeader(disk, folder.resolve(name));
                if (header != null && header.firstSequence() <= end.sequence()) {
                    add(history, header.lineage());
                }
            }
        } catch (IOException e) {
            throw new JournalException("the journal cannot be read: " + folder + ": " + e.getMessage(), true, e);
        }
        add(history, end.lineage());
        return history;
    }

    private static void add(List<Lineage> history, Lineage lineage) {
        if (history.isEmpty() || !history.get(history.size() - 1).term().equals(lineage.term())) {
            history.add(lineage);
        }
    }

    /** Bytes of the files that have an entry after {@code sequence}. */
    public static long lengthAfter(Disk disk, Path folder, long sequence) {
        try {
            final List<String> names = names(disk, folder);
            long lengthBytes = 0;
            for (int i = 0; i < names.size(); i++) {
                final Long next = i + 1 < names.size() ? JournalDescriptor.firstSequence(names.get(i + 1)) : null;
                if (next == null || next > sequence + 1) {
                    lengthBytes += disk.length(folder.resolve(names.get(i)));
                }
            }
            return lengthBytes;
        } catch (IOException e) {
            throw new JournalException("the journal cannot be read: " + folder + ": " + e.getMessage(), true, e);
        }
    }

    /**
     * Deletes the files whose entries are all at or below {@code sequence}, the oldest first; never the last one, which
     * may be being written.
     */
    public static void deleteCovered(Disk disk, Path folder, long sequence) {
        try {
            final List<String> names = names(disk, folder);
            for (int i = 0; i + 1 < names.size(); i++) {
                final Long next = JournalDescriptor.firstSequence(names.get(i + 1));
                if (next == null || next > sequence + 1) {
                    break;
                }
                disk.delete(folder.resolve(names.get(i)));
            }
            disk.syncFolder(folder);
        } catch (IOException e) {
            throw new JournalException("old files of the journal cannot be deleted: " + folder, false, e);
        }
    }

    /** Deletes all of them, the newest first, so that a crash leaves no gap. */
    public static void deleteAll(Disk disk, Path folder) {
        try {
            final List<String> names = new ArrayList<>(names(disk, folder));
            Collections.reverse(names);
            for (final String name : names) {
                disk.delete(folder.resolve(name));
            }
            disk.syncFolder(folder);
        } catch (IOException e) {
            throw new JournalException("files of the journal cannot be deleted: " + folder, false, e);
        }
    }
}
