package io.firesteel.optimizers;

import io.firesteel.variables.Variable;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Decoupled weight decay, {@code w = w - w * rate * learningRate}, and the variables that are
 * excluded from it, by identity or by a pattern found in their name.
 *
 * <p>Source: Keras 3.15, {@code keras/src/optimizers/base_optimizer.py}.
 */
final class WeightDecay {

  private final IdentityHashMap<Variable, Boolean> exclusions = new IdentityHashMap<>();
  private @Nullable Pattern excludedNames;

  void exclude(List<Variable> variables, List<String> names) {
    Pattern pattern = names.isEmpty() ? null : compile(names);
    exclusions.clear();
    variables.forEach(variable -> exclusions.put(variable, true));
    excludedNames = pattern;
  }

  private static Pattern compile(List<String> names) {
    try {
      return Pattern.compile(String.join("|", names));
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "The names to exclude from weight decay must be regular expressions. Received: " + names,
          e);
    }
  }

  void apply(Variable variable, double rate, float learningRate) {
    if (isExcluded(variable)) {
      return;
    }

    float decay = (float) rate;
    float[] w = variable.values();
    for (int i = 0; i < w.length; i++) {
      w[i] = w[i] - w[i] * decay * learningRate;
    }
  }

  private boolean isExcluded(Variable variable) {
    Boolean known = exclusions.get(variable);
    if (known == null) {
      known = excludedNames != null && excludedNames.matcher(variable.name()).find();
      exclusions.put(variable, known);
    }

    return known;
  }
}
