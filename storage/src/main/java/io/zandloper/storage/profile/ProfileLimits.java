package io.zandloper.storage.profile;

/** Every limit of a profile document, from the contract's sections 1, 3 and 6. */
public final class ProfileLimits {
    public static final int NAMESPACE_LENGTH_MAX = 32;
    public static final int IDENTITY_VALUE_BYTES_MAX = 256;
    public static final int IDENTITIES_MAX = 32;
    public static final int ID_LENGTH_MAX = 64;
    public static final int ATTRIBUTE_NAME_BYTES_MAX = 64;
    public static final int STRING_BYTES_MAX = 4 * 1024;
    public static final int LIST_LENGTH_MAX = 256;
    /** Without its events; measured on the encoded record. */
    public static final int PROFILE_BYTES_MAX = 64 * 1024;

    public static final int PURPOSE_MAX = 24;
    public static final int CONSENT_STRING_BYTES_MAX = 16 * 1024;
    /** The text an event brings itself: id, type, product, context names and values. */
    public static final int EVENT_TEXT_BYTES_MAX = 256;

    public static final int EVENT_TYPE_BYTES_MAX = 64;
    public static final int EVENTS_MAX = 128;
    public static final int EVENT_IDS_REMEMBERED = 64;
    public static final int CONVERTED_PRODUCTS_MAX = 64;

    private ProfileLimits() {}
}
