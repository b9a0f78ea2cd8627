package io.zandloper.server;

import io.zandloper.storage.FailureListener;
import io.zandloper.storage.StorageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs what fails in the storage without a caller. It is tried again ever more rarely, so that no log is filled. */
final class LoggedFailures implements FailureListener {
    private static final Logger LOG = LoggerFactory.getLogger(LoggedFailures.class);

    @Override
    public void onFailure(String work, Throwable cause) {
        if (cause instanceof StorageException) { // its sentence says everything, for the operator
            LOG.warn("Something failed and will be tried again, {}: {}.", work, cause.getMessage());
        } else {
            LOG.error("Something failed unexpectedly and will be tried again, {}.", work, cause);
        }
    }
}
