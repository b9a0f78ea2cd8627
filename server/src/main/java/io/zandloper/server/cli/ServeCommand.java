package io.zandloper.server.cli;

import io.zandloper.server.config.ConcludedConfig;
import io.zandloper.server.config.Setting;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code serve}: its options are the settings, so that none can be forgotten in the file or the environment. */
final class ServeCommand {
    private ServeCommand() {}

    static CommandSpec spec(ServeAction serve, Map<String, String> environment) {
        final CommandSpec[] spec = new CommandSpec[1];
        final Callable<Integer> command = () -> {
            serve.serve(
                    ConcludedConfig.of(values(spec[0].commandLine().getParseResult()), environment),
                    spec[0].commandLine().getOut());
            return ZandloperCommands.DONE;
        };
        spec[0] = CommandSpec.wrapWithoutInspection(command).name("serve");
        for (Setting setting : Setting.values()) {
            spec[0].addOption(option(setting));
        }
        spec[0].usageMessage()
                .description("Runs the server until SIGTERM.")
                .footer(
                        "Every option can also stand in the file of --config (http-port: 7480) and in the",
                        "environment (ZANDLOPER_HTTP_PORT=7480); the command line comes first, then the",
                        "environment, then the file.%n");
        return spec[0];
    }

    private static OptionSpec option(Setting setting) {
        final OptionSpec.Builder option = OptionSpec.builder(setting.option()).description(setting.description());
        switch (setting.shape()) {
            case ONE -> option.type(String.class).arity("1").paramLabel(setting.valueLabel());
            case MANY ->
                option.type(List.class).auxiliaryTypes(String.class).arity("1").paramLabel(setting.valueLabel());
            case FLAG -> option.type(boolean.class).arity("0");
        }
        return option.build();
    }

    private static Map<Setting, List<String>> values(ParseResult parsed) {
        final Map<Setting, List<String>> values = new EnumMap<>(Setting.class);
        for (Setting setting : Setting.values()) {
            if (parsed.hasMatchedOption(setting.option())) {
                values.put(
                        setting,
                        setting.shape() == Setting.Shape.FLAG
                                ? List.of("true")
                                : List.copyOf(
                                        parsed.matchedOption(setting.option()).stringValues()));
            }
        }
        return values;
    }
}
