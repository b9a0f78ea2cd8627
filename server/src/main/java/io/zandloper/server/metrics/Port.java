package io.zandloper.server.metrics;

/** Where a request came in. */
public enum Port {
    BINARY("binary"),
    HTTP("http");

    private final String label;

    Port(String label) {
        this.label = label;
    }

    /** As shown in metrics and JSON. */
    public String label() {
        return label;
    }
}
