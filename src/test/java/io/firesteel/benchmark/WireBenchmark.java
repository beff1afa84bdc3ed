package io.firesteel.benchmark;

import io.firesteel.testing.ExecutorWatch;
import io.firesteel.testing.LocalSpark;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.network.buffer.ManagedBuffer;
import org.apache.spark.network.shuffle.BlockFetchingListener;
import org.apache.spark.rpc.RpcCallContext;
import org.apache.spark.rpc.RpcEndpointRef;
import org.apache.spark.rpc.RpcEnv;
import org.apache.spark.rpc.ThreadSafeRpcEndpoint;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.BlockId;
import org.apache.spark.storage.BlockManager;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.storage.TaskResultBlockId;
import org.apache.spark.util.RpcUtils;
import org.apache.spark.util.io.ChunkedByteBuffer;
import scala.PartialFunction;
import scala.concurrent.Await;
import scala.concurrent.Future;
import scala.concurrent.duration.Duration;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractPartialFunction;
import scala.runtime.BoxedUnit;

/**
 * Two ways over Spark's own wire: messages of 256 KB side by side, as Firesteel sends sums and
 * variables, and Spark's transfer of blocks, as it sends shuffles and large results. Each executor
 * brings so many floats to the driver, which waits for all, and takes as many back; both ways turn
 * floats into bytes and bytes into floats.
 *
 * <p>Arguments: executors, then numbers of floats. Prints the median milliseconds of an exchange
 * over rounds that take turns.
 */
public final class WireBenchmark {

  private static final int PART = (256 << 10) - 1024;
  private static final int ROUNDS = 5;
  private static final long ROUND_BYTES = 400_000_000L;

  private WireBenchmark() {}

  /** Runs the comparison. */
  public static void main(String[] args) {
    int executors = Integer.parseInt(args[0]);
    SparkSession spark =
        LocalSpark.session(
            "local-cluster[%d,1,2048]".formatted(executors),
            "spark.executor.memory=2g",
            "spark.executor.extraJavaOptions=-XX:+UseParallelGC");
    ExecutorWatch.of(spark.sparkContext()).awaitRegistered(executors);
    Report report = new Report("floats", "messages, ms", "blocks, ms", "messages / blocks");
    for (int arg = 1; arg < args.length; arg++) {
      int floats = Integer.parseInt(args[arg]);
      double[][] millis = new double[2][ROUNDS];
      for (int round = -1; round < ROUNDS; round++) {
        double messages = measure(spark, executors, floats, false);
        double blocks = measure(spark, executors, floats, true);
        if (round >= 0) {
          millis[0][round] = messages;
          millis[1][round] = blocks;
        }
      }

      double messages = median(millis[0]);
      double blocks = median(millis[1]);
      report.add(
          "%,d".formatted(floats),
          "%.2f".formatted(messages),
          "%.2f".formatted(blocks),
          "%.2f".formatted(messages / blocks));
    }

    System.out.println(report);
    LocalSpark.stop();
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /** Returns the milliseconds of an exchange by messages. */
  static double messages(SparkSession spark, int executors, int floats) {
    return measure(spark, executors, floats, false);
  }

  private static double measure(SparkSession spark, int executors, int floats, boolean blocks) {
    int steps = (int) Math.max(5, Math.min(500, ROUND_BYTES / (8L * floats * executors)));
    RpcEnv env = SparkEnv.get().rpcEnv();
    Meeting meeting = new Meeting(env, executors, floats);
    RpcEndpointRef endpoint = env.setupEndpoint("wire", meeting);
    try {
      List<Double> millis =
          JavaSparkContext.fromSparkContext(spark.sparkContext())
              .parallelize(IntStream.range(0, executors).boxed().toList(), executors)
              .map(task -> exchanges(floats, steps, blocks))
              .collect();
      return millis.get(0);
    } finally {
      env.stop(endpoint);
      meeting.close();
    }
  }

  private static double exchanges(int floats, int steps, boolean blocks) throws Exception {
    SparkEnv env = SparkEnv.get();
    RpcEndpointRef driver = RpcUtils.makeDriverRef("wire", env.conf(), env.rpcEnv());
    float[] values = new float[floats];
    Arrays.fill(values, 0.5f);
    long start = 0;
    for (int step = -Math.max(2, steps / 5); step < steps; step++) {
      if (step == 0) {
        start = System.nanoTime();
      }

      if (blocks) {
        byBlocks(driver, values, step);
      } else {
        byMessages(driver, values);
      }
    }

    return (System.nanoTime() - start) / 1e6 / steps;
  }

  private static int parts(int floats) {
    return Math.max(1, (int) ((4L * floats + PART - 1) / PART));
  }

  private static int begin(int floats, int part) {
    return (int) ((long) floats * part / parts(floats));
  }

  private static byte[] bytes(float[] values, int from, int to, int header) {
    ByteBuffer buffer =
        ByteBuffer.allocate(4 * (to - from) + header).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putInt(from).position(header).asFloatBuffer();
    buffer.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values, from, to - from);
    return buffer.array();
  }

  private static void read(ByteBuffer bytes, float[] values, int from) {
    bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values, from, bytes.remaining() / 4);
  }

  private static void byMessages(RpcEndpointRef driver, float[] values) throws Exception {
    List<Future<Object>> answers = new ArrayList<>();
    for (int part = 0; part < parts(values.length); part++) {
      byte[] bytes = bytes(values, begin(values.length, part), begin(values.length, part + 1), 4);
      answers.add(driver.ask(bytes, ClassTag$.MODULE$.apply(Object.class)));
    }

    for (Future<Object> answer : answers) {
      ByteBuffer bytes = ByteBuffer.wrap((byte[]) Await.result(answer, Duration.Inf()));
      int from = bytes.order(ByteOrder.LITTLE_ENDIAN).getInt();
      read(bytes.slice(), values, from);
    }
  }

  /** Where a block is. */
  private record Place(String host, int port, String executor, String block) {

    static Place put(long id, byte[] bytes) {
      BlockManager manager = SparkEnv.get().blockManager();
      BlockId block = new TaskResultBlockId(id);
      boolean stored =
          manager.putBytes(
              block,
              new ChunkedByteBuffer(ByteBuffer.wrap(bytes)),
              StorageLevel.MEMORY_ONLY_SER(),
              false,
              ClassTag$.MODULE$.apply(byte[].class));
      if (!stored) {
        throw new IllegalStateException("No memory for a block");
      }

      return new Place(
          manager.blockManagerId().host(),
          manager.blockManagerId().port(),
          manager.blockManagerId().executorId(),
          block.name());
    }

    static Place parse(String text) {
      String[] parts = text.split(" ");
      return new Place(parts[0], Integer.parseInt(parts[1]), parts[2], parts[3]);
    }

    String text() {
      return String.join(" ", host, Integer.toString(port), executor, block);
    }

    void remove() {
      SparkEnv.get().blockManager().removeBlock(BlockId.apply(block), false);
    }

    CompletableFuture<Void> fetch(float[] values) {
      CompletableFuture<Void> done = new CompletableFuture<>();
      SparkEnv.get()
          .blockManager()
          .blockTransferService()
          .fetchBlocks(host, port, executor, new String[] {block}, new Fetched(values, done), null);
      return done;
    }
  }

  private record Fetched(float[] values, CompletableFuture<Void> done)
      implements BlockFetchingListener {

    @Override
    public void onBlockFetchSuccess(String id, ManagedBuffer data) {
      try {
        read(data.nioByteBuffer(), values, 0);
        done.complete(null);
      } catch (Exception e) {
        done.completeExceptionally(e);
      }
    }

    @Override
    public void onBlockFetchFailure(String id, Throwable exception) {
      done.completeExceptionally(exception);
    }
  }

  private static void byBlocks(RpcEndpointRef driver, float[] values, int step) throws Exception {
    long id = (1L << 40) + 1000L * TaskContext.getPartitionId() + (step & 1);
    Place own = Place.put(id, bytes(values, 0, values.length, 0));
    Future<Object> answer = driver.ask(own.text(), ClassTag$.MODULE$.apply(Object.class));
    Place place = Place.parse((String) Await.result(answer, Duration.Inf()));
    own.remove();
    place.fetch(values).get();
  }

  /** Answers when what all tasks have is there. */
  private static final class Meeting implements ThreadSafeRpcEndpoint, Serializable {
    private static final long serialVersionUID = 1L;

    private final transient RpcEnv env;
    private final transient List<RpcCallContext> waiting = new ArrayList<>();
    private final transient AtomicInteger fetched = new AtomicInteger();
    private final transient float[] values;
    private final int executors;
    private transient Place place;
    private long rounds = 1L << 41;

    private Meeting(RpcEnv env, int executors, int floats) {
      this.env = env;
      this.executors = executors;
      this.values = new float[floats];
    }

    @Override
    public RpcEnv rpcEnv() {
      return env;
    }

    @Override
    public PartialFunction<Object, BoxedUnit> receiveAndReply(RpcCallContext context) {
      return new AbstractPartialFunction<>() {
        @Override
        public boolean isDefinedAt(Object message) {
          return true;
        }

        @Override
        public BoxedUnit apply(Object message) {
          if (message instanceof byte[] bytes) {
            messages(bytes, context);
          } else {
            blocks(Place.parse((String) message), context);
          }

          return BoxedUnit.UNIT;
        }
      };
    }

    private void messages(byte[] message, RpcCallContext context) {
      ByteBuffer bytes = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
      int at = bytes.getInt();
      read(bytes.slice(), values, at);
      waiting.add(context);
      int parts = parts(values.length);
      if (waiting.size() == executors * parts) {
        List<byte[]> answers = new ArrayList<>();
        for (int part = 0; part < parts; part++) {
          answers.add(bytes(values, begin(values.length, part), begin(values.length, part + 1), 4));
        }

        for (int i = 0; i < waiting.size(); i++) {
          waiting.get(i).reply(answers.get(i % parts));
        }

        waiting.clear();
      }
    }

    private void blocks(Place from, RpcCallContext context) {
      synchronized (waiting) {
        waiting.add(context);
      }

      from.fetch(values)
          .whenComplete(
              (any, failure) -> {
                if (failure != null) {
                  context.sendFailure(failure);
                } else if (fetched.incrementAndGet() == executors) {
                  answerByBlock();
                }
              });
    }

    private void answerByBlock() {
      fetched.set(0);
      close();
      place = Place.put(rounds++, bytes(values, 0, values.length, 0));
      List<RpcCallContext> all = new ArrayList<>(waiting);
      waiting.clear();
      all.forEach(parked -> parked.reply(place.text()));
    }

    private void close() {
      if (place != null) {
        place.remove();
        place = null;
      }
    }
  }
}
