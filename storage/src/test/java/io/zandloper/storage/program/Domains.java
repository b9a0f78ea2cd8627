package io.zandloper.storage.program;

import static org.assertj.core.api.Assertions.assertThat;

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
        return switch (values.kind(number)) {
            case Kind.MISSING -> domain.missing();
            case Kind.BOOLEAN -> values.booleanValue(number) ? domain.booleanTrue() : domain.booleanFalse();
            case Kind.INTEGER ->
                domain.integerSatisfied()[interval(domain.integerStarts(), values.integerValue(number))];
            case Kind.DOUBLE -> domain.doubleSatisfied()[interval(domain.doubleStarts(), values.doubleKey(number))];
            case Kind.STRING -> isStringSatisfied(domain, values, number);
            case Kind.STRINGS -> {
                final String member = variable.member();
                final boolean contains = member != null && values.listContains(number, utf8(member));
                yield contains ? domain.listWith() : domain.listWithout();
            }
            default -> throw new AssertionError("kind=" + values.kind(number));
        };
    }

    private static boolean isStringSatisfied(Domain domain, Values values, int number) {
        for (int i = 0; i < domain.strings().size(); i++) {
            final byte[] utf8 = utf8(domain.strings().get(i));
            if (values.textEquals(number, utf8)) {
                assertThat(values.textHash(number)).isEqualTo(Values.hash(utf8));
                return domain.stringSatisfied()[i];
            }
        }
        return domain.otherString();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static int interval(long[] starts, long value) {
        int interval = 0;
        while (interval + 1 < starts.length && starts[interval + 1] <= value) {
            interval++;
        }
        return interval;
    }
}
