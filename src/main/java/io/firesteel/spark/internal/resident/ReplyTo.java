package io.firesteel.spark.internal.resident;

import io.firesteel.spark.internal.frames.Command;

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
}
