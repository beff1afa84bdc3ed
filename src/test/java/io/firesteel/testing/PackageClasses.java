package io.firesteel.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The classes of a package that are compiled into the product. */
public final class PackageClasses {

  private PackageClasses() {}

  /** Returns the simple names of the concrete classes in the package of a type that extend it. */
  public static List<String> concrete(Class<?> base) {
    List<String> names = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder(base))) {
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString().replace(".class", "");
        Class<?> type = Class.forName(base.getPackageName() + "." + name);
        if (base.isAssignableFrom(type) && !Modifier.isAbstract(type.getModifiers())) {
          names.add(type.getSimpleName());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }

    return names;
  }

  private static Path folder(Class<?> base) {
    try {
      Path root = Path.of(base.getProtectionDomain().getCodeSource().getLocation().toURI());
      return root.resolve(base.getPackageName().replace('.', '/'));
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
