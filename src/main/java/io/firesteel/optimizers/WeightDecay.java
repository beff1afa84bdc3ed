package io.firesteel.optimizers;

import io.firesteel.variables.Variable;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Decoupled weight decay, {@code w = w - w * rate * learningRate}, and the variables that are
 * excluded from it, by identity or by a pattern found in their name or path.
 *
 * <p>Source: Keras 3.15, {@code keras/src/optimizers/base_optimizer.py}.
 */
final class WeightDecay {

  private final IdentityHashMap<Variable, Boolean> known = new IdentityHashMap<>();
  private List<Variable> excludedVariables = List.of();
  private @Nullable Pattern excludedNames;
  private @Nullable Pattern excludedPaths;
  private final RangeStep<GradientPairs> decay = this::decay;
  private @Nullable Double[] rates = {};
  private float learningRate;

  void exclude(List<Variable> variables, List<String> names) {
    excludedNames = compile("names", names);
    excludedVariables = List.copyOf(variables);
    known.clear();
  }

  void excludePaths(List<String> paths) {
    excludedPaths = compile("paths", paths);
    known.clear();
  }

  private static @Nullable Pattern compile(String what, List<String> expressions) {
    try {
      return expressions.isEmpty() ? null : Pattern.compile(String.join("|", expressions));
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "The %s to exclude from weight decay must be regular expressions. Received: %s"
              .formatted(what, expressions),
          e);
    }
  }

  /**
   * Decays the variables of a step that are not excluded, each by the optimizer's rate for it, in
   * the step's next run.
   */
  void apply(GradientPairs step, BaseOptimizer optimizer, float rateOfStep) {
    learningRate = rateOfStep;
    if (rates.length < step.size()) {
      rates = new Double[step.size()];
    }

    boolean decays = false;
    for (int i = 0; i < step.size(); i++) {
      Double rate = optimizer.weightDecay(step.variable(i));
      rates[i] = rate == null || isExcluded(step.variable(i)) ? null : rate;
      if (rates[i] != null) {
        decays = true;
        optimizer.beforeDecay(step, i);
      }
    }

    if (decays) {
      step.then(decay);
    }
  }

  private void decay(GradientPairs step, int pair, int from, int to) {
    Double rate = rates[pair];
    if (rate == null) {
      return;
    }

    float decay = (float) (double) rate;
    float lr = learningRate;
    float[] w = step.variable(pair).values();
    for (int i = from; i < to; i++) {
      w[i] = w[i] - w[i] * decay * lr;
    }
  }

  private boolean isExcluded(Variable variable) {
    Boolean excluded = known.get(variable);
    if (excluded == null) {
      excluded =
          excludedVariables.stream().anyMatch(other -> other == variable)
              || isFound(excludedNames, variable.name())
              || isFound(excludedPaths, variable.path());
      known.put(variable, excluded);
    }

    return excluded;
  }

  private static boolean isFound(@Nullable Pattern pattern, String text) {
    return pattern != null && pattern.matcher(text).find();
  }
}
