package io.firesteel.internal.saving;

import java.util.List;

/** A layer of which Keras saves integers behind the weights that it does not use; they are 0. */
public interface CountingLayer {

  /** Returns their names. */
  List<String> savedCounters();
}
