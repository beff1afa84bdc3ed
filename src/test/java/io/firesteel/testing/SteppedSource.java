package io.firesteel.testing;

import io.firesteel.internal.gradients.DataSet;
import io.firesteel.internal.gradients.EarlyUpdates;
import io.firesteel.internal.gradients.GradientSource;
import io.firesteel.internal.gradients.Step;
import io.firesteel.internal.network.GradientSums;
import io.firesteel.internal.network.Totals;
import io.firesteel.variables.VariableValues;
import java.util.function.LongConsumer;

/**
 * A gradient source with something that is done before each step.
 *
 * @param source where the gradients come from
 * @param before what is done, with the number of steps before
 */
public record SteppedSource(GradientSource source, LongConsumer before) implements GradientSource {

  @Override
  public String name() {
    return source.name();
  }

  @Override
  public GradientSums gradients(VariableValues variables, Step step, EarlyUpdates early) {
    before.accept(step.step());
    return source.gradients(variables, step, early);
  }

  @Override
  public Totals evaluate(DataSet data, VariableValues variables) {
    return source.evaluate(data, variables);
  }

  @Override
  public long orderHash() {
    return source.orderHash();
  }

  @Override
  public void close() {
    source.close();
  }
}
