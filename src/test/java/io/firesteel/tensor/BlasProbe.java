package io.firesteel.tensor;

import dev.ludovic.netlib.blas.BLAS;
import dev.ludovic.netlib.blas.NativeBLAS;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A JVM that multiplies matrices and tells by what; {@link BlasProcessTest} starts it. */
@SuppressWarnings("SystemOut")
final class BlasProbe {

  private static final int[][] SIZES = {
    {1, 784, 256}, {4, 100, 10}, {33, 71, 45}, {64, 784, 256}, {128, 256, 128}, {300, 300, 300}
  };

  private BlasProbe() {}

  public static void main(String[] questions) throws Exception {
    for (String question : questions) {
      System.out.println(question + "=" + answer(question));
    }
  }

  private static Object answer(String question) throws Exception {
    return switch (question) {
      case "name" -> name();
      case "netlib" -> BLAS.getInstance().getClass().getSimpleName();
      case "native" -> NativeBLAS.getInstance().getClass().getSimpleName();
      case "property" -> System.getProperty(NetlibBlas.LIBRARY_PATH);
      case "products" -> Long.toHexString(products());
      case "concurrent" -> concurrent();
      case "threads" -> threads();
      case "libraries" -> libraries();
      default -> throw new IllegalArgumentException(question);
    };
  }

  private static String name() {
    try {
      return MatMul.name();
    } catch (IllegalStateException e) {
      return e.getMessage();
    }
  }

  private static long products() {
    long hash = 1;
    for (int[] size : SIZES) {
      hash = 31 * hash + products(size[0], size[1], size[2]);
    }

    return hash;
  }

  private static long products(int rows, int inner, int columns) {
    float[] a = random(1, rows * inner);
    float[] b = random(2, inner * columns);
    float[] c = random(3, rows * columns);
    float[] product = new float[rows * columns];
    MatMul.multiply(a, b, product, rows, inner, columns);
    float[] left = new float[inner * columns];
    MatMul.transposedTimes(a, c, left, rows, inner, columns);
    float[] right = new float[rows * inner];
    MatMul.timesTransposed(c, b, right, rows, columns, inner);
    return Arrays.hashCode(product) + 31L * (Arrays.hashCode(left) + 31L * Arrays.hashCode(right));
  }

  /** Whether four threads that all multiply get the bits that one gets alone. */
  private static String concurrent() {
    long alone = products();
    AtomicBoolean differs = new AtomicBoolean();
    Thread[] threads =
        IntStream.range(0, 4)
            .mapToObj(
                i ->
                    new Thread(
                        () -> {
                          for (int run = 0; run < 25; run++) {
                            if (products() != alone) {
                              differs.set(true);
                            }
                          }
                        }))
            .toArray(Thread[]::new);
    for (Thread thread : threads) {
      thread.start();
    }

    for (Thread thread : threads) {
      join(thread);
    }

    return differs.get() ? "other bits" : "same bits";
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * What OpenBLAS itself says. The jar has no method for this function; one of the same kind is
   * pointed at it.
   */
  private static Object threads() throws Exception {
    MatMul.name();
    Class<?> loader = Class.forName("org.bytedeco.javacpp.Loader");
    Class<?> pointer = Class.forName("org.bytedeco.javacpp.Pointer");
    Class<?> type =
        Class.forName("org.bytedeco.openblas.presets.openblas_nolapack$MklSetNumThreadsLocal");
    Constructor<?> constructor = type.getDeclaredConstructor();
    constructor.setAccessible(true);
    Object function = constructor.newInstance();
    Object address =
        loader.getMethod("addressof", String.class).invoke(null, "openblas_get_num_threads");
    Method put = pointer.getMethod("put", pointer);
    for (Method method : type.getMethods()) {
      if (method.getName().equals("put") && method.getReturnType() == type) {
        put = method;
      }
    }

    put.setAccessible(true);
    put.invoke(function, address);
    Method call = type.getMethod("call", int.class);
    call.setAccessible(true);
    return call.invoke(function, 0);
  }

  /** The files that hold an OpenBLAS and are mapped into this process. */
  private static Set<String> libraries() throws IOException {
    MatMul.name();
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines
          .filter(line -> line.contains("libopenblas"))
          .map(line -> line.substring(line.lastIndexOf('/') + 1))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static float[] random(long seed, int size) {
    RandomStream random = RandomStream.of(seed, size);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = 2.0f * random.nextFloat() - 1.0f;
    }

    return values;
  }
}
