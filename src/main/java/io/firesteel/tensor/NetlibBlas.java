package io.firesteel.tensor;

import dev.ludovic.netlib.blas.BLAS;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The implementations in netlib's jar, one by one. Netlib's own choice is left alone: it would try
 * the system's BLAS first, with any number of threads.
 */
final class NetlibBlas {

  /* Netlib's names of the properties that say which shared library its JNI code opens. */
  static final String LIBRARY_PATH = "dev.ludovic.netlib.blas.nativeLibPath";
  static final String LIBRARY = "dev.ludovic.netlib.blas.nativeLib";

  private static final String PACKAGE = "dev.ludovic.netlib.blas.";

  private NetlibBlas() {}

  /** Returns the implementation with the JVM's Vector API. */
  static BlasChoice.BlasLibrary vector() {
    return java("VectorBLAS");
  }

  /** Returns the implementation in plain Java. */
  static BlasChoice.BlasLibrary java() {
    return java("Java11BLAS");
  }

  /**
   * Returns netlib's JNI code on a shared library: the one at that path, or the one that netlib's
   * properties name, or {@code libblas.so.3}.
   */
  static BLAS jni(@Nullable String library) {
    String before = System.getProperty(LIBRARY_PATH);
    if (library != null) {
      System.setProperty(LIBRARY_PATH, library);
    }

    try {
      return instance("JNIBLAS", new OwnJni(BLAS.class.getClassLoader()));
    } finally {
      if (before == null) {
        System.clearProperty(LIBRARY_PATH);
      } else {
        System.setProperty(LIBRARY_PATH, before);
      }
    }
  }

  /** Returns the version of netlib. */
  static String version() {
    String resource = "/META-INF/maven/dev.ludovic.netlib/blas/pom.properties";
    try (InputStream in = BLAS.class.getResourceAsStream(resource)) {
      Properties properties = new Properties();
      if (in != null) {
        properties.load(in);
      }

      return properties.getProperty("version", "of unknown version");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static BlasChoice.BlasLibrary java(String name) {
    return new BlasChoice.BlasLibrary(
        "netlib " + name + " " + version(), instance(name, BLAS.class.getClassLoader()));
  }

  private static BLAS instance(String name, ClassLoader loader) {
    try {
      Field instance = Class.forName(PACKAGE + name, true, loader).getDeclaredField("instance");
      instance.setAccessible(true);
      return (BLAS) instance.get(null);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("netlib " + version() + " has no " + name, e);
    }
  }

  /**
   * Loads netlib's JNI code once more than netlib itself does, as the code opens one shared library
   * per class loader and keeps to it. So what Spark's MLlib uses and what Firesteel uses don't
   * depend on each other, nor on which came first.
   */
  private static final class OwnJni extends ClassLoader {

    private static final Set<String> OWN = Set.of(PACKAGE + "JNIBLAS", PACKAGE + "AbstractBLAS");

    private OwnJni(ClassLoader parent) {
      super(parent);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!OWN.contains(name)) {
        return super.loadClass(name, resolve);
      }

      synchronized (getClassLoadingLock(name)) {
        Class<?> known = findLoadedClass(name);
        return known == null ? define(name) : known;
      }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
        if (in == null) {
          throw new ClassNotFoundException(name);
        }

        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }
}
