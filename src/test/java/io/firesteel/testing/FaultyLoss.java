package io.firesteel.testing;

import io.firesteel.losses.Loss;
import io.firesteel.losses.Losses;
import io.firesteel.losses.Reduction;
import io.firesteel.losses.SparseCategoricalCrossentropy;
import io.firesteel.saving.Config;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The loss of {@link TinyTraining}, with a fault: at the {@code call}-th time that a process
 * computes gradients with it, it takes some time, or throws. Calls below 0 mean every time.
 */
public final class FaultyLoss extends Loss {

  /** What it throws. */
  public static final String MESSAGE = "a fault on purpose";

  private static final Map<String, AtomicInteger> CALLS = new ConcurrentHashMap<>();
  private static final AtomicInteger FIRED = new AtomicInteger();

  private static final long HUGE = -1;

  private final Loss loss = SparseCategoricalCrossentropy.builder().build();
  private final int call;
  private final long millis;

  private FaultyLoss(int call, long millis) {
    super("faulty", Reduction.SUM_OVER_BATCH_SIZE);
    this.call = call;
    this.millis = millis;
  }

  /** Returns a loss that takes so long at one call. */
  public static FaultyLoss slow(int call, long millis) {
    return registered(new FaultyLoss(call, millis));
  }

  /** Returns a loss that throws at one call. */
  public static FaultyLoss failing(int call) {
    return registered(new FaultyLoss(call, 0));
  }

  /** Returns a loss that needs more memory than a small process has, each time. */
  public static FaultyLoss huge() {
    return registered(new FaultyLoss(-1, HUGE));
  }

  private static FaultyLoss registered(FaultyLoss loss) {
    Losses.register("tests", FaultyLoss.class, FaultyLoss::fromConfig);
    CALLS.clear();
    FIRED.set(0);
    return loss;
  }

  static FaultyLoss fromConfig(Config config) {
    return new FaultyLoss(
        (int) config.reader("faulty").integer("call"), config.reader("faulty").integer("millis"));
  }

  /** Returns how often the fault fired in this process. */
  public static int fired() {
    return FIRED.get();
  }

  @Override
  public Config getConfig() {
    return Config.builder().put("call", (long) call).put("millis", millis).build();
  }

  @Override
  public int labelWidth(int predictionWidth) {
    return 1;
  }

  @Override
  public void call(
      float[] labels,
      float[] predictions,
      int samples,
      int width,
      float[] losses,
      float @Nullable [] gradient) {
    if (gradient != null && (call < 0 || nextCall() == call)) {
      FIRED.incrementAndGet();
      fire();
    }

    loss.call(labels, predictions, samples, width, losses, gradient);
  }

  private int nextCall() {
    return CALLS.computeIfAbsent(call + "/" + millis, any -> new AtomicInteger()).incrementAndGet();
  }

  private void fire() {
    if (millis == HUGE) {
      throw new IllegalStateException(new long[Integer.MAX_VALUE - 8].length + " were allocated");
    }

    if (millis == 0) {
      throw new IllegalStateException(MESSAGE);
    }

    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (System.nanoTime() < end && !Thread.currentThread().isInterrupted()) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
  }
}
