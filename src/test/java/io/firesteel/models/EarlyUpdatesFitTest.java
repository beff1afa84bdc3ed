package io.firesteel.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.callbacks.Callback;
import io.firesteel.constraints.MaxNorm;
import io.firesteel.internal.gradients.DataSet;
import io.firesteel.internal.gradients.EarlyUpdates;
import io.firesteel.internal.gradients.GradientSource;
import io.firesteel.internal.gradients.Step;
import io.firesteel.internal.monitoring.TrainingMonitor;
import io.firesteel.internal.network.GradientSums;
import io.firesteel.internal.network.Totals;
import io.firesteel.layers.BatchNormalization;
import io.firesteel.layers.Dense;
import io.firesteel.optimizers.LossScaleOptimizer;
import io.firesteel.optimizers.Optimizer;
import io.firesteel.optimizers.Optimizers;
import io.firesteel.optimizers.SGD;
import io.firesteel.regularizers.L2;
import io.firesteel.saving.Config;
import io.firesteel.testing.Digits;
import io.firesteel.testing.InterruptAfter;
import io.firesteel.testing.MonitoredData;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import io.firesteel.training.TrainingData;
import io.firesteel.variables.Variable;
import io.firesteel.variables.VariableValues;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fits whose source has variables updated before it returns, in any order: the same bits. */
class EarlyUpdatesFitTest {

  private static final LocalData DATA = Digits.rows(0, 150);
  private static final int STEPS = 20;

  /** A source that has some variables updated early, and fails in the middle of a step. */
  private static final class EarlySource implements GradientSource {
    private final GradientSource source;
    private final int failing;
    private final Random random = new Random(5);
    private int steps;
    private int updated;

    private EarlySource(GradientSource source, int failing) {
      this.source = source;
      this.failing = failing;
    }

    @Override
    public String name() {
      return source.name();
    }

    @Override
    public GradientSums gradients(VariableValues variables, Step step, EarlyUpdates early) {
      GradientSums sums = source.gradients(variables, step);
      float[][] values = copies(variables);
      VariableValues before = early.begin(step);
      steps++;
      if (before != null) {
        assertArrayEquals(values, before.values());
        List<Integer> order = shuffled(sums.gradients().length);
        for (int first = 0; first < order.size(); ) {
          int end = Math.min(order.size(), first + 1 + random.nextInt(2));
          update(variables, sums, early, order.subList(first, end).stream().sorted().toList());
          first = end;
          if (random.nextInt(3) == 0) {
            break;
          }
        }

        assertArrayEquals(values, before.values());
      }

      if (steps == failing) {
        early.undo();
        assertArrayEquals(values, variables.values());
        throw new InterruptAfter.Interruption();
      }

      return sums;
    }

    private List<Integer> shuffled(int gradients) {
      List<Integer> order = new ArrayList<>(IntStream.range(0, gradients).boxed().toList());
      Collections.shuffle(order, random);
      return order;
    }

    /** The gradients of others need not be there, and those of these are of no use afterwards. */
    private void update(
        VariableValues variables, GradientSums sums, EarlyUpdates early, List<Integer> gradients) {
      float[][] own = new float[sums.gradients().length][];
      Arrays.setAll(own, v -> gradients.contains(v) ? sums.gradients()[v] : new float[0]);
      float[][] old = copies(variables);
      early.update(GradientSums.of(own, sums.totals().counts()), gradients);
      for (int v : gradients) {
        int variable = early.variable(v);
        assertEquals(sums.gradients()[v].length, variables.values()[variable].length);
        old[variable] = variables.values()[variable];
        Arrays.fill(sums.gradients()[v], Float.NaN);
      }

      assertArrayEquals(old, variables.values());
      updated += gradients.size();
    }

    private static float[][] copies(VariableValues variables) {
      return Stream.of(variables.values()).map(float[]::clone).toArray(float[][]::new);
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

  private static Sequential model(Optimizer optimizer) {
    Sequential model = new Sequential().seed(4);
    model.add(Dense.of(12).activation("relu").kernelRegularizer(L2.of(0.01)).inputShape(64));
    model.add(BatchNormalization.of().momentum(0.75));
    model.add(Dense.of(11).activation("relu").kernelConstraint(MaxNorm.of(0.7)).name("limited"));
    model.add(Dense.of(10).activation("softmax").biasRegularizer(L2.of(0.1)));
    model.compile(optimizer, "sparse_categorical_crossentropy", "accuracy");
    return model;
  }

  private static Optimizer optimizer(String json) {
    return Optimizers.deserialize(Config.parse(json));
  }

  private static FitOptions options(Callback... observers) {
    return FitOptions.builder()
        .epochs(2)
        .batchSize(15)
        .shards(3)
        .verbose(0)
        .observers(observers)
        .build();
  }

  private static String state(Model model) {
    StringBuilder text = new StringBuilder();
    for (Variable variable : model.variables()) {
      text.append(variable.path()).append(Arrays.toString(variable.values())).append('\n');
    }

    for (Variable slot : model.optimizer().variables()) {
      text.append(slot.path())
          .append(slot.isInteger() ? slot.integer() : Arrays.toString(slot.values()))
          .append('\n');
    }

    return text.toString();
  }

  /** Fits with early updates, and returns how many variables were updated so. */
  private static int fit(Model model, int failing, Callback... observers) {
    EarlySource[] sources = new EarlySource[1];
    TrainingData data =
        new MonitoredData(
            DATA,
            new TrainingMonitor() {},
            source -> {
              sources[0] = new EarlySource(source, failing);
              return sources[0];
            });
    if (failing > 0) {
      assertThrows(InterruptAfter.Interruption.class, () -> model.fit(data, options(observers)));
    } else {
      model.fit(data, options(observers));
      assertEquals(STEPS, sources[0].steps);
    }

    return sources[0].updated;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"class_name\":\"Adam\",\"config\":{\"weight_decay\":0.01,\"clipnorm\":0.2}}",
        "{\"class_name\":\"Adam\",\"config\":{\"amsgrad\":true,\"loss_scale_factor\":8}}",
        "{\"class_name\":\"Nadam\",\"config\":{\"clipvalue\":0.01}}",
        "{\"class_name\":\"SGD\",\"config\":{\"momentum\":0.9,\"gradient_accumulation_steps\":3}}",
        "{\"class_name\":\"RMSprop\",\"config\":{\"centered\":true}}",
        "{\"class_name\":\"Ftrl\",\"config\":{}}",
        "{\"class_name\":\"ScheduleFreeAdamW\",\"config\":{}}"
      })
  void stepsInPartsHaveTheBitsOfWholeOnes(String optimizer) {
    assertTrue(requireSameBits(optimizer) > STEPS);
  }

  /** Returns how many variables were updated early. */
  private static int requireSameBits(String optimizer) {
    Sequential whole = model(optimizer(optimizer));
    whole.fit(DATA, options());
    Sequential early = model(optimizer(optimizer));
    int updated = fit(early, 0);
    assertEquals(state(whole), state(early));
    assertEquals(whole.evaluate(DATA), early.evaluate(DATA));
    return updated;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"class_name\":\"Adam\",\"config\":{\"global_clipnorm\":0.2}}",
        "{\"class_name\":\"Adam\",\"config\":{\"use_ema\":true}}",
        "{\"class_name\":\"Lamb\",\"config\":{}}",
        "{\"class_name\":\"Muon\",\"config\":{}}"
      })
  void whatNeedsAllGradientsWaitsForAll(String optimizer) {
    assertEquals(0, requireSameBits(optimizer));
  }

  @Test
  void dynamicLossScalesWaitForAll() {
    assertEquals(0, fit(model(LossScaleOptimizer.builder(SGD.builder().build()).build()), 0));
  }

  /** The model is as after the last whole step. */
  @Test
  void aStepThatFailsIsUndone() {
    for (int failing = 1; failing <= 7; failing += 3) {
      Sequential whole = model(optimizer("{\"class_name\":\"Nadam\",\"config\":{}}"));
      Sequential early = model(optimizer("{\"class_name\":\"Nadam\",\"config\":{}}"));
      if (failing > 1) {
        Callback last = new InterruptAfter(failing - 1);
        assertThrows(InterruptAfter.Interruption.class, () -> whole.fit(DATA, options(last)));
      } else {
        whole.optimizer().build(whole.variables().stream().filter(Variable::trainable).toList());
      }

      assertTrue(fit(early, failing) > 0);
      assertEquals(state(whole), state(early));
    }
  }

  @Test
  void callbacksMayWriteToWeightsBetweenSteps() {
    Sequential whole = model(optimizer("{\"class_name\":\"Adam\",\"config\":{}}"));
    whole.fit(DATA, options(new Shrink(whole)));
    Sequential early = model(optimizer("{\"class_name\":\"Adam\",\"config\":{}}"));
    assertTrue(fit(early, 0, new Shrink(early)) > STEPS);
    assertEquals(state(whole), state(early));
  }

  /** Makes weights smaller after every step. */
  private static final class Shrink extends Callback {
    private final Model of;

    private Shrink(Model of) {
      this.of = of;
    }

    @Override
    public void onTrainBatchEnd(int batch, Map<String, Double> logs) {
      for (Variable variable : of.variables()) {
        float[] values = variable.values();
        for (int i = 0; i < values.length; i++) {
          values[i] *= 0.99f;
        }
      }
    }
  }
}
