package io.zandloper.storage.profile;

/**
 * One thing that is wrong with a document.
 *
 * @param path where, as a reader of the document would write it: {@code offers[3].caps[0].max}
 * @param reason what is wrong there, as a sentence without a full stop
 */
public record FieldError(String path, String reason) {
    @Override
    public String toString() {
        return path.isEmpty() ? reason : path + ": " + reason;
    }
}
