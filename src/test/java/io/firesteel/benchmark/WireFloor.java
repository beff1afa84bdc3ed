package io.firesteel.benchmark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rpc.RpcCallContext;
import org.apache.spark.rpc.RpcEndpointRef;
import org.apache.spark.rpc.RpcEnv;
import org.apache.spark.rpc.ThreadSafeRpcEndpoint;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.RpcUtils;
import scala.PartialFunction;
import scala.concurrent.Await;
import scala.concurrent.Future;
import scala.concurrent.duration.Duration;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractPartialFunction;
import scala.runtime.BoxedUnit;

/**
 * What it takes two tasks to send so many floats to the driver and to get as many back, in parts
 * side by side over Spark's RPC, without a look at what is in them.
 */
final class WireFloor {

  private static final int TASKS = 2;
  private static final int PART = (256 << 10) - 1024;

  private WireFloor() {}

  static double millis(SparkSession spark, int parameters, int steps) {
    int parts = Math.max(1, -Math.floorDiv(-4 * parameters, PART));
    int bytes = -Math.floorDiv(-4 * parameters, parts);
    RpcEnv env = SparkEnv.get().rpcEnv();
    RpcEndpointRef endpoint = env.setupEndpoint("wire", new Meeting(env, parts, bytes));
    try {
      List<Double> millis =
          JavaSparkContext.fromSparkContext(spark.sparkContext())
              .parallelize(IntStream.range(0, TASKS).boxed().toList(), TASKS)
              .map(task -> exchange(parts, bytes, steps))
              .collect();
      return millis.get(0);
    } finally {
      env.stop(endpoint);
    }
  }

  private static double exchange(int parts, int bytes, int steps) throws Exception {
    SparkEnv env = SparkEnv.get();
    RpcEndpointRef driver = RpcUtils.makeDriverRef("wire", env.conf(), env.rpcEnv());
    byte[] part = new byte[bytes + 8];
    part[0] = (byte) TaskContext.getPartitionId();
    long start = 0;
    for (int step = -steps; step < steps; step++) {
      if (step == 0) {
        start = System.nanoTime();
      }

      List<Future<Object>> answers = new ArrayList<>();
      for (int i = 0; i < parts; i++) {
        answers.add(driver.ask(part, ClassTag$.MODULE$.apply(Object.class)));
      }

      for (Future<Object> answer : answers) {
        Await.result(answer, Duration.Inf());
      }
    }

    return (System.nanoTime() - start) / 1e6 / steps;
  }

  /** Answers when all parts of all tasks are there. */
  private static final class Meeting implements ThreadSafeRpcEndpoint, Serializable {
    private static final long serialVersionUID = 1L;

    private final transient RpcEnv env;
    private final transient List<RpcCallContext> waiting = new ArrayList<>();
    private final int all;
    private final int bytes;

    private Meeting(RpcEnv env, int parts, int bytes) {
      this.env = env;
      this.all = TASKS * parts;
      this.bytes = bytes;
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
          waiting.add(context);
          if (waiting.size() == all) {
            byte[] answer = new byte[bytes + 8];
            waiting.forEach(parked -> parked.reply(answer));
            waiting.clear();
          }

          return BoxedUnit.UNIT;
        }
      };
    }
  }
}
