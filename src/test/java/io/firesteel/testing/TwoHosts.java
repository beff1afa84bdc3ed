package io.firesteel.testing;

import java.util.ArrayList;
import java.util.List;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.master.Master$;
import org.apache.spark.deploy.worker.Worker$;
import org.apache.spark.rpc.RpcEnv;
import scala.Option;

/**
 * A standalone cluster in this process whose two workers have different host names, which those of
 * a {@code local-cluster} have not: Spark starts no copy of a task on the host that it runs on.
 */
public final class TwoHosts implements AutoCloseable {

  private static final String[] HOSTS = {"127.0.0.1", "localhost"};

  private final List<RpcEnv> services = new ArrayList<>();
  private final String master;

  private TwoHosts(int cores) {
    SparkConf conf = new SparkConf(false).set("spark.master.rest.enabled", "false");
    RpcEnv first = Master$.MODULE$.startRpcEnvAndEndpoint(HOSTS[0], 0, 0, conf)._1();
    services.add(first);
    master = "spark://" + first.address().hostPort();
    for (int i = 0; i < HOSTS.length; i++) {
      services.add(
          Worker$.MODULE$.startRpcEnvAndEndpoint(
              HOSTS[i],
              0,
              0,
              cores,
              1024,
              new String[] {master},
              "target/spark-work",
              Option.apply(i),
              conf,
              Option.empty()));
    }
  }

  /** Starts it with workers of that many cores. */
  public static TwoHosts start(int cores) {
    Master$.MODULE$.log();
    Configurator.setRootLevel(Level.ERROR);
    return new TwoHosts(cores);
  }

  /** Returns the URL of its master. */
  public String master() {
    return master;
  }

  @Override
  public void close() {
    for (int i = services.size() - 1; i >= 0; i--) {
      services.get(i).shutdown();
      services.get(i).awaitTermination();
    }
  }
}
