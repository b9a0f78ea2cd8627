package io.zandloper.server.replication;

import io.zandloper.server.replication.Message.Member;
import io.zandloper.storage.disk.Disk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who is known to follow, or to have followed, in a file that outlives the process and the machine's power: a promotion asks
 * them, and one that cannot be asked may hold what nobody else does. On a primary, a member counts for acknowledgements once
 * all others know of it and of the number of replicas that writes wait for. The file's first line is that number, then there is
 * a line for each member: node, address, and whether it counts. Thread-safe.
 */
public final class MemberList {
    private static final String ACKNOWLEDGED_BY = "acknowledged-by ";
    private static final String COUNTS = "counts";
    private static final String NEW = "new";
    /** Who was never told takes it that writes wait for replicas: a promotion without having asked anybody might lose some. */
    private static final int UNTOLD = 1;

    private final @Nullable Disk disk;
    private final Path folder;
    private final Path file;
    private Known known;
    private long changes;

    private record Entry(String address, boolean counts) {}

    private record Known(int ackReplicas, Map<Long, Entry> members) {
        Known with(Member member) {
            final Entry before = members.get(member.node());
            final boolean counts = before != null && before.counts();
            final Map<Long, Entry> more = new LinkedHashMap<>(members);
            more.put(member.node(), new Entry(member.address(), counts));
            return new Known(ackReplicas, more);
        }

        Known without(long node) {
            final Map<Long, Entry> fewer = new LinkedHashMap<>(members);
            fewer.remove(node);
            return new Known(ackReplicas, fewer);
        }

        Known counting(long node) {
            final Map<Long, Entry> same = new LinkedHashMap<>(members);
            same.computeIfPresent(node, (id, entry) -> new Entry(entry.address(), true));
            return new Known(ackReplicas, same);
        }

        Known waitingFor(int replicas) {
            final Map<Long, Entry> same = new LinkedHashMap<>();
            members.forEach((node, entry) ->
                    same.put(node, new Entry(entry.address(), replicas == ackReplicas && entry.counts())));
            return new Known(replicas, same);
        }
    }

    private MemberList(@Nullable Disk disk, Path folder, String name, Known known) {
        this.disk = disk;
        this.folder = folder;
        this.file = folder.resolve(name);
        this.known = known;
    }

    /** One that is kept nowhere. */
    public static MemberList inMemory() {
        return new MemberList(null, Path.of(""), "", new Known(UNTOLD, Map.of()));
    }

    /**
     * Reads the file where it is there.
     *
     * @param folder that is there
     * @throws UncheckedIOException naming the file, where it cannot be read
     */
    public static MemberList open(Disk disk, Path folder, String name) {
        final Path file = folder.resolve(name);
        try {
            return new MemberList(
                    disk, folder, name, disk.exists(file) ? read(disk, file) : new Known(UNTOLD, Map.of()));
        } catch (IOException | IllegalArgumentException e) {
            throw new UncheckedIOException(
                    "the list of replicas cannot be read, remove it to begin a new one: " + file,
                    e instanceof IOException failed ? failed : new IOException(e));
        }
    }

    /**
     * What the primary says.
     *
     * @throws UncheckedIOException where it cannot be kept; nothing has changed then
     */
    synchronized void replace(int ackReplicas, List<Member> said) {
        final Map<Long, Entry> members = new LinkedHashMap<>();
        said.forEach(member -> members.put(member.node(), new Entry(member.address(), false)));
        change(new Known(ackReplicas, members));
    }

    /**
     * On a primary, before anybody is told of this list: it is none of the replicas, and writes wait for so many. Where it was
     * another number, nobody counts until all know of this one: who believed in a larger one, or in none, would ask too few
     * before it is promoted.
     *
     * @param own this node
     * @return whether it was another number
     * @throws UncheckedIOException as above
     */
    synchronized boolean begin(long own, int ackReplicas) {
        final boolean other = ackReplicas != known.ackReplicas();
        change(known.without(own).waitingFor(ackReplicas));
        return other;
    }

    /**
     * On a primary: somebody follows.
     *
     * @return false where the list has it already
     * @throws UncheckedIOException as above
     */
    synchronized boolean add(Member member) {
        return change(known.with(member));
    }

    /**
     * On a primary: all others know of this one, and of the number.
     *
     * @throws UncheckedIOException as above
     */
    synchronized void count(long node) {
        change(known.counting(node));
    }

    /**
     * On a primary: nobody is to ask this one any more.
     *
     * @throws UncheckedIOException as above
     */
    synchronized void remove(long node) {
        change(known.without(node));
    }

    /** On a primary: whether all others know of this one, and of the number. */
    synchronized boolean isCounted(long node) {
        final Entry entry = known.members().get(node);
        return entry != null && entry.counts();
    }

    synchronized List<Member> members() {
        final List<Member> members = new ArrayList<>();
        known.members().forEach((node, entry) -> members.add(new Member(node, entry.address())));
        return List.copyOf(members);
    }

    /** How many replicas had a write before it was acknowledged, as far as this node was told. */
    synchronized int ackReplicas() {
        return known.ackReplicas();
    }

    /** How often it has changed since it was opened. */
    synchronized long changes() {
        return changes;
    }

    /** Kept before it is known: what this node says that it knows, others rely on. */
    private boolean change(Known next) {
        if (next.equals(known)) {
            return false;
        }
        if (disk != null) {
            write(disk, next);
        }
        known = next;
        changes++;
        return true;
    }

    private static Known read(Disk disk, Path file) throws IOException {
        final ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(disk.length(file)));
        disk.read(file, 0, bytes);
        final List<String> lines =
                StandardCharsets.UTF_8.decode(bytes.flip()).toString().lines().toList();
        if (lines.isEmpty() || !lines.get(0).startsWith(ACKNOWLEDGED_BY)) {
            throw new IllegalArgumentException("it does not begin with: " + ACKNOWLEDGED_BY);
        }
        final Map<Long, Entry> members = new LinkedHashMap<>();
        for (final String line : lines.subList(1, lines.size())) {
            final String[] parts = line.split(" ", -1);
            if (parts.length != 3) {
                throw new IllegalArgumentException("no node, address and state: " + line);
            }
            members.put(Long.parseUnsignedLong(parts[0], 16), new Entry(parts[1], parts[2].equals(COUNTS)));
        }
        return new Known(Integer.parseInt(lines.get(0).substring(ACKNOWLEDGED_BY.length())), members);
    }

    private void write(Disk to, Known next) {
        final StringBuilder text =
                new StringBuilder(ACKNOWLEDGED_BY).append(next.ackReplicas()).append('\n');
        next.members()
                .forEach((node, entry) -> text.append(Long.toHexString(node))
                        .append(' ')
                        .append(entry.address())
                        .append(' ')
                        .append(entry.counts() ? COUNTS : NEW)
                        .append('\n'));
        final Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try {
            if (to.exists(fresh)) {
                to.delete(fresh);
            }
            try (Disk.AppendFile created = to.create(fresh)) {
                created.append(StandardCharsets.UTF_8.encode(text.toString()));
                created.sync();
            }
            to.rename(fresh, file);
            to.syncFolder(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("the list of replicas cannot be written: " + file, e);
        }
    }
}
