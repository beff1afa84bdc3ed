package io.firesteel.spark.internal.resident;

import io.firesteel.spark.internal.frames.Command;

/** Where the answer to a report goes, once. */
interface ReplyTo {

  /** Answers. */
  void answer(Command command);

  /**
   * Tells whether the asker is in this process: it gets all answers by reference, and can wait for
   * ever.
   */
  boolean isLocal();
}
