package io.zandloper.protocol.verify;

import static io.zandloper.protocol.verify.TableShape.table;

/** The schemas of {@code src/main/flatbuffers} once more, as the verifier wants them: fields in the order of their ids. */
public final class TableShapes {
    private static final int BOOL = 1;
    private static final int BYTE = 1;
    private static final int SHORT = 2;
    private static final int INT = 4;
    private static final int LONG = 8;
    private static final int DOUBLE = 8;

    // attributes.fbs

    static final TableShape ATTRIBUTE = table().requiredString()
            .scalar(BYTE)
            .scalar(LONG)
            .scalar(DOUBLE)
            .string()
            .strings()
            .build();

    public static final TableShape ATTRIBUTES = table().tables(ATTRIBUTE).build();

    // profile.fbs

    static final TableShape MEMBERSHIP = table().requiredString().scalar(LONG).build();

    static final TableShape SCORE =
            table().requiredString().scalar(BOOL).scalar(LONG).scalar(DOUBLE).build();

    static final TableShape CONSENT = table().scalar(INT).string().string().build();

    static final TableShape PROFILE_DOCUMENT = table().string()
            .strings()
            .nested(ATTRIBUTES)
            .tables(MEMBERSHIP)
            .tables(SCORE)
            .table(CONSENT)
            .build();

    // requests.fbs

    public static final TableShape HELLO_REQUEST =
            table().scalar(SHORT).string().string().build();

    public static final TableShape PROFILE_REQUEST = table().requiredString().build();

    public static final TableShape SEGMENT_TEST_REQUEST =
            table().requiredString().requiredStrings().build();

    public static final TableShape SEGMENT_LIST_REQUEST =
            table().requiredString().build();

    static final TableShape PLACEMENT_REQUEST =
            table().requiredString().scalar(INT).build();

    public static final TableShape DECIDE_REQUEST = table().string()
            .table(PROFILE_DOCUMENT)
            .requiredTables(PLACEMENT_REQUEST)
            .tables(ATTRIBUTE)
            .scalar(BOOL)
            .scalar(LONG)
            .strings()
            .build();

    public static final TableShape PROFILE_BATCH_REQUEST =
            table().requiredStrings().build();

    public static final TableShape SEGMENT_TEST_BATCH_REQUEST =
            table().requiredStrings().requiredStrings().build();

    public static final TableShape SEGMENT_LIST_BATCH_REQUEST =
            table().requiredStrings().build();

    public static final TableShape DECIDE_BATCH_REQUEST =
            table().requiredStrings().requiredTable(DECIDE_REQUEST).build();

    static final TableShape PRECONDITION =
            table().scalars(LONG).scalar(BOOL).scalar(BOOL).build();

    static final TableShape IDENTITIES_PATCH =
            table().scalar(BOOL).strings().strings().build();

    static final TableShape ATTRIBUTES_PATCH =
            table().scalar(BOOL).nested(ATTRIBUTES).strings().build();

    static final TableShape SEGMENTS_PATCH =
            table().scalar(BOOL).tables(MEMBERSHIP).strings().build();

    static final TableShape SCORES_PATCH =
            table().scalar(BOOL).tables(SCORE).strings().build();

    static final TableShape CONSENT_PATCH =
            table().scalar(BOOL).scalar(BOOL).scalar(INT).string().string().build();

    public static final TableShape UPSERT_REQUEST = table().string()
            .scalar(BYTE)
            .table(PRECONDITION)
            .string()
            .table(IDENTITIES_PATCH)
            .table(ATTRIBUTES_PATCH)
            .table(SEGMENTS_PATCH)
            .table(SCORES_PATCH)
            .table(CONSENT_PATCH)
            .build();

    public static final TableShape EVENT_REQUEST = table().requiredString()
            .requiredString()
            .string()
            .string()
            .string()
            .scalar(LONG)
            .string()
            .scalar(BOOL)
            .scalar(LONG)
            .scalar(DOUBLE)
            .tables(ATTRIBUTE)
            .build();

    public static final TableShape ERASE_REQUEST =
            table().requiredString().scalars(LONG).build();

    // responses.fbs

    static final TableShape FIELD_ERROR = table().string().string().build();

    public static final TableShape ERROR_RESPONSE =
            table().scalar(SHORT).string().tables(FIELD_ERROR).build();

    static final TableShape LIMITS =
            table().scalar(INT).scalar(INT).scalar(INT).scalar(INT).build();

    public static final TableShape HELLO_RESPONSE = table().scalar(SHORT)
            .string()
            .scalar(BYTE)
            .table(LIMITS)
            .scalar(LONG)
            .scalar(LONG)
            .build();

    public static final TableShape PROFILE_RESPONSE = table().strings()
            .nested(ATTRIBUTES)
            .tables(MEMBERSHIP)
            .strings()
            .tables(SCORE)
            .table(CONSENT)
            .scalar(LONG)
            .scalar(LONG)
            .build();

    public static final TableShape SEGMENT_TEST_RESPONSE = table().scalars(BOOL).build();

    public static final TableShape SEGMENT_LIST_RESPONSE = table().strings().build();

    static final TableShape OFFER_DECISION = table().requiredString()
            .scalar(INT)
            .scalar(DOUBLE)
            .scalar(DOUBLE)
            .scalar(DOUBLE)
            .scalar(DOUBLE)
            .scalar(DOUBLE)
            .scalar(BOOL)
            .string()
            .build();

    static final TableShape PLACEMENT_DECISION =
            table().requiredString().tables(OFFER_DECISION).build();

    static final TableShape REASON = table().scalar(BYTE).string().build();

    static final TableShape OFFER_EXPLANATION = table().requiredString()
            .scalar(BYTE)
            .scalar(BOOL)
            .scalar(DOUBLE)
            .tables(REASON)
            .build();

    static final TableShape PLACEMENT_EXPLANATION =
            table().requiredString().tables(OFFER_EXPLANATION).build();

    public static final TableShape DECIDE_RESPONSE = table().string()
            .string()
            .scalar(BYTE)
            .tables(PLACEMENT_DECISION)
            .tables(PLACEMENT_EXPLANATION)
            .scalar(LONG)
            .scalar(LONG)
            .scalar(LONG)
            .build();

    public static final TableShape PROFILE_BATCH_RESPONSE =
            table().scalars(SHORT).tables(PROFILE_RESPONSE).build();

    public static final TableShape SEGMENT_TEST_BATCH_RESPONSE =
            table().scalars(SHORT).scalars(BOOL).build();

    public static final TableShape SEGMENT_LIST_BATCH_RESPONSE =
            table().scalars(SHORT).tables(SEGMENT_LIST_RESPONSE).build();

    public static final TableShape DECIDE_BATCH_RESPONSE =
            table().scalars(SHORT).tables(DECIDE_RESPONSE).build();

    public static final TableShape UPSERT_RESPONSE =
            table().string().scalar(LONG).scalar(LONG).scalar(BYTE).build();

    public static final TableShape EVENT_RESPONSE =
            table().string().scalar(LONG).scalar(BYTE).build();

    public static final TableShape ERASE_RESPONSE =
            table().strings().scalar(LONG).scalar(LONG).build();

    private TableShapes() {}
}
