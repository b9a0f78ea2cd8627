package io.zandloper.server.http;

import io.zandloper.server.json.MalformedBodyException;
import io.zandloper.server.json.Problem;
import io.zandloper.server.role.Role;
import io.zandloper.storage.ChangeListener;
import io.zandloper.storage.NotPrimaryException;
import io.zandloper.storage.StorageException;
import io.zandloper.storage.TooFewReplicasException;
import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.profile.InvalidInputException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What went otherwise than asked, as answers. */
final class Outcomes {
    private static final Logger LOG = LoggerFactory.getLogger(Outcomes.class);

    /** For a change whose caller did not wait: what became of it is told to the log. */
    static final ChangeListener LOGGED = new ChangeListener() {
        @Override
        public void onOutcome(ChangeOutcome outcome) {
            if (!outcome.status().isAccepted()) {
                LOG.warn("A change that was accepted for later was refused: {}.", Problem.reason(outcome));
            }
        }

        @Override
        public void onFailure(StorageException cause) {
            LOG.error("A change that was accepted for later was lost.", cause);
        }
    };

    private Outcomes() {}

    /** The answer to a change that the writer refused. */
    static Response refusal(ChangeOutcome outcome) {
        final int status = status(outcome);
        return outcome.errors().isEmpty()
                ? Response.problem(status, Problem.reason(outcome))
                : Response.problem(status, outcome.errors());
    }

    /** The status of an answer to a change that the writer refused. */
    static int status(ChangeOutcome outcome) {
        return switch (outcome.status()) {
            case CONFLICT -> 409;
            case PRECONDITION_FAILED -> 412;
            case UNKNOWN -> 404;
            case ERASED, INVALID -> 422;
            case CREATED, UPDATED, UNCHANGED, DUPLICATE ->
                throw new IllegalArgumentException("not a refusal, status=" + outcome.status());
        };
    }

    /** The answer to a write that is not taken here: it names who takes it, for people and for programs. */
    static Response readOnly(Role role) {
        final Role.Writing writing = role.writing();
        return Response.problem(409, writing.detail(), out -> {
            if (!writing.http().isEmpty() || !writing.binary().isEmpty()) {
                out.writeObjectFieldStart("primary");
                if (!writing.http().isEmpty()) {
                    out.writeStringField("http", writing.http());
                }
                if (!writing.binary().isEmpty()) {
                    out.writeStringField("binary", writing.binary());
                }
                out.writeEndObject();
            }
        });
    }

    /** The answer to a change that the writer could not apply. */
    static Response failure(StorageException cause) {
        return Response.problem(status(cause), detail(cause));
    }

    /** The status of that answer. */
    static int status(StorageException cause) {
        return cause instanceof NotPrimaryException ? 409 : 503;
    }

    /** What that answer says. */
    static String detail(StorageException cause) {
        return cause instanceof NotPrimaryException || cause instanceof TooFewReplicasException
                ? String.valueOf(cause.getMessage())
                : "writes are not taken: " + cause.getMessage();
    }

    /** The answer to whatever a call threw. A bug of ours is logged and told without details. */
    static Response thrown(Throwable thrown) {
        if (thrown instanceof ProblemException problem) {
            return problem.response();
        }
        if (thrown instanceof MalformedBodyException malformed) {
            return Response.problem(400, String.valueOf(malformed.getMessage()));
        }
        if (thrown instanceof InvalidInputException invalid) {
            return Response.problem(422, invalid.errors());
        }
        if (thrown instanceof StorageException broken) {
            return failure(broken);
        }
        LOG.error("A call failed.", thrown);
        return Response.problem(500, "the server failed, its log tells more");
    }
}
