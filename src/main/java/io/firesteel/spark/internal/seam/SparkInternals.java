package io.firesteel.spark.internal.seam;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.rpc.RpcCallContext;
import org.apache.spark.rpc.RpcEndpointRef;
import org.apache.spark.rpc.RpcEnv;
import org.apache.spark.rpc.ThreadSafeRpcEndpoint;
import org.apache.spark.status.api.v1.ExecutorSummary;
import org.apache.spark.util.RpcUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.PartialFunction;
import scala.concurrent.Await;
import scala.concurrent.ExecutionContext;
import scala.concurrent.Future;
import scala.concurrent.duration.Duration;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction1;
import scala.runtime.AbstractPartialFunction;
import scala.runtime.BoxedUnit;
import scala.util.Try;

/**
 * All that Firesteel uses of Spark's internals, which are {@code private[spark]} in Scala and
 * public in bytecode only.
 *
 * <p>Why: resident tasks talk to the driver over Spark's own RPC, which has the application's
 * ports, authentication and encryption, and nothing else in Spark reaches from a running task to
 * the driver and back. How many tasks run at once is known to the scheduler alone.
 *
 * <p>What it relies on: {@code RpcEnv.setupEndpoint}, {@code RpcUtils.makeDriverRef}, {@code
 * RpcEndpointRef.ask} and {@code send}, {@code RpcCallContext.reply} at any later time from any
 * thread, messages of one sender in order, {@code SparkContext.maxNumConcurrentTasks}, {@code
 * SparkContext.statusStore}. Spark writes messages with Java serialization and reads them without
 * the classes of added jars, so all messages are {@code byte[]}.
 *
 * <p>If something of it is not there, as a {@link LinkageError} or {@link ClassCastException} says,
 * every step becomes a Spark job of its own, with one warning; the results are the same.
 */
public final class SparkInternals {

  private static final Logger LOG = LoggerFactory.getLogger(SparkInternals.class);
  static final ClassTag<Object> ANY = ClassTag$.MODULE$.apply(Object.class);
  private static final ExecutionContext AT_ONCE = ExecutionContext.fromExecutor(Runnable::run);

  private SparkInternals() {}

  /** Returns how many tasks can run at once, by the executors that are registered now. */
  public static int slots(SparkContext context) {
    try {
      return context.maxNumConcurrentTasks(
          context.resourceProfileManager().defaultResourceProfile());
    } catch (LinkageError e) {
      return context.defaultParallelism();
    }
  }

  /**
   * Returns for each slot the executor that has it, as a preferred location of an RDD, those of one
   * executor one after the other; empty if it can't be known.
   */
  public static List<String> slotLocations(SparkContext context) {
    try {
      List<ExecutorSummary> executors = new ArrayList<>();
      for (ExecutorSummary executor : ScalaLists.in(context.statusStore().executorList(true))) {
        if (!executor.id().equals("driver")) {
          executors.add(executor);
        }
      }

      executors.sort(
          Comparator.comparing((ExecutorSummary executor) -> executor.id().length())
              .thenComparing(ExecutorSummary::id));
      List<String> locations = new ArrayList<>();
      for (ExecutorSummary executor : executors) {
        String location = "executor_%s_%s".formatted(host(executor.hostPort()), executor.id());
        locations.addAll(Collections.nCopies(executor.maxTasks(), location));
      }

      return locations;
    } catch (LinkageError e) {
      return List.of();
    }
  }

  /** An executor has an address without a port until its blocks can be asked for. */
  static String host(String address) {
    int port = address.lastIndexOf(':');
    return port < 0 ? address : address.substring(0, port);
  }

  /** Returns the time after which an ask fails that is not answered. */
  public static long askTimeoutMillis(SparkConf conf) {
    return TimeUnit.NANOSECONDS.toMillis(RpcUtils.askRpcTimeout(conf).duration().toNanos());
  }

  /** Something that listens until it is closed. */
  public interface Listening extends AutoCloseable {
    @Override
    void close();
  }

  /** What answers one frame, once; several may be answered by the same one. */
  public interface Reply {
    void send(FrameBytes answer);
  }

  /** What receives frames; one thread calls it at a time. */
  public interface Receiver {

    /** Receives a frame; {@code reply} is null for one that has no answer. */
    void received(byte[] frame, @Nullable Reply reply);
  }

  /** Has the driver listen for frames under a name. */
  public static Listening listen(String name, Receiver receiver) {
    RpcEnv env = SparkEnv.get().rpcEnv();
    RpcEndpointRef endpoint = env.setupEndpoint(name, new FrameEndpoint(env, receiver));
    return () -> env.stop(endpoint);
  }

  /** Returns the line to what listens in the driver under a name, null if nothing does any more. */
  public static @Nullable Caller caller(String name) {
    SparkEnv env = SparkEnv.get();
    try {
      RpcEndpointRef driver = RpcUtils.makeDriverRef(name, env.conf(), env.rpcEnv());
      boolean isHere = driver.address().equals(env.rpcEnv().address());
      RpcMessages messages = isHere ? null : RpcMessages.of(env.rpcEnv());
      return new Caller(driver, messages == null ? null : messages.asker(driver, env.conf()));
    } catch (LinkageError e) {
      throw e;
    } catch (Exception e) {
      LOG.info("The driver does not listen to {} any more", name, e);
      return null;
    }
  }

  /** An endpoint whose messages are frames. */
  private static final class FrameEndpoint implements ThreadSafeRpcEndpoint {
    private final RpcEnv env;
    private final Receiver receiver;
    private final @Nullable RpcMessages messages;

    private FrameEndpoint(RpcEnv env, Receiver receiver) {
      this.env = env;
      this.receiver = receiver;
      this.messages = RpcMessages.of(env);
    }

    @Override
    public RpcEnv rpcEnv() {
      return env;
    }

    @Override
    public PartialFunction<Object, BoxedUnit> receive() {
      return received(null);
    }

    @Override
    public PartialFunction<Object, BoxedUnit> receiveAndReply(RpcCallContext context) {
      return received(
          messages == null ? answer -> context.reply(answer.copy()) : messages.reply(context));
    }

    private PartialFunction<Object, BoxedUnit> received(@Nullable Reply reply) {
      return new AbstractPartialFunction<>() {
        @Override
        public boolean isDefinedAt(Object message) {
          return message instanceof byte[];
        }

        @Override
        public BoxedUnit apply(Object message) {
          receiver.received((byte[]) message, reply);
          return BoxedUnit.UNIT;
        }
      };
    }
  }

  /** The line from a task to the driver. */
  public static final class Caller {
    private final RpcEndpointRef driver;
    private final RpcMessages.@Nullable Asker asker;

    private Caller(RpcEndpointRef driver, RpcMessages.@Nullable Asker asker) {
      this.driver = driver;
      this.asker = asker;
    }

    public void tell(byte[] frame) {
      driver.send(frame);
    }

    /** Asks; the frame must not change before there is an answer. */
    public Pending ask(FrameBytes frame) {
      return new Pending(asker == null ? driver.ask(frame.copy(), ANY) : asker.ask(frame));
    }
  }

  /** An answer that may still have to come. */
  public static final class Pending {
    private final Future<Object> future;
    private boolean gone;

    private Pending(Future<Object> future) {
      this.future = future;
    }

    /** Returns the answer, or null if there is none. */
    public byte @Nullable [] await() throws InterruptedException {
      try {
        return (byte[]) Await.result(future, Duration.Inf());
      } catch (InterruptedException e) {
        throw e;
      } catch (TimeoutException e) {
        return null;
      } catch (Exception e) {
        LOG.info("The driver does not listen any more", e);
        gone = true;
        return null;
      }
    }

    /** Has an answer passed on when it comes, by whichever thread gets it; it must be quick. */
    public void whenAnswered(Consumer<byte[]> action) {
      future.onComplete(
          new AbstractFunction1<Try<Object>, Object>() {
            @Override
            public Object apply(Try<Object> answer) {
              if (answer.isSuccess()) {
                action.accept((byte[]) answer.get());
              }

              return BoxedUnit.UNIT;
            }
          },
          AT_ONCE);
    }

    /** Tells whether there was no answer because the driver does not listen any more. */
    public boolean isGone() {
      return gone;
    }
  }
}
