package io.firesteel.checkpoint;

import io.firesteel.internal.archive.Hdf5Reader;
import io.firesteel.internal.saving.KerasNames;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the groups of a model's layers in a weights file, in the layers' order.
 *
 * <p>Keras 3 names them {@code layers/dense}, {@code layers/dense_1}, ... by class. tf.keras 2.13
 * names them {@code _layer_checkpoint_dependencies/dense} and counts layers with weights twice
 * ({@code dense_2} is the second one); on Windows it writes a backslash into one name instead of a
 * group in a group. There the groups of a class are taken in the order of their numbers.
 *
 * <p>Source: Keras 3.15, keras/src/saving/saving_lib.py (H5IOStore); tf.keras 2.13,
 * keras/src/saving/saving_lib.py.
 */
final class LayerGroups {

  private static final String KERAS_3 = "layers";
  private static final String TF_KERAS = "_layer_checkpoint_dependencies";

  /** What tf.keras saves of metrics: their running state, which no task of ours needs. */
  private static final Pattern METRICS = Pattern.compile("/(metrics|[a-z_]*metrics?[\\\\/].*)");

  private static final Pattern NUMBERED = Pattern.compile("(.*?)(?:_([0-9]{1,9}))?");

  private final Hdf5Reader.@Nullable Group current;
  private final KerasNames.Groups names = new KerasNames.Groups();

  /** The groups of tf.keras by class, in order: what is left of them. */
  private final Map<String, List<Place>> legacy = new HashMap<>();

  private final Set<String> read = new HashSet<>();
  private String lastName = "";

  private record Place(Hdf5Reader.Group parent, String path, String name, int number) {}

  LayerGroups(Hdf5Reader reader) {

    this.current = reader.root().group(KERAS_3);
    Hdf5Reader.Group old = reader.root().group(TF_KERAS);
    if (old != null) {
      old.names().forEach(name -> add(old, "/" + TF_KERAS + "/", name, name));
    }

    for (String prefix : List.of(KERAS_3 + "\\", TF_KERAS + "\\")) {
      reader.root().names().stream()
          .filter(name -> name.startsWith(prefix))
          .forEach(name -> add(reader.root(), "/", name, name.substring(prefix.length())));
    }

    legacy.values().forEach(all -> all.sort((a, b) -> Integer.compare(a.number(), b.number())));
  }

  private void add(Hdf5Reader.Group parent, String path, String name, String plain) {
    Matcher matcher = NUMBERED.matcher(plain);
    if (matcher.matches()) {
      String number = matcher.group(2);
      legacy
          .computeIfAbsent(matcher.group(1), any -> new ArrayList<>())
          .add(new Place(parent, path, name, number == null ? 0 : Integer.parseInt(number)));
    }
  }

  /** Returns the group of the next layer, or null if the file has none for it. */
  Hdf5Reader.@Nullable Group next(String className) {
    lastName = names.next(className);
    List<Place> old = legacy.getOrDefault(KerasNames.snakeCase(className), List.of());
    if (!old.isEmpty()) {
      Place place = old.remove(0);
      read.add(place.path() + place.name());
      return place.parent().group(place.name());
    }

    read.add("/" + KERAS_3 + "/" + lastName);
    return current == null ? null : current.group(lastName);
  }

  /** Returns the name that Keras 3 gives to the group of the last layer. */
  String lastName() {
    return lastName;
  }

  /** Tells whether what is in a group was read, or belongs to no layer. */
  boolean wasRead(String path) {
    return read.contains(path) || path.equals("/optimizer") || isOfMetrics(path);
  }

  private boolean isOfMetrics(String path) {
    return !legacy.isEmpty() && METRICS.matcher(path).matches();
  }
}
