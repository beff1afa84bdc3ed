package io.firesteel.optimizers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.variables.Variable;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Which variables are excluded from weight decay: some themselves, and those in whose name or path
 * a regular expression is found.
 *
 * <p>In a config the variables themselves stand by their paths:
 *
 * <pre>{@code
 * "exclude_from_weight_decay": {"variables": [], "names": ["bias", "gamma"], "paths": []}
 * }</pre>
 *
 * <p>Keras keeps exclusions in no config, and refuses the key there; so {@link
 * Optimizers#serialize} writes it beside the config, where Keras does not look.
 */
final class DecayExclusions {

  static final String KEY = "exclude_from_weight_decay";
  static final DecayExclusions NONE =
      new DecayExclusions(List.of(), List.of(), List.of(), List.of());

  private final List<Variable> variables;
  private final List<String> variablePaths;
  private final List<String> names;
  private final List<String> paths;
  private final @Nullable Pattern name;
  private final @Nullable Pattern path;

  private DecayExclusions(
      List<Variable> variables,
      List<String> variablePaths,
      List<String> names,
      List<String> paths) {
    this.variables = List.copyOf(variables);
    this.variablePaths = List.copyOf(variablePaths);
    this.names = List.copyOf(names);
    this.paths = List.copyOf(paths);
    this.name = compile("names", names);
    this.path = compile("paths", paths);
  }

  private static @Nullable Pattern compile(String what, List<String> expressions) {
    try {
      return expressions.isEmpty() ? null : Pattern.compile(String.join("|", expressions));
    } catch (PatternSyntaxException e) {
      IllegalArgumentException refusal =
          Argument.invalid(KEY, what, expressions, "regular expressions");
      refusal.initCause(e);
      throw refusal;
    }
  }

  static DecayExclusions read(ConfigReader reader) {
    Config config = reader.nullableConfig(KEY);
    if (config == null) {
      return NONE;
    }

    ConfigReader parts = config.reader(KEY);
    List<String> variablePaths = parts.strings("variables");
    List<String> names = parts.strings("names");
    List<String> paths = parts.strings("paths");
    parts.finish();
    return new DecayExclusions(List.of(), variablePaths, names, paths);
  }

  /** Returns these with other variables and names. */
  DecayExclusions with(List<Variable> newVariables, List<String> newNames) {
    List<String> newPaths = newVariables.stream().map(Variable::path).toList();
    return new DecayExclusions(newVariables, newPaths, newNames, paths);
  }

  /** Returns these with other expressions for paths. */
  DecayExclusions withPaths(List<String> newPaths) {
    return new DecayExclusions(variables, variablePaths, names, newPaths);
  }

  boolean isEmpty() {
    return variablePaths.isEmpty() && names.isEmpty() && paths.isEmpty();
  }

  /** Variables that were given themselves count by identity, those of a config by their path. */
  boolean contains(Variable variable) {
    return (variables.isEmpty()
            ? variablePaths.contains(variable.path())
            : variables.stream().anyMatch(other -> other == variable))
        || isFound(name, variable.name())
        || isFound(path, variable.path());
  }

  private static boolean isFound(@Nullable Pattern pattern, String text) {
    return pattern != null && pattern.matcher(text).find();
  }

  Config toConfig() {
    return Config.builder()
        .put("variables", variablePaths)
        .put("names", names)
        .put("paths", paths)
        .build();
  }
}
