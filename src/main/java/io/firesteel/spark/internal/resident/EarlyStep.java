package io.firesteel.spark.internal.resident;

import io.firesteel.internal.data.ShardRange;
import io.firesteel.internal.gradients.DataSet;
import io.firesteel.internal.gradients.EarlyUpdates;
import io.firesteel.internal.gradients.GradientAggregator;
import io.firesteel.internal.gradients.PartialSums;
import io.firesteel.internal.network.GradientSums;
import io.firesteel.spark.internal.frames.Command;
import io.firesteel.spark.internal.frames.SumsCodec;
import io.firesteel.variables.VariableValues;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is done of a step while some of its sums are still on their way: a gradient that all shards'
 * sums have is added up, its variable is updated, and goes out for the next round.
 *
 * <p>That takes copies, and the time of processors that executors on the same machine may want; so
 * it is done where it makes steps faster.
 *
 * <p>Whose sums these are does not matter, as all who work on a shard have the same bits. So those
 * of a task that is lost before it has brought all are as good as any; what was updated by them is
 * not updated again.
 */
final class EarlyStep {

  private final EarlyVariables out;
  private final FasterWay way;
  private final List<Source> sources = new ArrayList<>();
  private final BitSet updated = new BitSet();
  private EarlyUpdates updates = EarlyUpdates.NONE;
  private @Nullable Command next;
  private GradientAggregator aggregator = new GradientAggregator(1);
  private int shards;
  private boolean isChosen;
  private boolean isPlanned;
  private @Nullable GradientSums root;

  /**
   * Creates one.
   *
   * @param out what sends variables out
   * @param way chooses between steps that are updated early and others
   */
  EarlyStep(EarlyVariables out, FasterWay way) {
    this.out = out;
    this.way = way;
  }

  /** The sums of some shards: of what came in parts so far, or of all where there is no reader. */
  private record Source(SumsCodec.@Nullable Reader reader, PartialSums sums) {

    private boolean isThere(int gradient) {
      return reader == null || reader.isThere(gradient);
    }

    /** Sums of rows are put in order in the end. */
    private boolean hasRows() {
      return sums.sums().stream().anyMatch(GradientSums::hasRows);
    }

    private int shards() {
      return sums.ranges().stream().mapToInt(ShardRange::size).sum();
    }

    private boolean overlaps(PartialSums others) {
      return sums.ranges().stream()
          .anyMatch(range -> others.ranges().stream().anyMatch(range::overlaps));
    }
  }

  /**
   * Begins another round.
   *
   * @param goesOn whether those are still there who got variables for it
   */
  void open(Command command, boolean goesOn) {
    if (!goesOn) {
      out.forget();
    }

    out.begin(command);
    updates = EarlyUpdates.NONE;
    next = null;
    isChosen = false;
    updated.clear();
    clear();
  }

  /** Has the open round updated early if it is a step and that pays; returns its command then. */
  @Nullable Command begin(Command command, EarlyUpdates newUpdates) {
    VariableValues variables = command.variables();
    if (isChosen || command.step() == null || variables == null) {
      return null;
    }

    isChosen = true;
    if (!out.pays() || !way.takesFirst(command.round(), System.nanoTime())) {
      return null;
    }

    VariableValues before = newUpdates.begin(command.step());
    if (before == null) {
      return null;
    }

    updates = newUpdates;
    next = Command.work(command.round() + 1, DataSet.TRAINING, null, variables);
    return command.withVariables(before);
  }

  /** Tells whether the open round is updated early. */
  boolean isOn() {
    return next != null;
  }

  /** Forgets what came of an open round, but not what was updated. */
  void restart(int ofShards) {
    if (ofShards != shards) {
      aggregator = new GradientAggregator(ofShards);
      shards = ofShards;
    }

    clear();
  }

  private void clear() {
    sources.clear();
    forgetPlan();
  }

  private void forgetPlan() {
    isPlanned = false;
    root = null;
  }

  /** Takes sums of which some parts were read. */
  void add(SumsCodec.Reader reader) {
    if (isOn() && sources.stream().noneMatch(source -> source.reader() == reader)) {
      PartialSums sums = reader.planned();
      if (sources.stream().noneMatch(s -> s.reader() == null && s.overlaps(sums))) {
        add(new Source(reader, sums));
      }
    }
  }

  /** Takes sums that are complete. */
  void add(PartialSums sums) {
    if (isOn()) {
      add(new Source(null, sums));
    }
  }

  private void add(Source source) {
    sources.removeIf(known -> known.overlaps(source.sums()));
    sources.add(source);
    forgetPlan();
  }

  /** Updates and sends what can be. */
  void update() {
    Command toNext = next;
    GradientSums sums = toNext == null ? null : plan();
    if (toNext == null || sums == null) {
      return;
    }

    List<Integer> ready = new ArrayList<>();
    for (int gradient = 0; gradient < sums.gradients().length; gradient++) {
      if (!updated.get(gradient) && isThere(gradient)) {
        ready.add(gradient);
      }
    }

    if (!ready.isEmpty()) {
      ready.forEach(aggregator::addGradient);
      updates.update(sums, ready);
      ready.forEach(updated::set);
      out.publish(toNext, ready.stream().map(updates::variable).toList());
    }
  }

  private boolean isThere(int gradient) {
    for (Source source : sources) {
      if (!source.isThere(gradient)) {
        return false;
      }
    }

    return true;
  }

  /** Returns where the sums of all shards will be, null if there are none yet of some. */
  private @Nullable GradientSums plan() {
    boolean isCovered = sources.stream().mapToInt(Source::shards).sum() == shards;
    if (!isPlanned && isCovered && sources.stream().noneMatch(Source::hasRows)) {
      isPlanned = true;
      aggregator.reset();
      sources.forEach(source -> aggregator.add(counted(source.sums())));
      PartialSums all = aggregator.planned();
      aggregator.addTotals();
      root = all.sums().size() == 1 ? all.sums().get(0) : null;
    }

    return root;
  }

  /** Returns sums with totals of their own that have what gradients are divided by. */
  private static PartialSums counted(PartialSums sums) {
    List<GradientSums> counted =
        sums.sums().stream()
            .map(sum -> GradientSums.of(sum.gradients(), sum.totals().counts()))
            .toList();
    return new PartialSums(sums.ranges(), sums.nodes(), counted);
  }

  /** Tells whether a variable was updated in the open round. */
  boolean isUpdated(int gradient) {
    return updated.get(gradient);
  }

  /** Tells whether some variable was updated in the open round. */
  boolean hasUpdated() {
    return !updated.isEmpty();
  }

  /** Undoes what was updated, because the round has failed. */
  void undo() {
    if (isOn()) {
      updates.undo();
      out.forget();
      next = null;
    }
  }
}
