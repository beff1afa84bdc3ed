package io.firesteel.spark.internal.resident;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.data.ShardBlock;
import io.firesteel.internal.data.ShardRange;
import io.firesteel.spark.internal.execution.ExecutorNetworkSpec;
import io.firesteel.spark.internal.frames.Report;
import io.firesteel.spark.internal.frames.TaskId;
import io.firesteel.spark.internal.frames.WorkerInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.spark.TaskContext$;
import org.apache.spark.TaskContextImpl;

/**
 * The tasks of resident jobs, on threads of this process that stand for executors, and what Spark
 * does with them: it starts a task that ended anew, on another executor or another thread of the
 * same one, and says so some time later.
 */
final class SimulatedTasks {

  private static final AtomicLong EXECUTORS = new AtomicLong(1L << 40);

  private final long fit;
  private final TaskExchange exchange;
  private final SimulatedWire wire;
  private final ExecutorNetworkSpec network;
  private final BatchPlan plan;
  private final List<ShardBlock> blocks;
  private final Random random;
  private final int mostParts;
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final List<Attempt> alive = new ArrayList<>();
  private Executor[] executors;
  private int incarnation;
  private int tasks;
  private long attempts;

  /** The tasks of a fit over one data set. */
  SimulatedTasks(
      long fit,
      TaskExchange exchange,
      SimulatedWire wire,
      ExecutorNetworkSpec network,
      BatchPlan plan,
      List<ShardBlock> blocks,
      Random random) {
    this.fit = fit;
    this.exchange = exchange;
    this.wire = wire;
    this.network = network;
    this.plan = plan;
    this.blocks = blocks;
    this.random = random;
    this.mostParts = 1 + random.nextInt(12);
    this.executors = new Executor[2 + random.nextInt(2)];
    for (int i = 0; i < executors.length; i++) {
      executors[i] = new Executor();
    }
  }

  /** A process. */
  private static final class Executor {
    private final long id = EXECUTORS.incrementAndGet();
    private volatile boolean dead;
  }

  /** An attempt of a task. */
  private final class Attempt implements Runnable {
    private final TaskId id;
    private final Executor executor;
    private final ExecutorState.Shared shared;
    private final RpcConnection.Manner manner;
    private final TaskContextImpl context = TaskContext$.MODULE$.empty();
    private final Thread thread = new Thread(this, "task");
    private final Random pauses;
    private volatile boolean killed;
    private volatile boolean failing;
    private volatile boolean retried;

    private Attempt(TaskId id, Executor executor) {
      this.id = id;
      this.executor = executor;
      this.shared =
          ExecutorState.acquire(
              new TaskId(executor.id, id.incarnation(), 0, id.shards(), 0, 0), network);
      this.manner = new RpcConnection.Manner(1 + random.nextInt(mostParts), 20, 200, 5);
      this.pauses = new Random(random.nextLong());
      thread.setDaemon(true);
    }

    @Override
    public void run() {
      TaskContext$.MODULE$.setTaskContext(context);
      PausingLoss.PAUSE.set(this::pause);
      ResidentTask task =
          new ResidentTask(
              fit,
              id.incarnation(),
              network,
              new BatchPlan[] {plan},
              new long[][] {blocks.stream().mapToLong(ShardBlock::hash).toArray()});
      boolean failed = false;
      try (RpcConnection link =
          new RpcConnection(id, shared, wire.caller(() -> executor.dead), manner)) {
        WorkerInfo info = new WorkerInfo(Long.toString(executor.id), "host", "JDK");
        link.tell(Report.of(id, Report.Kind.HELLO, info.text()));
        ShardRange range = id.shards();
        task.work(
            id, link, new ShardRange[] {range}, blocks.subList(range.lo(), range.hi()).iterator());
      } catch (PausingLoss.PlannedException e) {
        failed = true;
      } catch (RuntimeException e) {
        failed = killed || e.getCause() instanceof InterruptedException;
        if (!failed) {
          failures.add(id + " threw " + e);
        }
      } catch (Throwable e) {
        failed = killed;
        if (!failed) {
          failures.add(id + " threw " + e);
        }
      }

      if (!failed && !killed && !retried && exchange.isCurrent(id)) {
        failures.add(id + " left too early");
      }

      ended(this);
    }

    /** Stands for a computation that takes some time. */
    private void pause() {
      if (failing) {
        failing = false;
        throw new PausingLoss.PlannedException();
      }

      int kind = pauses.nextInt(40);
      if (kind < 10) {
        LockSupport.parkNanos(pauses.nextInt(kind == 0 ? 15_000_000 : 500_000));
      }
    }

    private void kill(boolean byInterrupt) {
      killed = true;
      context.markInterrupted("killed");
      if (byInterrupt) {
        thread.interrupt();
      }
    }
  }

  /** Starts a job. */
  synchronized void submit() {
    tasks = 1 + random.nextInt(8);
    incarnation = exchange.admit(tasks);
    for (int task = 0; task < tasks; task++) {
      start(task, executors[task % executors.length]);
    }
  }

  int incarnation() {
    return incarnation;
  }

  synchronized int tasks() {
    return tasks;
  }

  private void start(int task, Executor executor) {
    ShardRange range = ShardRange.of(task, tasks, plan.shards());
    TaskId id = new TaskId(fit, incarnation, task, range, ++attempts, 0);
    Attempt attempt = new Attempt(id, executor);
    alive.add(attempt);
    wire.later(random.nextInt(300), () -> exchange.started(id.incarnation(), task, id.attempt()));
    attempt.thread.start();
  }

  private synchronized void ended(Attempt attempt) {
    alive.remove(attempt);
    if (!attempt.executor.dead) {
      noticeEnd(attempt);
    }
  }

  /** Spark says that an attempt has ended, and starts the next one if there is none. */
  private synchronized void noticeEnd(Attempt attempt) {
    TaskId id = attempt.id;
    wire.later(
        300 + random.nextInt(2000),
        () -> exchange.ended(id.incarnation(), id.task(), id.attempt()));
    if (!attempt.retried && exchange.isCurrent(id) && id.incarnation() == incarnation) {
      attempt.retried = true;
      if (alive.stream().noneMatch(other -> isLiveCopy(other, attempt))) {
        start(id.task(), executors[random.nextInt(executors.length)]);
      }
    }
  }

  private static boolean isLiveCopy(Attempt other, Attempt of) {
    return other != of
        && !other.killed
        && !other.retried
        && !other.executor.dead
        && other.id.incarnation() == of.id.incarnation()
        && other.id.task() == of.id.task();
  }

  /** Lets something happen that the random numbers say. */
  synchronized void disturb() {
    if (alive.isEmpty()) {
      return;
    }

    Attempt victim = alive.get(random.nextInt(alive.size()));
    switch (random.nextInt(7)) {
      case 0 -> victim.kill(true);
      case 1 -> victim.kill(false);
      case 2 -> victim.failing = true;
      case 3, 4 -> copy(victim);
      case 5 -> lose(random.nextInt(executors.length));
      default -> mistake(victim);
    }
  }

  /** Speculation. */
  private void copy(Attempt of) {
    if (of.id.incarnation() == incarnation && !of.retried) {
      start(of.id.task(), executors[random.nextInt(executors.length)]);
    }
  }

  private void lose(int number) {
    Executor lost = executors[number];
    lost.dead = true;
    executors[number] = new Executor();
    for (Attempt attempt : List.copyOf(alive)) {
      if (attempt.executor == lost) {
        attempt.kill(true);
        noticeEnd(attempt);
      }
    }
  }

  /** Spark takes an attempt for dead that goes on. */
  private void mistake(Attempt attempt) {
    noticeEnd(attempt);
  }

  /** Cancels the tasks of a job that is dismissed; those that don't wait notice it late. */
  synchronized void cancel() {
    alive.forEach(attempt -> attempt.kill(false));
  }

  /** Requires that all tasks end by themselves. */
  void requireEnd() throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
    while (true) {
      List<Attempt> left;
      synchronized (this) {
        left = List.copyOf(alive);
      }

      if (left.isEmpty()) {
        return;
      }

      left.get(0).thread.join(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
      if (System.nanoTime() > deadline) {
        StringBuilder stack = new StringBuilder();
        for (StackTraceElement frame : left.get(0).thread.getStackTrace()) {
          stack.append("\n  at ").append(frame);
        }

        left.forEach(attempt -> attempt.kill(true));
        throw new AssertionError(left.size() + " tasks don't leave" + stack);
      }
    }
  }

  /** Returns what went wrong in tasks. */
  List<String> failures() {
    return List.copyOf(failures);
  }
}
