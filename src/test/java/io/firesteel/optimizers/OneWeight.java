package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.tensor.Shape;
import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import java.util.List;
import java.util.stream.Stream;

/** A variable of one element, for steps that are computed by hand. */
final class OneWeight {

  final Variable variable;

  OneWeight(float value) {
    this.variable = Variable.of("w", "w", Shape.of(1), new float[] {value});
  }

  /** Takes a step and returns the new value. */
  double step(Optimizer optimizer, float gradient) {
    optimizer.applyGradients(List.of(new GradAndVar(Tensor.of(gradient), variable)));
    return variable.values()[0];
  }

  /** The names of an optimizer's state after it was built for this variable and one more. */
  List<String> stateNames(Optimizer optimizer) {
    optimizer.build(List.of(variable, Variable.of("v", "a/v", Shape.of(2), new float[2])));
    return optimizer.variables().stream().map(Variable::name).toList();
  }

  /** What the builders say instead of building. */
  static List<String> refusals(OptimizerBuilder<?, ?>... builders) {
    return Stream.of(builders)
        .map(b -> assertThrows(IllegalArgumentException.class, b::build).getMessage())
        .toList();
  }
}
