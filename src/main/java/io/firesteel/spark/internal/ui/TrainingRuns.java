package io.firesteel.spark.internal.ui;

import io.firesteel.spark.internal.ui.RunView.RunStore;
import io.firesteel.spark.internal.ui.TrainingEvent.Ended;
import io.firesteel.spark.internal.ui.TrainingEvent.Happened;
import io.firesteel.spark.internal.ui.TrainingEvent.RunStatus;
import io.firesteel.spark.internal.ui.TrainingEvent.Started;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The last runs of an application, as their events make them. */
final class TrainingRuns implements RunStore {

  /** The most runs that are kept. */
  static final int MOST = 50;

  private final Map<String, RunState> runs = new LinkedHashMap<>();

  /** Takes an event; one of a run that is not known any more changes nothing. */
  synchronized void apply(TrainingEvent event) {
    if (event instanceof Started started) {
      runs.put(started.run(), new RunState(started));
      forgetOldest();
    } else {
      RunState run = runs.get(event.run());
      if (run != null) {
        run.apply(event);
      }
    }
  }

  /** The oldest one that has ended goes, or if all run the oldest one. */
  private void forgetOldest() {
    if (runs.size() > MOST) {
      String oldest =
          runs.entrySet().stream()
              .filter(entry -> !entry.getValue().isRunning())
              .map(Map.Entry::getKey)
              .findFirst()
              .orElse(runs.keySet().iterator().next());
      runs.remove(oldest);
    }
  }

  /** Tells the runs that run what happened to the application. */
  synchronized void happened(String kind, String text, long time) {
    runs.forEach(
        (id, run) -> {
          if (run.isRunning()) {
            run.apply(new Happened(id, time, kind, text));
          }
        });
  }

  /** Says that the application has ended, and with it what still ran. */
  synchronized void applicationEnded(long time) {
    runs.forEach(
        (id, run) -> {
          if (run.isRunning()) {
            run.apply(new Ended(id, time, RunStatus.ABANDONED, null));
          }
        });
  }

  /** Notes a Spark job of a run. */
  synchronized void job(String id, int job) {
    RunState run = runs.get(id);
    if (run != null) {
      run.job(job);
    }
  }

  @Override
  public synchronized List<RunView.Head> heads() {
    List<RunView.Head> heads = new ArrayList<>();
    runs.values().forEach(run -> heads.add(run.head()));
    Collections.reverse(heads);
    return heads;
  }

  @Override
  public synchronized Optional<RunView> run(String id) {
    return Optional.ofNullable(runs.get(id)).map(RunState::view);
  }
}
