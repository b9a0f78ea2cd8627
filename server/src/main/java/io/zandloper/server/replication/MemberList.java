package io.zandloper.server.replication;

import io.zandloper.server.replication.Message.Member;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who is known to follow, or to have followed, in a file that outlives the process: a promotion asks them, and one that
 * cannot be asked may hold what nobody else does. Lines of node and address, the first of them the number of replicas that
 * had each acknowledged change. Thread-safe.
 */
public final class MemberList {
    private static final String ACKNOWLEDGED_BY = "acknowledged-by ";

    private final @Nullable Path file;
    private final Map<Long, String> addresses = new LinkedHashMap<>();
    private int ackReplicas;

    private MemberList(@Nullable Path file, int ackReplicas) {
        this.file = file;
        this.ackReplicas = ackReplicas;
    }

    /** One that is kept nowhere. */
    public static MemberList inMemory(int ackReplicas) {
        return new MemberList(null, ackReplicas);
    }

    /**
     * Reads the file where it is there; one that cannot be read is as if it were not.
     *
     * @param ackReplicas where nothing else is known
     */
    public static MemberList open(Path file, int ackReplicas) {
        final MemberList list = new MemberList(file, ackReplicas);
        try {
            if (Files.exists(file)) {
                list.read(Files.readAllLines(file, StandardCharsets.UTF_8));
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new UncheckedIOException(
                    "the list of replicas cannot be read, remove it to begin a new one: " + file,
                    e instanceof IOException failed ? failed : new IOException(e));
        }
        return list;
    }

    /** What the primary says. */
    synchronized void replace(int newAckReplicas, List<Member> members) {
        if (newAckReplicas == ackReplicas && members.equals(members())) {
            return;
        }
        addresses.clear();
        members.forEach(member -> addresses.put(member.node(), member.address()));
        ackReplicas = newAckReplicas;
        write();
    }

    synchronized void add(Member member) {
        if (!member.address().equals(addresses.put(member.node(), member.address()))) {
            write();
        }
    }

    synchronized void remove(long node) {
        if (addresses.remove(node) != null) {
            write();
        }
    }

    synchronized List<Member> members() {
        final List<Member> members = new ArrayList<>();
        addresses.forEach((node, address) -> members.add(new Member(node, address)));
        return List.copyOf(members);
    }

    synchronized int ackReplicas() {
        return ackReplicas;
    }

    private void read(List<String> lines) {
        for (final String line : lines) {
            if (line.startsWith(ACKNOWLEDGED_BY)) {
                ackReplicas = Integer.parseInt(line.substring(ACKNOWLEDGED_BY.length()));
            } else if (!line.isBlank()) {
                final String[] parts = line.split(" ", 2);
                addresses.put(Long.parseUnsignedLong(parts[0], 16), parts.length < 2 ? "" : parts[1]);
            }
        }
    }

    private void write() {
        if (file == null) {
            return;
        }
        final StringBuilder text =
                new StringBuilder(ACKNOWLEDGED_BY).append(ackReplicas).append('\n');
        addresses.forEach((node, address) ->
                text.append(Long.toHexString(node)).append(' ').append(address).append('\n'));
        try {
            final Path fresh = file.resolveSibling(file.getFileName() + ".new");
            Files.writeString(fresh, text, StandardCharsets.UTF_8);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("the list of replicas cannot be written: " + file, e);
        }
    }
}
