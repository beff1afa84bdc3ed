package io.firesteel.internal.monitoring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.internal.data.ShardRange;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepClockTest {

  private long now;
  private final StepClock clock = new StepClock(() -> now);

  private void lap(Phase phase, long nanos) {
    now += nanos;
    clock.lap(phase);
  }

  private static long of(long[] nanos, Phase phase) {
    return nanos[phase.ordinal()];
  }

  @Test
  void timeGoesToThePhaseThatIsNamedAfterwards() {
    lap(Phase.PUBLISH, 3);
    lap(Phase.UPDATE, 5);
    lap(Phase.PUBLISH, 7);
    long[] nanos = clock.takeNanos();
    assertEquals(10, of(nanos, Phase.PUBLISH));
    assertEquals(5, of(nanos, Phase.UPDATE));
    assertEquals(0, of(clock.takeNanos(), Phase.PUBLISH));
  }

  @Test
  void theSlowestWorkersTimeIsNoWaiting() {
    lap(Phase.WAIT, 100);
    clock.worked(0, 10, 30);
    clock.worked(1, 20, 50);
    clock.gathered();
    long[] nanos = clock.takeNanos();
    assertEquals(20, of(nanos, Phase.READ));
    assertEquals(50, of(nanos, Phase.COMPUTE));
    assertEquals(30, of(nanos, Phase.WAIT));
  }

  @Test
  void noMoreIsTakenFromWaitingThanWasWaited() {
    lap(Phase.WAIT, 25);
    clock.worked(0, 20, 50);
    clock.gathered();
    lap(Phase.WAIT, 4);
    clock.gathered();
    long[] nanos = clock.takeNanos();
    assertEquals(20, of(nanos, Phase.READ));
    assertEquals(5, of(nanos, Phase.COMPUTE));
    assertEquals(4, of(nanos, Phase.WAIT));
  }

  @Test
  void duringAValidationAllIsValidation() {
    clock.joined(0, "1", "host", new ShardRange(0, 4));
    clock.only(Phase.VALIDATION);
    lap(Phase.WAIT, 8);
    clock.worked(0, 1, 1);
    lap(Phase.REDUCE, 2);
    clock.only(null);
    clock.gathered();
    long[] nanos = clock.takeNanos();
    assertEquals(10, of(nanos, Phase.VALIDATION));
    assertEquals(0, of(nanos, Phase.COMPUTE));
    assertEquals(0, clock.takeWorkers(5).get(0).steps());
  }

  @Test
  void workersAreCountedSinceTheyCame() {
    clock.joined(0, "1", "host", new ShardRange(0, 4));
    clock.worked(0, 1_000_000, 1_000_000);
    clock.worked(0, 0, 4_000_000);
    assertEquals(
        List.of(new StepClock.WorkerTime(0, "1", "host", 0, 4, 2, 3.0, 3.0, 4.0, 4.0)),
        clock.takeWorkers(5));
    clock.joined(0, "1", "host", new ShardRange(0, 4));
    clock.worked(0, 0, 1_500_000);
    assertEquals(
        List.of(new StepClock.WorkerTime(0, "1", "host", 0, 4, 3, 2.5, 1.5, 1.5, 4.0)),
        clock.takeWorkers(5));
    clock.joined(0, "2", "other", new ShardRange(0, 4));
    assertEquals(0, clock.takeWorkers(5).get(0).steps());
    clock.workers(0);
    assertEquals(List.of(), clock.takeWorkers(5));
  }

  @Test
  void ofManyWorkersTheSlowestAreTaken() {
    for (int i = 0; i < 10; i++) {
      clock.joined(i, "1", "host", new ShardRange(i, i + 1));
      clock.worked(i, 0, i % 5);
    }

    assertEquals(
        List.of(3, 4, 8, 9),
        clock.takeWorkers(4).stream().map(StepClock.WorkerTime::worker).toList());
  }

  @Test
  void aClockThatIsOffCountsNothing() {
    StepClock.OFF.joined(0, "1", "host", new ShardRange(0, 1));
    StepClock.OFF.worked(0, 5, 5);
    StepClock.OFF.lap(Phase.WAIT);
    assertEquals(0, of(StepClock.OFF.takeNanos(), Phase.WAIT));
    assertEquals(List.of(), StepClock.OFF.takeWorkers(1));
  }
}
