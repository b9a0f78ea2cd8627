package io.zandloper.storage.program;

import io.zandloper.storage.program.Variable.Source;

/** What reads one attribute of the profile or one field of the context. */
final class Fields {
    private Fields() {}

    private static Values values(Source source, Evaluation evaluation) {
        return source == Source.PROFILE ? evaluation.profile() : evaluation.context();
    }

    /** {@code profile.x}: an error where it is missing. */
    static final class Field extends Node {
        final Source source;
        final int number;

        Field(Source source, int number) {
            this.source = source;
            this.number = number;
        }

        @Override
        int load(Evaluation evaluation) {
            final int kind = evaluation.load(values(source, evaluation), number);
            return kind == Kind.MISSING ? Kind.ERROR : kind;
        }

        @Override
        int test(Evaluation evaluation) {
            final Values values = values(source, evaluation);
            return switch (values.kind(number)) {
                case Kind.BOOLEAN -> values.booleanValue(number) ? TRUE : FALSE;
                case Kind.MISSING -> ERROR;
                default -> OTHER;
            };
        }

        @Override
        void describe(DomainBuilder domain) {
            domain.reads(source, number);
        }
    }

    /** {@code has(profile.x)}. */
    static final class Has extends Node.Condition {
        private final Source source;
        private final int number;

        Has(Source source, int number) {
            this.source = source;
            this.number = number;
        }

        @Override
        int test(Evaluation evaluation) {
            return values(source, evaluation).kind(number) == Kind.MISSING ? FALSE : TRUE;
        }

        @Override
        void describe(DomainBuilder domain) {
            domain.reads(source, number);
        }
    }

    /** {@code 'id' in segments}. */
    static final class Member extends Node.Condition {
        private final int bit;

        Member(int bit) {
            this.bit = bit;
        }

        @Override
        int test(Evaluation evaluation) {
            return evaluation.isMember(bit) ? TRUE : FALSE;
        }

        @Override
        void describe(DomainBuilder domain) {
            domain.reads(Source.SEGMENT, bit);
        }
    }

    /** {@code profile.x[2]}. */
    static final class Element extends Node {
        private final Node list;
        private final long index;

        Element(Node list, long index) {
            this.list = list;
            this.index = index;
        }

        @Override
        int load(Evaluation evaluation) {
            if (list.load(evaluation) != Kind.STRINGS) {
                return Kind.ERROR;
            }
            final int vector = evaluation.offset;
            if (index < 0 || index >= TextVector.size(evaluation.text, vector)) {
                return Kind.ERROR;
            }
            evaluation.offset = TextVector.textOffset(evaluation.text, vector, (int) index);
            evaluation.length = TextVector.textLength(evaluation.text, vector, (int) index);
            return Kind.STRING;
        }

        @Override
        void describe(DomainBuilder domain) {
            list.describe(domain);
            domain.isMixed();
        }
    }
}
