package io.firesteel.spark.internal.ui;

import java.util.List;
import java.util.Optional;

/** The runs of an application. */
interface RunStore {

  /** Returns what stands in the table of runs, newest first. */
  List<RunView.Head> heads();

  /** Returns a run. */
  Optional<RunView> run(String id);
}
