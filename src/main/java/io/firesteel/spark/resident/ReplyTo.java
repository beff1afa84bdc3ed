package io.firesteel.spark.resident;

import io.firesteel.spark.frames.Order;

/** Where the answer to a report goes, once. */
interface ReplyTo {

  /** Answers. */
  void answer(Order order);

  /**
   * Tells whether the asker is in this process: it gets all answers by reference, and can wait for
   * ever.
   */
  boolean isLocal();
}
