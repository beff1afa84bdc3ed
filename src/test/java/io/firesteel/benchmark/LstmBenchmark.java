package io.firesteel.benchmark;

import io.firesteel.callbacks.Callback;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Input;
import io.firesteel.layers.LSTM;
import io.firesteel.models.Sequential;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Trains {@code LSTM(64)} over 50 steps of 16 features, batch 256, on two threads, and compares
 * samples per second with Keras on JAX. The two take turns, an epoch each, so that what else the
 * machine does meets both. Arguments: {@code --python PYTHON}, {@code --rows N}, {@code --rounds
 * N}.
 */
public final class LstmBenchmark {

  private static final int STEPS = 50;
  private static final int FEATURES = 16;
  private static final int UNITS = 64;
  private static final int BATCH = 256;
  private static final int WARM_UP = 2;

  private LstmBenchmark() {}

  /** Runs both and prints one table. */
  public static void main(String[] args) throws IOException {
    Arguments arguments = new Arguments(args);
    int rows = arguments.integer("rows", 5120);
    int rounds = arguments.integer("rounds", 5);
    try (Peer peer = new Peer(arguments.text("python", ""), rows)) {
      Turns turns = new Turns(peer, rows);
      Sequential model =
          new Sequential()
              .add(Input.of(STEPS, FEATURES))
              .add(LSTM.of(UNITS))
              .add(Dense.of(1).activation("sigmoid"));
      model.compile("adam", "binary_crossentropy");
      model.fit(
          data(rows).threads(2),
          FitOptions.builder()
              .epochs(WARM_UP + rounds)
              .batchSize(BATCH)
              .shards(2)
              .verbose(0)
              .observers(turns)
              .build());
      Report report = new Report("what", "samples/s, median", "ratio");
      double ours = median(turns.ours);
      report.add("Firesteel", "%,.0f".formatted(ours), "1");
      if (turns.theirs.isEmpty()) {
        report.add("Keras on JAX", "left out: " + peer.name, "");
      } else {
        double theirs = median(turns.theirs);
        report.add(
            peer.name, "%,.0f".formatted(theirs), "Firesteel %.2fx".formatted(ours / theirs));
      }

      System.out.println(report);
    }
  }

  private static LocalData data(int rows) {
    RandomStream random = RandomStream.of(1);
    float[] x = new float[rows * STEPS * FEATURES];
    float[] y = new float[rows];
    for (int row = 0; row < rows; row++) {
      float sum = 0;
      for (int i = 0; i < STEPS * FEATURES; i++) {
        float value = 2 * random.nextFloat() - 1;
        x[row * STEPS * FEATURES + i] = value;
        sum += value;
      }

      y[row] = sum > 0 ? 1 : 0;
    }

    return LocalData.of(Shape.of(STEPS, FEATURES), x, 1, y);
  }

  private static double median(List<Double> rates) {
    return rates.stream().sorted().toList().get(rates.size() / 2);
  }

  /** Before each epoch of ours the peer has one. */
  private static final class Turns extends Callback {
    private final Peer peer;
    private final int rows;
    private final List<Double> ours = new ArrayList<>();
    private final List<Double> theirs = new ArrayList<>();
    private long begin;

    Turns(Peer peer, int rows) {
      this.peer = peer;
      this.rows = rows;
    }

    @Override
    public void onEpochBegin(int epoch) {
      Double rate = epoch < WARM_UP ? null : peer.epoch();
      if (rate != null) {
        theirs.add(rate);
      }

      begin = System.nanoTime();
    }

    @Override
    public void onEpochEnd(int epoch, Map<String, Double> logs) {
      if (epoch >= WARM_UP) {
        ours.add(rows / ((System.nanoTime() - begin) / 1e9));
      }
    }
  }

  /** Keras in a process of its own. */
  private static final class Peer implements AutoCloseable {
    private final Process process;
    private final BufferedReader answers;
    private final Writer turns;
    private final String name;
    private final boolean runs;

    Peer(String python, int rows) throws IOException {
      String[] command =
          python.isEmpty()
              ? new String[] {"echo", "# no --python"}
              : new String[] {
                python,
                "src/test/python/lstm_benchmark.py",
                "" + rows,
                "" + STEPS,
                "" + FEATURES,
                "" + UNITS,
                "" + BATCH
              };
      process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      answers = process.inputReader();
      turns = process.outputWriter();
      String first = answers.readLine();
      name = first == null ? "no answer" : first.substring(1).strip();
      runs = name.startsWith("Keras");
    }

    /** Returns its samples a second in one more epoch, or null if it does not run. */
    Double epoch() {
      if (!runs) {
        return null;
      }

      try {
        turns.write("\n");
        turns.flush();
        return Double.valueOf(answers.readLine());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      process.destroy();
    }
  }
}
