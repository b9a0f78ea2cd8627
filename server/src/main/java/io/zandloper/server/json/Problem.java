package io.zandloper.server.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.profile.FieldError;
import java.io.IOException;
import java.util.List;

/**
 * An error as {@code application/problem+json} (RFC 9457). Its {@code type} is {@code about:blank}: the status says what
 * kind it is, the detail and the errors what the caller can do about it.
 *
 * @param title the status in words
 * @param detail one sentence for the caller that names the field or header
 * @param members further members, written after the others
 */
public record Problem(int status, String title, String detail, JsonBody members) implements JsonBody {
    private static final JsonBody NO_MEMBERS = out -> {};

    public static Problem of(int status, String title, String detail) {
        return new Problem(status, title, detail, NO_MEMBERS);
    }

    /** With {@code errors} as a list, and the first of them in the detail. */
    public static Problem of(int status, String title, List<FieldError> errors) {
        return new Problem(status, title, summary(errors), out -> writeErrors(errors, out));
    }

    /** {@code "errors":[{"path","reason"}]} */
    public static void writeErrors(List<FieldError> errors, JsonGenerator out) throws IOException {
        writeErrors("errors", errors, out);
    }

    /** The same as another member. */
    public static void writeErrors(String member, List<FieldError> errors, JsonGenerator out) throws IOException {
        out.writeArrayFieldStart(member);
        for (FieldError error : errors) {
            out.writeStartObject();
            out.writeStringField("path", error.path());
            out.writeStringField("reason", error.reason());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    /** The first error, and how many follow it. */
    public static String summary(List<FieldError> errors) {
        if (errors.isEmpty()) {
            return "not valid";
        }
        final String first = errors.get(0).toString();
        return errors.size() == 1 ? first : first + " (and " + (errors.size() - 1) + " more, see errors)";
    }

    /** Why the writer refused a change, in one sentence. */
    public static String reason(ChangeOutcome outcome) {
        if (!outcome.errors().isEmpty()) {
            return summary(outcome.errors());
        }
        return switch (outcome.status()) {
            case CONFLICT -> "an identity belongs to another profile";
            case PRECONDITION_FAILED -> "the stored version is not one that If-Match or If-None-Match allows";
            case UNKNOWN -> "no profile has the identity";
            case ERASED ->
                "the identity was erased lately; for seven days only a PUT, PATCH or link can create it again";
            case INVALID -> summary(List.of());
            case CREATED, UPDATED, UNCHANGED, DUPLICATE ->
                throw new IllegalArgumentException("not a refusal, status=" + outcome.status());
        };
    }

    @Override
    public void writeTo(JsonGenerator out) throws IOException {
        out.writeStartObject();
        out.writeStringField("type", "about:blank");
        out.writeStringField("title", title);
        out.writeNumberField("status", status);
        out.writeStringField("detail", detail);
        members.writeTo(out);
        out.writeEndObject();
    }
}
