package io.firesteel.spark.internal.resident;

import io.firesteel.internal.data.ShardRange;
import io.firesteel.internal.gradients.DataSet;
import io.firesteel.internal.gradients.GradientAggregator;
import io.firesteel.internal.gradients.PartialSums;
import io.firesteel.internal.gradients.Step;
import io.firesteel.internal.network.GradientSums;
import io.firesteel.internal.network.Totals;
import io.firesteel.spark.internal.frames.Command;
import io.firesteel.spark.internal.frames.ExecutorVariables;
import io.firesteel.spark.internal.frames.Report;
import io.firesteel.spark.internal.frames.SumsCodec;
import io.firesteel.spark.internal.frames.TaskId;
import io.firesteel.spark.internal.frames.WorkerInfo;
import io.firesteel.spark.internal.seam.FrameBuffers;
import io.firesteel.spark.internal.seam.FrameBytes;
import io.firesteel.spark.internal.seam.SparkInternals;
import io.firesteel.testing.ExecutorWatch;
import io.firesteel.testing.LocalSpark;
import io.firesteel.variables.VariableValues;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * What a step costs the driver by workers and parameters, without any arithmetic of theirs: the
 * driver is the real one, and another process plays all workers, with the messages that as many
 * executors would send, over Spark's RPC on the loopback address.
 *
 * <p>Arguments: pairs {@code WORKERSxPARAMETERS}. Prints the median milliseconds a step.
 */
public final class ScalingBenchmark {

  private static final int WARM_UP = 5;
  private static final long ROUND_NANOS = 4_000_000_000L;
  private static final int MOST_STEPS = 300;

  private ScalingBenchmark() {}

  /** Runs the measurements. */
  public static void main(String[] args) throws Exception {
    SparkSession spark =
        LocalSpark.session(
            "local-cluster[1,1,3072]",
            "spark.executor.memory=3g",
            "spark.executor.extraJavaOptions=-XX:+UseParallelGC");
    ExecutorWatch.of(spark.sparkContext()).awaitRegistered(1);
    for (String pair : args) {
      String[] numbers = pair.split("x", 2);
      measure(spark, Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1]));
    }

    LocalSpark.stop();
  }

  private static void measure(SparkSession spark, int workers, int parameters) throws Exception {
    long fit = ThreadLocalRandom.current().nextLong(Long.MAX_VALUE);
    TaskExchange exchange = new TaskExchange(fit);
    FrameReceiver receiver = new FrameReceiver(exchange);
    try (SparkInternals.Listening listening =
        SparkInternals.listen(DriverEndpoint.name(fit), receiver)) {
      int incarnation = exchange.admit(workers);
      Thread job =
          new Thread(
              () ->
                  JavaSparkContext.fromSparkContext(spark.sparkContext())
                      .parallelize(List.of(1), 1)
                      .foreach(any -> play(fit, incarnation, workers, parameters)));
      job.start();
      print(workers, parameters, receiver, steps(exchange, workers, parameters));
      exchange.dismiss();
      job.join();
    }
  }

  private static List<Double> steps(TaskExchange exchange, int workers, int parameters)
      throws InterruptedException {
    VariableValues variables = VariableValues.wrap(new float[][] {new float[parameters]});
    GradientAggregator aggregator = new GradientAggregator(workers);
    List<Double> millis = new ArrayList<>();
    long deadline = Long.MAX_VALUE;
    for (int step = 0; step < MOST_STEPS && System.nanoTime() < deadline; step++) {
      long start = System.nanoTime();
      aggregator.reset();
      exchange.begin(
          Command.work(step + 1, DataSet.TRAINING, new Step(step, 0, 0, 1.0f), variables));
      collect(exchange, aggregator, workers);
      exchange.end();
      if (step >= WARM_UP) {
        millis.add((System.nanoTime() - start) / 1e6);
      } else {
        deadline = System.nanoTime() + ROUND_NANOS;
      }
    }

    return millis;
  }

  private static void collect(TaskExchange exchange, GradientAggregator aggregator, int workers)
      throws InterruptedException {
    int missing = workers;
    while (missing > 0) {
      TaskEvent event = exchange.next();
      if (event instanceof TaskEvent.Sums sums) {
        aggregator.add(sums.sums().get());
        aggregator.reduce();
        missing--;
      } else if (event instanceof TaskEvent.Waiting) {
        exchange.serve();
      }
    }

    aggregator.result();
  }

  private static void print(
      int workers, int parameters, FrameReceiver receiver, List<Double> millis) {
    double[] sorted = millis.stream().mapToDouble(value -> value).sorted().toArray();
    double median = sorted[sorted.length / 2];
    double bytes = 8.0 * workers * parameters;
    System.out.printf(
        "%,d workers, %,d parameters: %.2f ms a step (%d steps), %.1f us a worker, %.0f MB/s both"
            + " ways%n",
        workers, parameters, median, sorted.length, median * 1e3 / workers, bytes / 1e3 / median);
    if (receiver.sumsBytes() < bytes / 2) {
      throw new IllegalStateException("The sums did not come");
    }
  }

  /** Plays all workers: each reports by itself, and they wait for all answers together. */
  private static void play(long fit, int incarnation, int workers, int parameters)
      throws InterruptedException {
    SparkInternals.Caller driver =
        Objects.requireNonNull(SparkInternals.caller(DriverEndpoint.name(fit)));
    float[] gradient = new float[parameters];
    Arrays.fill(gradient, 0.5f);
    ExecutorVariables variables = new ExecutorVariables(parameters);
    List<TaskId> ids = new ArrayList<>();
    for (int worker = 0; worker < workers; worker++) {
      TaskId id =
          new TaskId(
              fit, incarnation, worker, new ShardRange(worker, worker + 1), 1000 + worker, 0);
      String text = new WorkerInfo("e" + worker, "host", "JDK").text();
      driver.tell(Report.Frame.ofText(Report.of(id, Report.Kind.HELLO, text)));
      ids.add(id);
    }

    FrameBuffers frames = new FrameBuffers();
    Command command = null;
    int ask = 0;
    do {
      List<List<Asked>> answers = new ArrayList<>();
      for (TaskId id : ids) {
        answers.add(send(driver, id, command, gradient, ++ask, variables.parts(), frames));
      }

      for (List<Asked> answer : answers) {
        command = receive(answer, variables, frames);
      }
    } while (command.kind() != Command.Kind.LEAVE);
  }

  private record Asked(FrameBytes frame, SparkInternals.Pending answer) {}

  private static List<Asked> send(
      SparkInternals.Caller driver,
      TaskId id,
      @Nullable Command command,
      float[] gradient,
      int ask,
      int parts,
      FrameBuffers frames) {
    SumsCodec sums = null;
    Report report = Report.ready(id);
    if (command != null && command.kind() == Command.Kind.WORK) {
      PartialSums own =
          new PartialSums(
              List.of(id.shards()),
              List.of(id.shards()),
              List.of(
                  GradientSums.of(
                      new float[][] {gradient}, new Totals(new double[0], 1, 1, 1, 1))));
      report = Report.sums(id, command, own, Report.WorkTime.NONE);
      sums = new SumsCodec(own);
    }

    List<Asked> pending = new ArrayList<>();
    for (int part = 0; part < parts; part++) {
      int room = sums == null ? 0 : sums.partBytes(part, parts);
      FrameBytes frame = frames.take(Report.Frame.headerBytes(report, part) + room);
      ByteBuffer target = frame.writer();
      Report.Frame.begin(report, ask, part, parts, target);
      if (sums != null) {
        sums.write(part, parts, target);
      }

      pending.add(new Asked(frame, driver.ask(frame)));
    }

    return pending;
  }

  private static Command receive(
      List<Asked> answers, ExecutorVariables variables, FrameBuffers frames)
      throws InterruptedException {
    Command command = null;
    for (Asked asked : answers) {
      byte[] bytes = asked.answer().await();
      if (bytes == null) {
        return Command.LEAVE;
      }

      frames.giveBack(asked.frame());

      Command.Frame frame = Command.Frame.parse(bytes);
      command = command == null ? frame.command() : command;
      if (frame.hasValues()) {
        if (frame.part() == 0) {
          variables.begin(command.round(), frame.parts());
        }

        variables.put(command.round(), frame.part(), frame.parts(), frame.values());
      }
    }

    Command first = Objects.requireNonNull(command);
    variables.require(first.round(), first.kind() == Command.Kind.WORK ? 1 : 0, 1000);
    return first;
  }
}
