package io.zandloper.server;

import io.zandloper.server.cli.ZandloperCommands;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** Entry of the server and of the commands that talk to one or work on its files: {@link ZandloperCommands}. */
public final class ServerMain {
    private ServerMain() {}

    /** @param arguments the command's name, then its options */
    public static void main(String[] arguments) {
        final PrintWriter out = utf8(FileDescriptor.out);
        final PrintWriter err = utf8(FileDescriptor.err);
        final int exitCode = ZandloperCommands.run(ServerRun::run, System.getenv(), out, err, arguments);
        out.flush();
        err.flush();
        System.exit(exitCode);
    }

    /** UTF-8 whatever the locale says: identities and values are. */
    private static PrintWriter utf8(FileDescriptor stream) {
        return new PrintWriter(new OutputStreamWriter(new FileOutputStream(stream), StandardCharsets.UTF_8), true);
    }
}
