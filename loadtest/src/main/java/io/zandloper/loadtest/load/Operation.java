package io.zandloper.loadtest.load;

import io.zandloper.protocol.MessageType;

/** What is asked of the server. */
enum Operation {
    SEGMENT_TEST("segment-test", MessageType.SEGMENT_TEST),
    DECIDE("decide", MessageType.DECIDE);

    private final String title;
    private final MessageType messageType;

    Operation(String title, MessageType messageType) {
        this.title = title;
        this.messageType = messageType;
    }

    /** In tables and files. */
    String title() {
        return title;
    }

    MessageType messageType() {
        return messageType;
    }
}
