package io.zandloper.storage.index;

import static io.zandloper.storage.format.BucketDescriptor.DEPTH_MAX;
import static io.zandloper.storage.format.BucketDescriptor.SLOTS_PER_TABLE;
import static io.zandloper.storage.format.BucketDescriptor.address;

import io.zandloper.storage.epoch.Reclaimer;
import io.zandloper.storage.index.SubTable.Stored;
import io.zandloper.storage.memory.MappedFiles;
import io.zandloper.storage.memory.MappedMemory;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.BitSet;

/**
 * Hash of an identity to the ordinal of its profile, by extendible hashing: a directory of sub-tables, each of which is
 * split in two, alone, when it is full. One thread writes; any thread finds, without a lock and without allocation, as
 * long as it is in an epoch of the {@link Reclaimer}.
 *
 * <p>A find is one cache miss for the bucket; the directory stays in the cache. What is compared is 64 bits of the hash,
 * besides those that led to the bucket (see {@link io.zandloper.storage.format.BucketDescriptor}); whoever must not err at all compares the identity
 * in the record.
 *
 * <p><b>Guarantees</b> that an identity put before a reader began, and not removed, is found, also while its sub-table is
 * being split: the halves are filled before the directory that leads to them is published, and the old sub-table keeps
 * its content until no reader can hold the old directory.
 */
public final class IdentityIndex {
    /** Found nothing. */
    public static final int ABSENT = SubTable.ABSENT;

    /** The highest ordinal: it is stored plus one. */
    public static final int ORDINAL_MAX = Integer.MAX_VALUE - 1;

    /**
     * Slots used, removed ones included, at which a sub-table is split. So full that many searches go on to the next
     * bucket, which lies beside the first; an index that is half as large makes up for more than that.
     */
    private static final int USED_MAX = SLOTS_PER_TABLE * 9 / 10;

    /** Identities held at or below which a used-up sub-table is rebuilt as it is, rid of removed slots, and not split. */
    private static final int LIVE_FOR_SPLIT = USED_MAX / 2;

    private final IndexMetadata metadata;
    private final Reclaimer reclaimer;
    private final TableSpace space;
    private final TableCounts counts = new TableCounts();
    /** Slots taken and identities held, in all sub-tables; the writer's own, told to others by the two below. */
    private long used;

    private long live;
    private volatile long publishedUsed;
    private volatile long publishedLive;
    private volatile Directory directory;

    private IdentityIndex(Path folder, Reclaimer reclaimer, MappedMemory memory) {
        this.metadata = new IndexMetadata(folder);
        this.reclaimer = reclaimer;
        this.space = new TableSpace(folder, memory);
        this.directory = new Directory(0, new int[1], space.buckets());
    }

    /** An empty index in a folder that is empty or not there yet. */
    public static IdentityIndex create(Path folder, Reclaimer reclaimer) {
        return create(folder, reclaimer, MappedMemory.FILES);
    }

    /** The same in other memory. */
    public static IdentityIndex create(Path folder, Reclaimer reclaimer, MappedMemory memory) {
        MappedFiles.createDirectory(folder);
        final IdentityIndex index = new IdentityIndex(folder, reclaimer, memory);
        final int table = index.newTable(0);
        index.directory = new Directory(0, new int[] {table}, index.space.buckets());
        index.publishCounts();
        return index;
    }

    /**
     * The index as {@link #force} left it; whoever calls this knows that nothing was put since.
     *
     * @throws io.zandloper.storage.format.StoredFileException when a file is corrupt, too old or too new
     */
    public static IdentityIndex open(Path folder, Reclaimer reclaimer) {
        return open(folder, reclaimer, MappedMemory.FILES);
    }

    /** The same in other memory. */
    public static IdentityIndex open(Path folder, Reclaimer reclaimer, MappedMemory memory) {
        final IdentityIndex index = new IdentityIndex(folder, reclaimer, memory);
        final BitSet taken = new BitSet();
        final IndexMetadata.Content content = index.metadata.read();
        for (final IndexMetadata.Table table : content.tables()) {
            taken.set(table.number());
            index.counts.set(table.number(), table.depth(), table.used(), table.live());
            index.used += table.used();
            index.live += table.live();
        }
        try {
            index.space.open(content.chunks(), taken);
        } catch (RuntimeException e) {
            index.close();
            throw e;
        }
        index.directory = new Directory(content.depth(), content.directory(), index.space.buckets());
        index.publishCounts();
        return index;
    }

    /** The ordinal of an identity by the two halves of its hash, or {@link #ABSENT}. Any thread. */
    public int find(long high, long low) {
        final Directory current = directory;
        final int address = address(high);
        final int table = current.table(address);
        return SubTable.find(current.buckets()[TableSpace.chunk(table)], TableSpace.offset(table), address, low);
    }

    /** {@link #find(long, long)} for each of {@code count} hashes, into {@code ordinals}. Any thread. */
    public void find(long[] highs, long[] lows, int[] ordinals, int count) {
        final Directory current = directory;
        for (int i = 0; i < count; i++) {
            final int address = address(highs[i]);
            final int table = current.table(address);
            ordinals[i] = SubTable.find(
                    current.buckets()[TableSpace.chunk(table)], TableSpace.offset(table), address, lows[i]);
        }
    }

    /**
     * Loads the buckets of {@code count} hashes, none of which waits for another, so that they are near when they are
     * searched. Any thread.
     *
     * @return a number that means nothing; to be kept, so that the compiler does not leave out the loads
     */
    public long touch(long[] highs, int count) {
        final Directory current = directory;
        long sum = 0;
        for (int i = 0; i < count; i++) {
            final int address = address(highs[i]);
            final int table = current.table(address);
            sum += SubTable.touch(current.buckets()[TableSpace.chunk(table)], TableSpace.offset(table), address);
        }
        return sum;
    }

    /**
     * Leads an identity to an ordinal, whether it led to another before or to none. Writer only.
     *
     * @throws java.io.UncheckedIOException when the disk is full; the index is as it was
     */
    public void put(long high, long low, int ordinal) {
        if (ordinal < 0 || ordinal > ORDINAL_MAX) {
            throw new IllegalArgumentException("no ordinal: ordinal=" + ordinal);
        }
        final int address = address(high);
        int table = directory.table(address);
        while (counts.used(table) >= USED_MAX) {
            makeRoom(address, table);
            table = directory.table(address);
        }
        final Stored stored = store(table, address, low, ordinal);
        if (stored == Stored.ADDED) {
            counts.onAdded(table);
            used++;
            live++;
        } else if (stored == Stored.REVIVED) {
            counts.onRevived(table);
            live++;
        }
        publishCounts();
    }

    /** Makes an identity lead to nothing; false when it did already. Writer only. */
    public boolean remove(long high, long low) {
        final int address = address(high);
        final int table = directory.table(address);
        final MemorySegment buckets = space.buckets()[TableSpace.chunk(table)];
        if (!SubTable.remove(buckets, TableSpace.offset(table), address, low)) {
            return false;
        }
        counts.onRemoved(table);
        live--;
        publishCounts();
        return true;
    }

    /** Identities held. Any thread. */
    public long size() {
        return publishedLive;
    }

    /** Any thread; exact on the writer's. */
    public IndexFill fill() {
        final Directory current = directory;
        final long identities = publishedLive;
        final int tables = current.tableCount();
        return new IndexFill(
                identities,
                publishedUsed - identities,
                (long) tables * SLOTS_PER_TABLE,
                tables,
                TableSpace.fileBytes(current.buckets().length));
    }

    /** Makes the files complete on the disk, so that {@link #open} finds them. Writer only. */
    public void force() {
        space.force();
        metadata.write(directory, counts, space.chunks());
    }

    /** Unmaps the files; no reader may be left. What was put since the last {@link #force} may be lost. */
    public void close() {
        space.close();
    }

    private void makeRoom(int address, int table) {
        final int depth = counts.depth(table);
        if (counts.live(table) <= LIVE_FOR_SPLIT) {
            final int rebuilt = newTable(depth);
            forEach(table, (itsAddress, hash, ordinal) -> move(rebuilt, itsAddress, hash, ordinal));
            directory = directory.replace(address, depth, rebuilt, space.buckets());
        } else {
            if (depth == DEPTH_MAX) {
                throw new IllegalStateException("the identity index is full: depth=" + depth);
            }
            space.reserve(2);
            final int zero = newTable(depth + 1);
            final int one = newTable(depth + 1);
            final int bit = Integer.SIZE - 1 - depth;
            forEach(
                    table,
                    (itsAddress, hash, ordinal) ->
                            move((itsAddress >>> bit & 1) == 0 ? zero : one, itsAddress, hash, ordinal));
            directory = directory.split(address, depth, zero, one, space.buckets());
        }
        used -= counts.used(table) - counts.live(table);
        reclaimer.retire(() -> space.release(table));
    }

    private void publishCounts() {
        publishedUsed = used;
        publishedLive = live;
    }

    private int newTable(int depth) {
        final int table = space.allocate();
        counts.set(table, depth, 0, 0);
        return table;
    }

    private void move(int table, int address, long hash, int ordinal) {
        store(table, address, hash, ordinal);
        counts.onAdded(table);
    }

    private Stored store(int table, int address, long hash, int ordinal) {
        return SubTable.store(
                space.buckets()[TableSpace.chunk(table)],
                TableSpace.offset(table),
                space.addresses(table),
                TableSpace.addressesOffset(table),
                address,
                hash,
                ordinal);
    }

    private void forEach(int table, SubTable.Visitor visitor) {
        SubTable.forEach(
                space.buckets()[TableSpace.chunk(table)],
                TableSpace.offset(table),
                space.addresses(table),
                TableSpace.addressesOffset(table),
                visitor);
    }
}
