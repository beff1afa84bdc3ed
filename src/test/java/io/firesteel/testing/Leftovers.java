package io.firesteel.testing;

import io.firesteel.spark.internal.seam.ScalaLists;
import java.io.Serializable;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.spark.SparkContext;
import org.apache.spark.storage.BlockId;
import scala.runtime.AbstractFunction1;

/**
 * What a fit could leave behind in an application.
 *
 * @param endpoints the names of what listens to Spark's RPC in the driver
 * @param listeners the classes of who hears of Spark's events, with their numbers
 * @param cached the number of RDDs that are cached
 * @param blocks the number of blocks in all processes by kind: broadcasts, cached and shuffled rows
 * @param threads the number of Firesteel's threads in the driver, without those of the JVM's pool
 */
public record Leftovers(
    Collection<String> endpoints,
    Map<String, Long> listeners,
    int cached,
    Map<String, Long> blocks,
    long threads) {

  /** Counts. */
  public static Leftovers of(SparkContext context) {
    return new Leftovers(
        endpoints(context),
        numbers(context.listenerBus().listeners(), listener -> listener.getClass().getName()),
        context.getPersistentRDDs().size(),
        numbers(blocks(context), block -> block.name().split("_", 2)[0]),
        ownThreads());
  }

  /** Counts once Spark has cleaned up what nobody refers to, so that the count stays. */
  public static Leftovers settled(SparkContext context) {
    Leftovers last = of(context);
    for (int same = 0; same < 5; ) {
      System.gc();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
      Leftovers now = of(context);
      same = now.equals(last) ? same + 1 : 0;
      last = now;
    }

    return last;
  }

  private static Collection<String> endpoints(SparkContext context) {
    Object dispatcher = field(context.env().rpcEnv(), "dispatcher");
    Map<?, ?> endpoints = (Map<?, ?>) field(dispatcher, "endpoints");
    return new TreeSet<>(endpoints.keySet().stream().map(Object::toString).toList());
  }

  private static Object field(Object owner, String name) {
    try {
      Field field = owner.getClass().getDeclaredField(name);
      field.setAccessible(true);
      return field.get(owner);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private static List<BlockId> blocks(SparkContext context) {
    List<BlockId> blocks = new ArrayList<>();
    ScalaLists.in(context.env().blockManager().master().getMatchingBlockIds(new All(), true))
        .forEach(blocks::add);
    return blocks;
  }

  private static <T> Map<String, Long> numbers(
      Collection<T> things, java.util.function.Function<T, String> kind) {
    return things.stream()
        .collect(Collectors.groupingBy(kind, TreeMap::new, Collectors.counting()));
  }

  private static long ownThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("firesteel") && !name.startsWith("firesteel-chunks"))
        .count();
  }

  private static final class All extends AbstractFunction1<BlockId, Object>
      implements Serializable {
    private static final long serialVersionUID = 1L;

    @Override
    public Object apply(BlockId block) {
      return true;
    }
  }
}
