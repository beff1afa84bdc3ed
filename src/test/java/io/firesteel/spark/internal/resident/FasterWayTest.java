package io.firesteel.spark.internal.resident;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

/** Steps of which one of two ways takes a known time. */
class FasterWayTest {

  private static final int STEPS = 1000;

  /** Returns how many steps go the first way. */
  private static int steps(LongUnaryOperator first, LongUnaryOperator second) {
    FasterWay way = new FasterWay();
    int count = 0;
    long now = 5;
    for (long step = 1; step <= STEPS; step++) {
      boolean isFirst = way.takesFirst(step, now);
      count += isFirst ? 1 : 0;
      now += (isFirst ? first : second).applyAsLong(step);
    }

    return count;
  }

  /** Trials take 16 steps, at 0, 80, 224, 496; half of each goes either way. */
  @Test
  void theFasterWayIsTakenButInTrials() {
    assertEquals(STEPS - 32, steps(step -> 90, step -> 100));
    assertEquals(32, steps(step -> 100, step -> 90));
  }

  @Test
  void noiseAndWhatGetsFasterFavourNone() {
    Random random = new Random(1);
    LongUnaryOperator slower = step -> 1_100 - step / 2 + random.nextInt(40);
    LongUnaryOperator faster = step -> 1_000 - step / 2 + random.nextInt(40);
    assertEquals(32, steps(slower, faster));
    assertEquals(STEPS - 32, steps(faster, slower));
    LongUnaryOperator pauses = step -> step % 5 == 0 ? 3_000 : 900;
    assertEquals(STEPS - 32, steps(pauses, step -> step % 6 == 0 ? 3_000 : 1_000));
  }

  @Test
  void aWayThatBecomesSlowerIsLeft() {
    int count = steps(step -> step < 300 ? 90 : 200, step -> 100);
    assertEquals(496 - 24 + 8, count);
  }

  /** A step after an evaluation or a pause does not count. */
  @Test
  void stepsThatDoNotFollowOneAnotherAreNotMeasured() {
    FasterWay way = new FasterWay();
    long now = 0;
    for (long step = 0; step < 16; step++) {
      boolean isFirst = way.takesFirst(2 * step, now);
      now += isFirst ? 1000 : 10;
    }

    assertEquals(true, way.takesFirst(40, now), "nothing was measured");
  }
}
