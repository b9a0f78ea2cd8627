package io.zandloper.server.decide.compiled;

import io.zandloper.storage.program.Domain;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One block of at most 64 offers while a catalog is compiled. One thread. */
final class BlockBuilder {
    /** A column by slot costs eight bytes a slot; by runs twelve bytes a run, and a search. */
    private static final int SLOTS_DIRECT_MAX = 16;

    private static final int SLOTS_PER_RUN_DIRECT_MAX = 3;

    /** Of a variable that may be a list: what having the string in it, or not having it, leaves. */
    record Member(byte[] utf8, long without, long with) {}

    /** What a variable's value leaves: by runs of slots, or by slot where {@code starts} is empty. */
    record BuiltColumn(int variable, int[] starts, long[] words, List<Member> members) {}

    /** What a flag, a segment or a granted purpose, leaves where it is not set and where it is. */
    record Flag(int bit, long unset, long set) {}

    private final Map<Integer, List<Domain>> domains = new TreeMap<>();
    private final Map<Integer, List<Long>> bits = new HashMap<>();
    private final Map<Integer, Map<String, Member>> members = new HashMap<>();
    private final Map<Integer, Flag> flags = new TreeMap<>();
    /** Offers for any placement, and by number those for a placement. */
    private long anywhere;

    private final Map<Integer, Long> placements = new TreeMap<>();

    /** @param domain of the variable's values for this offer; @param member null where no list's member is asked */
    void add(int variable, Domain domain, @Nullable String member, int place) {
        domains.computeIfAbsent(variable, absent -> new ArrayList<>()).add(domain);
        bits.computeIfAbsent(variable, absent -> new ArrayList<>()).add(1L << place);
        if (member != null && domain.listWithout() != domain.listWith()) {
            final byte[] utf8 = member.getBytes(StandardCharsets.UTF_8);
            final long without = domain.listWithout() ? -1 : ~(1L << place);
            final long with = domain.listWith() ? -1 : ~(1L << place);
            members.computeIfAbsent(variable, absent -> new TreeMap<>())
                    .merge(
                            member,
                            new Member(utf8, without, with),
                            (a, b) -> new Member(utf8, a.without & b.without, a.with & b.with));
        }
    }

    /** @param unset whether the offer may still win where the flag is not set; @param set likewise */
    void addFlag(int bit, boolean unset, boolean set, int place) {
        final long excluded = ~(1L << place);
        flags.merge(
                bit,
                new Flag(bit, unset ? -1 : excluded, set ? -1 : excluded),
                (a, b) -> new Flag(bit, a.unset & b.unset, a.set & b.set));
    }

    void addAnywhere(int place) {
        anywhere |= 1L << place;
    }

    void addPlacement(int placement, int place) {
        placements.merge(placement, 1L << place, (a, b) -> a | b);
    }

    /** Those that most offers ask for come first: they leave the least. */
    List<BuiltColumn> columns(List<Slots> slots) {
        final List<BuiltColumn> columns = new ArrayList<>();
        domains.forEach((variable, asked) -> {
            final long[] offers = bits.getOrDefault(variable, List.of()).stream()
                    .mapToLong(Long::longValue)
                    .toArray();
            final Column column = new Column(slots.get(variable), asked.toArray(new Domain[0]), offers);
            final boolean direct = slots.get(variable).count()
                    <= Math.max(SLOTS_DIRECT_MAX, SLOTS_PER_RUN_DIRECT_MAX * column.starts().length);
            columns.add(new BuiltColumn(
                    variable,
                    direct ? new int[0] : column.starts(),
                    direct ? column.wordsBySlot() : column.words(),
                    List.copyOf(members.getOrDefault(variable, Map.of()).values())));
        });
        columns.sort(Comparator.comparingInt((BuiltColumn column) ->
                -domains.getOrDefault(column.variable, List.of()).size()));
        return columns;
    }

    List<Flag> flags() {
        return List.copyOf(flags.values());
    }

    long anywhere() {
        return anywhere;
    }

    Map<Integer, Long> placements() {
        return placements;
    }
}
