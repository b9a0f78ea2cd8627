package io.zandloper.storage;

import io.zandloper.storage.disk.Disk;
import io.zandloper.storage.disk.FileDisk;
import io.zandloper.storage.erasure.LedgerReader;
import io.zandloper.storage.format.IdentityHash;
import io.zandloper.storage.journal.JournalEntry;
import io.zandloper.storage.journal.JournalTails;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The changes that only this node had when it took over the state of another: put aside in files of their own, in which
 * nothing is left of who was erased since, or by one of these changes. One thread at a time.
 */
public final class SetAsideTails {
    private final Disk disk;
    private final Path tails;
    private final Path ledger;

    SetAsideTails(Disk disk, Path journalFolder) {
        this.disk = disk;
        this.tails = JournalFolder.tails(journalFolder);
        this.ledger = JournalFolder.ledger(journalFolder);
    }

    /** The files, in the order of their first sequences. */
    public static List<Path> list(Path journalFolder) {
        return JournalTails.list(FileDisk.INSTANCE, JournalFolder.tails(journalFolder));
    }

    /**
     * Gives every change of a file to {@code action}.
     *
     * @throws io.zandloper.storage.format.CorruptFileException naming file and offset
     */
    public static void read(Path tail, Consumer<JournalEntry> action) {
        JournalTails.read(FileDisk.INSTANCE, tail, action);
    }

    /** Wipes whoever is erased, from all of them. */
    void wipe(IdentityHash hash) {
        for (final Path tail : JournalTails.list(disk, tails)) {
            wipe(tail, hash);
        }
    }

    private void wipe(Path tail, IdentityHash hash) {
        final EffectCodec codec = new EffectCodec(hash, source -> {
            throw new IllegalStateException("no catalog is looked at");
        });
        final Set<Hash> erased = new HashSet<>();
        final long[] first = {Long.MAX_VALUE};
        JournalTails.read(disk, tail, entry -> {
            first[0] = Math.min(first[0], entry.sequence());
            if (entry.type() == EffectCodec.ERASE_PROFILE && codec.decode(entry) instanceof Effect.EraseProfile erase) {
                add(erased, erase.identities());
            }
        });
        LedgerReader.read(disk, ledger, 0, (sequence, atMicros, high, low) -> {
            if (sequence >= first[0]) {
                erased.add(new Hash(high, low));
            }
        });
        if (!erased.isEmpty()) {
            JournalTails.wipe(disk, tail, entry -> isOf(erased, codec, entry));
        }
    }

    private record Hash(long high, long low) {}

    private static void add(Set<Hash> hashes, long[] halves) {
        for (int i = 0; i < halves.length; i += 2) {
            hashes.add(new Hash(halves[i], halves[i + 1]));
        }
    }

    private static boolean isOf(Set<Hash> erased, EffectCodec codec, JournalEntry entry) {
        final Effect.StoreProfile store;
        if (entry.type() == EffectCodec.STORE_PROFILE) {
            store = (Effect.StoreProfile) codec.decode(entry);
        } else if (entry.type() == EffectCodec.LINK_PROFILES) {
            store = ((Effect.LinkProfiles) codec.decode(entry)).store();
        } else {
            return false;
        }
        final Set<Hash> named = new HashSet<>();
        add(named, store.added());
        add(named, store.removed());
        named.retainAll(erased);
        return !named.isEmpty();
    }
}
