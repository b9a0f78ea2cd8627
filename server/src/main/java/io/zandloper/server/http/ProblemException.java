package io.zandloper.server.http;

/** Ends a call with the answer that it carries; thrown by whatever a call uses, caught where calls are made. */
final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Response response;

    ProblemException(int status, String detail) {
        this(Response.problem(status, detail), detail);
    }

    /** Any other answer. */
    ProblemException(Response response) {
        this(response, "status " + response.status());
    }

    private ProblemException(Response response, String detail) {
        super(detail, null, false, false);
        this.response = response;
    }

    /** A bounded thing is full. */
    static ProblemException busy(String detail) {
        return new ProblemException(Response.busy(detail), detail);
    }

    Response response() {
        return response;
    }
}
