/**
 * The command line: {@code serve}, which hands its settings to the composition root, and the commands that talk to a
 * running server over HTTP. Answers go to the standard output, everything else to the error stream; exit codes are 0
 * done, 1 failed, 2 wrong usage.
 */
@NullMarked
package io.zandloper.server.cli;

import org.jspecify.annotations.NullMarked;
