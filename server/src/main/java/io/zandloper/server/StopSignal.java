package io.zandloper.server;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * The wish that the process ends, by SIGTERM or SIGINT. Handled as a signal and not by a shutdown hook: libraries have
 * hooks that would close files while we still write, and a process that ends by its hooks exits with 143, not 0.
 */
final class StopSignal {
    private static final List<String> SIGNALS = List.of("TERM", "INT");

    private final CountDownLatch requested = new CountDownLatch(1);

    /** Takes the signals of this process from now on. */
    static StopSignal install() {
        final StopSignal stop = new StopSignal();
        for (String signal : SIGNALS) {
            handle(signal, stop::request);
        }
        return stop;
    }

    /** Asks the process to end; again and again is once. */
    void request() {
        requested.countDown();
    }

    boolean isRequested() {
        return requested.getCount() == 0;
    }

    void await() throws InterruptedException {
        requested.await();
    }

    /** By name, because the compiler warns of these classes and every warning is an error; the JDK exports them. */
    private static void handle(String signal, Runnable action) {
        try {
            final Class<?> signalClass = Class.forName("sun.misc.Signal");
            final Class<?> handlerClass = Class.forName("sun.misc.SignalHandler");
            final Object handler = Proxy.newProxyInstance(
                    StopSignal.class.getClassLoader(), new Class<?>[] {handlerClass}, (proxy, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            action.run();
                        }
                        return null;
                    });
            signalClass
                    .getMethod("handle", signalClass, handlerClass)
                    .invoke(null, signalClass.getConstructor(String.class).newInstance(signal), handler);
        } catch (ClassNotFoundException
                | NoSuchMethodException
                | InstantiationException
                | IllegalAccessException
                | InvocationTargetException e) {
            throw new IllegalStateException("this JVM lets nobody handle SIG" + signal, e);
        }
    }
}
