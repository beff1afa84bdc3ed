package io.firesteel.spark.internal.resident;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.data.RowLayout;
import io.firesteel.internal.data.ShardBlock;
import io.firesteel.internal.gradients.DataSet;
import io.firesteel.internal.gradients.EarlyUpdates;
import io.firesteel.internal.gradients.LocalGradientSource;
import io.firesteel.internal.gradients.Step;
import io.firesteel.internal.network.GradientSums;
import io.firesteel.internal.network.Network;
import io.firesteel.internal.network.Totals;
import io.firesteel.layers.BatchNormalization;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Embedding;
import io.firesteel.layers.Flatten;
import io.firesteel.layers.Layer;
import io.firesteel.metrics.Metrics;
import io.firesteel.spark.internal.execution.ExecutorNetworkSpec;
import io.firesteel.spark.internal.execution.ExecutorNetworks;
import io.firesteel.spark.internal.frames.Command;
import io.firesteel.tensor.RowSums;
import io.firesteel.tensor.Shape;
import io.firesteel.testing.LocalSpark;
import io.firesteel.testing.TinyTraining;
import io.firesteel.variables.Variable;
import io.firesteel.variables.VariableValues;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Tasks of several executors, of which messages are late, doubled and lost, and which are killed,
 * copied, lost and begun anew at random: every round has the sums of one process, and nobody waits
 * for ever. Variables are updated, and sent out, before all sums of their round are there, unless
 * somebody else has written to them then; and all is as before when a round fails. The tasks, their
 * connections and the driver's exchange are the real ones; what is simulated are the wire and
 * Spark's scheduler. More of them: {@code -Dfiresteel.schedules=5000
 * [-Dfiresteel.schedules.seed=1]}.
 */
@Tag("spark")
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class RandomScheduleTest {

  private static final int SCHEDULES = Integer.getInteger("firesteel.schedules", 150);
  private static final long SEED = Long.getLong("firesteel.schedules.seed", 1);
  private static final int ROUNDS = 8;
  private static final int ROWS = 40;
  private static final int IDS = 50;

  private static final Network DENSE =
      network(
          Dense.of(4).activation("tanh").withName("first"),
          BatchNormalization.of().withName("normalization"),
          Dense.of(5).activation("tanh").withName("second"));
  private static final Network DEEP =
      network(
          Dense.of(6).activation("tanh").withName("first"),
          Dense.of(7).activation("tanh").withName("second"),
          Dense.of(8).activation("tanh").withName("third"),
          Dense.of(6).activation("tanh").withName("fourth"));
  private static final Network SPARSE =
      network(Embedding.of(IDS, 3).withName("embedding"), Flatten.of().withName("flatten"));

  private static Network network(Layer... first) {
    List<Layer> layers = new ArrayList<>(Arrays.asList(first));
    layers.add(Dense.of(TinyTraining.CLASSES).activation("softmax").withName("output"));
    return Network.of(
        "scheduled",
        Shape.of(TinyTraining.FEATURES),
        layers,
        PausingLoss.registered(),
        List.of(Metrics.resolve("accuracy", TinyTraining.CLASSES, 1)));
  }

  private static List<ShardBlock> blocks(BatchPlan plan, boolean isSparse) {
    RowLayout layout = RowLayout.of(TinyTraining.FEATURES, 1).withWeights(1);
    List<ShardBlock> blocks = new ArrayList<>();
    for (int shard = 0; shard < plan.shards(); shard++) {
      ShardBlock.Builder builder = ShardBlock.builder(shard, plan.shardRows(shard), layout);
      for (int row = shard; row < plan.rows(); row += plan.shards()) {
        float[] values = TinyTraining.row(row);
        for (int i = 0; isSparse && i < TinyTraining.FEATURES; i++) {
          values[i] = (row * 7 + i * i * 3) % IDS;
        }

        builder.add(values);
      }

      blocks.add(builder.build());
    }

    return blocks;
  }

  /** Executors' settings are those of the process's Spark. */
  @BeforeAll
  static void start() {
    LocalSpark.session("local[2]");
  }

  @Test
  void everyScheduleGivesTheSumsOfOneProcess() throws Exception {
    long early = 0;
    long answers = 0;
    for (int i = 0; i < SCHEDULES; i++) {
      long seed = SEED * 1_000_003 + i;
      try (Fit fit = new Fit(seed)) {
        fit.run();
        early += fit.earlyUpdates;
        answers += fit.receiver.earlyAnswers();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("Schedule %d of seed %d".formatted(i, SEED), e);
      }
    }

    String counts = "%d variables updated and %d parts sent early".formatted(early, answers);
    System.out.println(counts);
    assertTrue(early > SCHEDULES / 4 && answers > SCHEDULES / 4, counts);
  }

  /** One schedule. */
  private static final class Fit implements EarlyUpdates, AutoCloseable {
    private final Random random;
    private final boolean isSparse;
    private final BatchPlan plan;
    private final Network network;
    private final List<ShardBlock> blocks;
    private final TaskExchange exchange;
    private final SimulatedWire wire;
    private final SimulatedTasks tasks;
    private final LocalGradientSource expected;
    private final FrameReceiver receiver;
    private final RoundSums sums;
    private final int[] trainable;
    private final float[][] values;
    private final float[][] before;
    private final BitSet updated = new BitSet();
    private float[][] wanted = {};
    private boolean isBegun;
    private int earlyUpdates;
    private final int faults;
    private boolean isThere;
    private volatile long round;
    private volatile long deadline = Long.MAX_VALUE;

    private Fit(long seed) {
      random = new Random(seed);
      Network model = List.of(DENSE, DEEP, DEEP, SPARSE).get(random.nextInt(4));
      isSparse = model == SPARSE;
      // Batches of few rows leave some shards without any.
      int shards = 1 + random.nextInt(10);
      plan = new BatchPlan(ROWS, 3 + random.nextInt(20), shards, 5, true);
      ExecutorNetworkSpec recipe = new ExecutorNetworkSpec(model.spec());
      network = ExecutorNetworks.network(recipe);
      blocks = blocks(plan, isSparse);
      exchange = new TaskExchange(seed);
      SimulatedWire.Quality[] qualities = SimulatedWire.Quality.values();
      receiver = new FrameReceiver(exchange);
      sums =
          new RoundSums(
              receiver,
              new FasterWay() {
                @Override
                boolean takesFirst(long step, long nanos) {
                  return random.nextInt(8) > 0;
                }
              });
      wire =
          new SimulatedWire(
              random.nextLong(), qualities[random.nextInt(qualities.length)], receiver);
      tasks =
          new SimulatedTasks(
              seed, exchange, wire, recipe, plan, blocks, new Random(random.nextLong()));
      expected =
          new LocalGradientSource(new LocalGradientSource.Shards(blocks, plan), null, network, 1);
      List<Variable> variables = network.createVariables(seed);
      values = VariableValues.copyOf(variables).values();
      before = VariableValues.copyOf(variables).values();
      trainable =
          IntStream.range(0, values.length).filter(i -> variables.get(i).trainable()).toArray();
      faults = random.nextInt(5);
      wire.often(5, this::tick);
    }

    private void tick() {
      exchange.answerNotYet(TimeUnit.MILLISECONDS.toNanos(SimulatedWire.patienceMillis()));
      if (System.nanoTime() > deadline) {
        exchange.note(new TaskEvent.Stuck(round));
      }
    }

    private void run() throws Exception {
      for (int i = 0; i < faults; i++) {
        wire.later(random.nextInt(20_000), tasks::disturb);
      }

      for (round = 1; round <= ROUNDS; round++) {
        Step step =
            random.nextInt(4) == 0
                ? null
                : new Step(round, 0, random.nextInt(plan.batches()), 2.0f);
        VariableValues variables = VariableValues.wrap(values);
        Totals totals;
        if (step == null) {
          totals = expected.evaluate(DataSet.TRAINING, variables);
        } else {
          GradientSums all = expected.gradients(variables, step);
          totals = all.totals();
          wanted = Stream.of(all.gradients()).map(float[]::clone).toArray(float[][]::new);
        }

        float[][] unchanged = Stream.of(values).map(float[]::clone).toArray(float[][]::new);
        String text = TinyTraining.describe(totals);
        String rows = step == null ? "" : describe(expected, step, variables);
        updated.clear();
        isBegun = false;
        GradientSums result = perform(Command.work(round, DataSet.TRAINING, step, variables));
        if (result == null) {
          assertArrayEquals(unchanged, values);
          continue;
        }

        assertEquals(text, TinyTraining.describe(result.totals()));
        if (step != null) {
          compare(result, rows);
        }

        finish();
        if (random.nextInt(20) == 0) {
          leave(random.nextBoolean());
        }
      }

      leave(false);
      tasks.requireEnd();
      assertEquals(List.of(), tasks.failures());
    }

    private void compare(GradientSums result, String rows) {
      for (int v = 0; v < wanted.length; v++) {
        if (!updated.get(v)) {
          assertArrayEquals(wanted[v], result.gradients()[v], "gradient " + v);
        }
      }

      assertEquals(rows, describeRest(result));
    }

    private static String describe(
        LocalGradientSource source, Step step, VariableValues variables) {
      return describeRest(source.gradients(variables, step));
    }

    @Override
    public VariableValues begin(Step step) {
      assertFalse(isBegun);
      isBegun = random.nextInt(6) > 0;
      for (int i = 0; i < values.length; i++) {
        System.arraycopy(values[i], 0, before[i], 0, values[i].length);
      }

      return isBegun ? VariableValues.wrap(before) : null;
    }

    @Override
    public int variable(int gradient) {
      return trainable[gradient];
    }

    @Override
    public void update(GradientSums all, List<Integer> gradients) {
      for (int v : gradients) {
        assertFalse(updated.get(v), "updated twice");
        assertArrayEquals(wanted[v], all.gradients()[v], "gradient " + v);
        updated.set(v);
        Arrays.fill(all.gradients()[v], Float.NaN);
        change(variable(v));
        earlyUpdates++;
      }
    }

    @Override
    public void undo() {
      assertTrue(isBegun);
      updated.clear();
      for (int i = 0; i < values.length; i++) {
        System.arraycopy(before[i], 0, values[i], 0, values[i].length);
      }
    }

    private void change(int variable) {
      float[] array = values[variable];
      for (int i = 0; i < array.length; i++) {
        array[i] += 0.125f * (random.nextFloat() - 0.5f);
      }
    }

    /** The trainer works in the arrays that it has handed out; seldom it writes to all of them. */
    private void finish() {
      boolean isCallback = random.nextInt(20) == 0;
      for (int v = 0; v < trainable.length; v++) {
        if (!updated.get(v) || isCallback) {
          change(trainable[v]);
        }
      }

      for (int i = 0; i < values.length; i++) {
        int index = i;
        if (IntStream.of(trainable).noneMatch(v -> v == index)) {
          change(i);
        }
      }
    }

    private @Nullable GradientSums perform(Command first) throws InterruptedException {
      Command command = first;
      sums.open(command, isThere);
      deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
      while (true) {
        if (!isThere) {
          tasks.submit();
          isThere = true;
        }

        sums.begin(DataSet.TRAINING, plan.shards());
        exchange.begin(command);
        command = sums.beginEarly(command, this, exchange);
        if (random.nextInt(30) == 0) {
          exchange.note(new TaskEvent.Broken(tasks.incarnation(), "at random", 0));
        }

        if (collect()) {
          exchange.end();
          deadline = Long.MAX_VALUE;
          return sums.result();
        }

        if (random.nextInt(3) == 0) {
          deadline = Long.MAX_VALUE;
          sums.undo();
          return null;
        }
      }
    }

    /** As {@link ResidentTasks} does it. */
    private boolean collect() throws InterruptedException {
      int missing = tasks.tasks();
      while (missing > 0) {
        TaskEvent event = sums.next(exchange);
        if (event instanceof TaskEvent.Sums come) {
          if (come.incarnation() == tasks.incarnation() && come.report().round() == round) {
            missing -= come.tasks();
            sums.add(come, missing == 0);
          }
        } else if (event instanceof TaskEvent.Part part) {
          if (part.incarnation() == tasks.incarnation() && part.round() == round) {
            sums.add(part);
          }
        } else if (event instanceof TaskEvent.Waiting) {
          exchange.serve();
        } else if (event instanceof TaskEvent.Broken broken
            && broken.incarnation() == tasks.incarnation()) {
          leave(true);
          return false;
        } else if (event instanceof TaskEvent.Stuck stuck && stuck.round() == round) {
          throw new AssertionError(
              "round %d stands still: %s".formatted(round, exchange.missing()));
        }
      }

      return true;
    }

    private void leave(boolean cancel) {
      exchange.dismiss();
      isThere = false;
      if (cancel) {
        tasks.cancel();
      }
    }

    /** Describes what is no gradient of all rows. */
    private static String describeRest(GradientSums sums) {
      StringBuilder text = new StringBuilder(Arrays.deepToString(sums.statistics()));
      for (int v = 0; v < sums.gradients().length; v++) {
        RowSums rows = sums.rowSums(v);
        if (rows != null) {
          text.append(Arrays.toString(Arrays.copyOf(rows.rows(), rows.size())));
          text.append(Arrays.toString(Arrays.copyOf(rows.values(), rows.size() * rows.rowSize())));
        }
      }

      return text.toString();
    }

    @Override
    public void close() {
      exchange.dismiss();
      tasks.cancel();
      wire.close();
      expected.close();
    }
  }
}
