package io.firesteel.spark.internal.ui;

import java.util.Locale;

/** How a run stands. */
public enum RunStatus {
  /** It trains. */
  RUNNING,
  /** It made all its epochs. */
  FINISHED,
  /** A callback ended it early. */
  STOPPED,
  /** Somebody cancelled it. */
  CANCELLED,
  /** It failed. */
  FAILED,
  /** Its application ended, and it had not. */
  ABANDONED;

  /** Returns the name in small letters. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
