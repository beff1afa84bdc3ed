package io.firesteel.testing;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** Which operation on a file system fails, and how. It also records all of them. */
public final class FaultPlan {

  /** What a failing operation does. */
  public enum Fault {
    /** It is not done, and the process is dead from then on: nothing else is done either. */
    CRASH_BEFORE,
    /** It is done, and the process is dead from then on. */
    CRASH_AFTER,
    /** It is not done and reports an error. */
    ERROR,
    /** None: it is done; for {@link #before}. */
    NONE,
    /** It is done and reports an error, as when the connection breaks. */
    LOST_REPLY,
    /** It is done, reports an error, and the server is gone from then on. */
    LOST_SERVER
  }

  /**
   * An operation.
   *
   * @param <T> what it returns
   */
  @FunctionalInterface
  public interface Operation<T> {
    /** Does it. */
    T run() throws IOException;
  }

  private static final Map<String, FaultPlan> PLANS = new ConcurrentHashMap<>();

  private final String id = UUID.randomUUID().toString();
  private final List<String> operations = new ArrayList<>();
  private final Fault fault;
  private Predicate<String> due = name -> false;
  private Operation<?> before = () -> true;
  private boolean fired;
  private boolean gone;

  private FaultPlan(Fault fault) {
    this.fault = fault;
    PLANS.put(id, this);
  }

  /** Returns a plan in which nothing fails until {@link #failAt} or {@link #failOn}. */
  public static FaultPlan of(Fault fault) {
    return new FaultPlan(fault);
  }

  static FaultPlan byId(String id) {
    return PLANS.get(id);
  }

  String id() {
    return id;
  }

  /** Forgets the operations so far and lets one of the next ones fail, counted from 0. */
  public synchronized FaultPlan failAt(int index) {
    operations.clear();
    due = name -> operations.size() == index + 1;
    return this;
  }

  /** Forgets the operations so far and lets the first one fail that is described like this. */
  public synchronized FaultPlan failOn(String prefix) {
    operations.clear();
    due = name -> name.startsWith(prefix);
    return this;
  }

  /** Lets something happen right before the first operation that is described like this. */
  public synchronized FaultPlan before(String prefix, Operation<?> event) {
    failOn(prefix);
    before = event;
    return this;
  }

  /** Tells whether the fault has happened. */
  public synchronized boolean fired() {
    return fired;
  }

  /** Tells whether nothing works any more since the fault. */
  public synchronized boolean isGone() {
    return gone;
  }

  /** Returns the operations, such as {@code create model.keras}. */
  public synchronized List<String> operations() {
    return List.copyOf(operations);
  }

  synchronized <T> T run(String name, Operation<T> operation) throws IOException {
    if (gone) {
      throw new IOException("gone since the fault: " + name);
    }

    operations.add(name);
    if (fired || !due.test(name)) {
      return operation.run();
    }

    fired = true;
    before.run();
    if (fault == Fault.NONE) {
      return operation.run();
    }

    gone = fault != Fault.ERROR && fault != Fault.LOST_REPLY;
    if (fault != Fault.CRASH_BEFORE && fault != Fault.ERROR) {
      operation.run();
    }

    throw new IOException("injected at: " + name);
  }
}
