import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import net.openhft.chronicle.hash.VanillaGlobalMutableState;
import net.openhft.chronicle.values.ValueModel;

/**
 * Makes the class that Chronicle Map would otherwise generate and compile at every start of the JVM, by Chronicle's own
 * generator, and puts it beside ours: Chronicle looks for it by name before it makes one. Run by the build, from this
 * source; where the class is missing everything works as well, half a second later.
 */
public final class GenerateValueClasses {
    private GenerateValueClasses() {}

    /** @param arguments the folder of compiled classes */
    public static void main(String[] arguments) throws Exception {
        final Class<?> described = VanillaGlobalMutableState.class;
        // The name is how ValueModel finds it.
        final String name = described.getSimpleName() + "$$Native";
        final Method generate = Class.forName("net.openhft.chronicle.values.Generators")
                .getDeclaredMethod("generateNativeClass", ValueModel.class, String.class);
        generate.setAccessible(true);
        compile(name, (String) generate.invoke(null, ValueModel.acquire(described), name), Path.of(arguments[0]));
    }

    private static void compile(String name, String code, Path classes) throws IOException {
        final Path folder = Files.createTempDirectory("value-classes-");
        final Path source = folder.resolve(name + ".java");
        try {
            Files.writeString(source, code);
            final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
            final List<String> options = List.of(
                    "-d", classes.toString(), "-cp", System.getProperty("java.class.path"), "-proc:none", "-nowarn");
            final boolean compiled = compiler.getTask(
                            null,
                            null,
                            null,
                            options,
                            null,
                            compiler.getStandardFileManager(null, null, null).getJavaFileObjects(source))
                    .call();
            if (!compiled) {
                throw new IllegalStateException("Chronicle's generated class does not compile: " + name);
            }
        } finally {
            Files.deleteIfExists(source);
            Files.delete(folder);
        }
    }
}
