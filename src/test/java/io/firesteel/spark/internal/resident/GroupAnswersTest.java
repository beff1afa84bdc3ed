package io.firesteel.spark.internal.resident;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.spark.internal.frames.Command;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class GroupAnswersTest {

  private final GroupAnswers answers = new GroupAnswers();

  @Test
  void anAnswerReachesThoseWhoWaitAndThoseWhoComeLater() throws Exception {
    CompletableFuture<Command> waiting = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                waiting.complete(answers.await(5, 20_000));
              } catch (InterruptedException e) {
                waiting.completeExceptionally(e);
              }
            });
    thread.start();
    answers.expect(5);
    answers.put(5, Command.LEAVE);
    answers.put(5, null);

    assertSame(Command.LEAVE, waiting.get());
    assertSame(Command.LEAVE, answers.await(5, 20_000));
    thread.join();
  }

  @Test
  void whoeverIsToldNothingMustAsk() throws Exception {
    answers.expect(1);
    answers.put(1, null);
    assertNull(answers.await(1, 20_000));
  }

  @Test
  void nobodyWaitsLongForSumsThatNeverGo() throws Exception {
    assertNull(answers.await(7, 10));
  }

  @Test
  void earlierAnswersAreForgotten() throws Exception {
    for (int group = 1; group <= 100; group++) {
      answers.put(group, Command.LEAVE);
    }

    assertSame(Command.LEAVE, answers.await(100, 20_000));
    assertSame(Command.LEAVE, answers.await(97, 20_000));
    assertNull(answers.await(1, 1));
  }

  @Test
  void whoeverWaitsForAnAnswerThatIsForgottenMustAsk() throws Exception {
    answers.expect(1);
    CompletableFuture<Boolean> toldNothing = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                toldNothing.complete(answers.await(1, 20_000) == null);
              } catch (InterruptedException e) {
                toldNothing.completeExceptionally(e);
              }
            });
    thread.start();
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }

    for (int group = 2; group <= 20; group++) {
      answers.put(group, Command.LEAVE);
    }

    assertTrue(toldNothing.get());
    thread.join();
  }
}
