package io.firesteel.spark.internal.resident;

import io.firesteel.spark.internal.frames.Command;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The answers that one task of a group gets from the driver and passes on to the others, so that an
 * executor asks once a round, however many tasks it has.
 *
 * <p>Who waits here is known to the driver only by the sums that the last task of its group brings.
 * So it waits for a limited time until they are on their way, in case they never are, and asks the
 * driver itself then; once they are, that task ends the waiting, whatever comes of it.
 */
final class GroupAnswers {

  /* Ids of groups ascend; a task comes late for the last one or two of them at most. */
  private static final int KEPT = 8;

  private final TreeMap<Integer, Answer> answers = new TreeMap<>();

  private static final class Answer {
    private boolean expected;
    private boolean there;
    private @Nullable Command command;
  }

  /** Notes that a task of a group asks for all. */
  synchronized void expect(int group) {
    answer(group).expected = true;
    notifyAll();
  }

  /**
   * Ends the waiting of a group's other tasks. What comes after the first call counts for nothing.
   *
   * @param command what they are to do, null if each must ask the driver itself
   */
  synchronized void put(int group, @Nullable Command command) {
    Answer answer = answer(group);
    if (!answer.there) {
      answer.there = true;
      answer.command = command;
      notifyAll();
    }
  }

  /**
   * Waits for the answer to a group.
   *
   * @param millis how long to wait for one of the group to ask
   * @return what to do, null to ask the driver
   */
  synchronized @Nullable Command await(int group, long millis) throws InterruptedException {
    Answer answer = answer(group);
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (!answer.there) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (answer.expected) {
        wait();
      } else if (left > 0) {
        wait(left);
      } else {
        return null;
      }
    }

    return answer.command;
  }

  private Answer answer(int group) {
    Answer answer = answers.computeIfAbsent(group, any -> new Answer());
    while (answers.size() > KEPT) {
      // Whoever still waits for that one must not do so for ever.
      answers.pollFirstEntry().getValue().there = true;
      notifyAll();
    }

    return answer;
  }
}
