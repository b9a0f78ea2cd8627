package io.zandloper.server.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * What one source says, as texts.
 *
 * @param origin for the operator: {@code command line}
 * @param spelling how a setting is called there: {@code --http-port}
 */
public record SettingLayer(String origin, Function<Setting, String> spelling, Map<Setting, List<String>> values) {
    /** Read by the launcher or by the tests of the launcher, not by us. */
    private static final Set<String> VARIABLES_OF_THE_LAUNCHER = Set.of("ZANDLOPER_JAVA_OPTS", "ZANDLOPER_BUILD");

    public static SettingLayer ofCommandLine(Map<Setting, List<String>> values) {
        return new SettingLayer("command line", Setting::option, values);
    }

    /**
     * The variables that begin with {@code ZANDLOPER_}; an empty one counts as not set, several values stand between
     * commas.
     *
     * @throws ConfigException for one that is unknown
     */
    public static SettingLayer ofEnvironment(Map<String, String> variables) {
        final Map<Setting, List<String>> values = new EnumMap<>(Setting.class);
        variables.forEach((variable, value) -> {
            if (!Setting.isOurs(variable) || VARIABLES_OF_THE_LAUNCHER.contains(variable) || value.isEmpty()) {
                return;
            }
            final Setting setting = Setting.ofVariable(variable)
                    .orElseThrow(() -> new ConfigException("unknown environment variable " + variable
                            + "; unset it, or see ./zandloper serve --help for the names"));
            values.put(setting, setting.shape() == Setting.Shape.MANY ? List.of(value.split(",", -1)) : List.of(value));
        });
        return new SettingLayer("environment", Setting::variable, values);
    }

    /** @throws ConfigException where the file cannot be read, is no YAML or has a key that is unknown */
    public static SettingLayer ofFile(Path file) {
        final JsonNode root = read(file);
        final Map<Setting, List<String>> values = new EnumMap<>(Setting.class);
        if (root.isMissingNode() || root.isNull()) {
            return new SettingLayer(file.toString(), setting -> setting.key() + " in " + file, values);
        }
        if (!root.isObject()) {
            throw new ConfigException(file + " holds no settings; write lines such as 'http-port: 7480'");
        }
        root.properties().forEach(entry -> {
            final Setting setting = Setting.ofKey(entry.getKey())
                    .filter(known -> known != Setting.CONFIG)
                    .orElseThrow(() -> new ConfigException("unknown key '" + entry.getKey() + "' in " + file
                            + "; remove it, or see ./zandloper serve --help for the names"));
            values.put(setting, texts(setting, entry.getValue(), file));
        });
        return new SettingLayer(file.toString(), setting -> setting.key() + " in " + file, values);
    }

    private static JsonNode read(Path file) {
        final YAMLMapper yaml = YAMLMapper.builder(new YAMLFactory())
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
        try {
            return yaml.readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException e) {
            throw new ConfigException(file + " is not valid YAML: " + firstLine(e.getOriginalMessage()));
        } catch (IOException e) {
            throw new ConfigException("cannot read the configuration " + file + "; check the path and its permissions");
        }
    }

    private static List<String> texts(Setting setting, JsonNode value, Path file) {
        final List<String> texts = new ArrayList<>();
        if (value.isArray() && setting.shape() == Setting.Shape.MANY) {
            value.forEach(element -> texts.add(text(setting, element, file)));
        } else {
            texts.add(text(setting, value, file));
        }
        return texts;
    }

    private static String text(Setting setting, JsonNode value, Path file) {
        if (!value.isValueNode() || value.isNull()) {
            throw new ConfigException(setting.key() + " in " + file + " must be "
                    + (setting.shape() == Setting.Shape.MANY ? "a text or a list of texts" : "one value"));
        }
        return value.asText();
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("unreadable");
    }
}
