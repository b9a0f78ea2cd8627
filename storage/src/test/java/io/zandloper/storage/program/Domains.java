package io.zandloper.storage.program;

import java.nio.charset.StandardCharsets;

/** Reads a domain as its definition has it. */
final class Domains {
    private Domains() {}

    static boolean isSatisfied(Variable variable, Domain domain, Evaluation evaluation) {
        if (variable.source() == Variable.Source.SEGMENT) {
            return evaluation.isMember(variable.number()) ? domain.booleanTrue() : domain.booleanFalse();
        }
        final Values values =
                variable.source() == Variable.Source.PROFILE ? evaluation.profile() : evaluation.context();
        final int number = variable.number();
        switch (values.kind(number)) {
            case Kind.MISSING:
                return domain.missing();
            case Kind.BOOLEAN:
                return values.booleanValue(number) ? domain.booleanTrue() : domain.booleanFalse();
            case Kind.INTEGER:
                return domain.integerSatisfied()[interval(domain.integerStarts(), values.integerValue(number))];
            case Kind.DOUBLE:
                return domain.doubleSatisfied()[interval(domain.doubleStarts(), values.doubleKey(number))];
            case Kind.STRING:
                for (int i = 0; i < domain.strings().size(); i++) {
                    final byte[] utf8 = domain.strings().get(i).getBytes(StandardCharsets.UTF_8);
                    if (values.textEquals(number, utf8)) {
                        return domain.stringSatisfied()[i] && values.textHash(number) == Values.hash(utf8);
                    }
                }
                return domain.otherString();
            case Kind.STRINGS:
                final String member = variable.member();
                return member != null && values.listContains(number, member.getBytes(StandardCharsets.UTF_8))
                        ? domain.listWith()
                        : domain.listWithout();
            default:
                throw new AssertionError("kind=" + values.kind(number));
        }
    }

    private static int interval(long[] starts, long value) {
        int interval = 0;
        while (interval + 1 < starts.length && starts[interval + 1] <= value) {
            interval++;
        }
        return interval;
    }
}
