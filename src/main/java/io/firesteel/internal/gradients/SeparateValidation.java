package io.firesteel.internal.gradients;

import io.firesteel.internal.monitoring.StepClock;
import io.firesteel.internal.network.GradientSums;
import io.firesteel.internal.network.Totals;
import io.firesteel.variables.VariableValues;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * A source whose validation data is of another kind than its training data, in another place: each
 * has a source of its own.
 *
 * @param training the source of the rows to train on
 * @param validation the source of the rows to validate on, its only ones
 */
public record SeparateValidation(GradientSource training, GradientSource validation)
    implements GradientSource {

  @Override
  public String name() {
    return training.name();
  }

  @Override
  public GradientSums gradients(VariableValues variables, Step step, EarlyUpdates early) {
    return training.gradients(variables, step, early);
  }

  @Override
  public Totals evaluate(DataSet data, VariableValues variables) {
    return data == DataSet.TRAINING
        ? training.evaluate(DataSet.TRAINING, variables)
        : validation.evaluate(DataSet.TRAINING, variables);
  }

  @Override
  public boolean hasWeight() {
    return training.hasWeight();
  }

  @Override
  public void observeWith(StepClock clock, BiConsumer<String, String> events) {
    training.observeWith(clock, events);
  }

  @Override
  public void makeWay() {
    training.makeWay();
  }

  @Override
  public long orderHash() {
    return training.orderHash();
  }

  @Override
  public Set<String> environments() {
    return training.environments();
  }

  @Override
  public void close() {
    try (training) {
      validation.close();
    }
  }
}
