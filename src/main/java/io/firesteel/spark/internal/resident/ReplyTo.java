package io.firesteel.spark.internal.resident;

import io.firesteel.spark.internal.frames.Command;
import io.firesteel.tensor.ChunkPool;
import java.util.List;

/** Where the answer to a report goes, once, in several parts if it is large. */
interface ReplyTo {

  /** Answers. */
  default void answer(Command command) {
    for (int part = 0; part < parts(); part++) {
      answer(command, part);
    }
  }

  /**
   * Tells whether a command with work fits what parts have been answered with; if not, the asker
   * must ask again.
   */
  default boolean takes(Command command) {
    return true;
  }

  /** Returns in how many parts the answer goes. */
  int parts();

  /** Answers by one part; several threads may do so at once. */
  void answer(Command command, int part);

  /**
   * Tells whether the asker is in this process: it gets all answers by reference, and can wait for
   * ever.
   */
  boolean isLocal();

  /**
   * A command, and where it goes.
   *
   * @param to where it goes
   * @param command the command
   */
  record Answer(ReplyTo to, Command command) {

    private void send(int part) {
      if (part < to.parts()) {
        to.answer(command, part);
      }
    }

    /** Sends answers; the parts of large ones by several threads, to all executors side by side. */
    static void send(List<Answer> answers) {
      int most = answers.stream().mapToInt(answer -> answer.to().parts()).max().orElse(0);
      if (most <= 1) {
        answers.forEach(answer -> answer.to().answer(answer.command()));
        return;
      }

      int executors = answers.size();
      ChunkPool.shared()
          .run(most * executors, chunk -> answers.get(chunk % executors).send(chunk / executors));
    }
  }
}
