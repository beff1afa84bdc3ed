package io.firesteel.layers;

import io.firesteel.internal.saving.KerasOperation;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a tensor, {@code x[:, 0]} or {@code x[:, 1:3, ::2]}: an index takes an axis away, a
 * slice leaves some of it, {@code None} adds an axis, as in NumPy's basic indexing (Keras 3.15,
 * keras/src/ops/numpy.py, GetItem). The axis of the rows stays whole.
 */
final class GetItem extends GatherLayer<GetItem> implements KerasOperation {

  private static final String NAME = "GetItem";
  private static final String SLICE = "__slice__";
  private static final String ELLIPSIS = "__ellipsis__";

  /** One entry of the key for each axis of the input, and each new one, behind that of the rows. */
  private record Cut(int start, int step, int count, boolean keepsAxis, boolean isNew) {}

  private final @Nullable Object key;

  private GetItem(@Nullable Object key, LayerOptions options) {
    super(options);
    this.key = key;
  }

  static GetItem fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    GetItem layer = new GetItem(reader.any("key"), LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected GetItem with(LayerOptions newOptions) {
    return new GetItem(key, newOptions);
  }

  @Override
  public boolean builtAtInit() {
    return true;
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    List<Integer> dims = new ArrayList<>();
    for (Cut cut : cuts(input)) {
      if (cut.keepsAxis()) {
        dims.add(cut.count());
      }
    }

    return Shape.of(dims);
  }

  private List<Cut> cuts(Shape input) {
    List<@Nullable Object> entries = entries(input.rank() + 1);
    if (!isWhole(entries.get(0))) {
      throw refused("must leave the axis of the rows whole", input);
    }

    List<Cut> cuts = new ArrayList<>();
    int axis = 0;
    for (@Nullable Object entry : entries.subList(1, entries.size())) {
      cuts.add(entry == null ? new Cut(0, 1, 1, true, true) : cut(entry, input, axis));
      axis += entry == null ? 0 : 1;
    }

    return cuts;
  }

  /** Returns an entry for each axis, the rows' first, with the new ones between them. */
  private List<@Nullable Object> entries(int rank) {
    List<@Nullable Object> given = new ArrayList<>();
    if (key instanceof List<?> list) {
      given.addAll(list);
    } else {
      given.add(key);
    }

    int named = (int) given.stream().filter(each -> each != null && !is(each, ELLIPSIS)).count();
    int at = given.size();
    for (int i = 0; i < given.size(); i++) {
      if (is(given.get(i), ELLIPSIS)) {
        at = i;
      }
    }

    if (at < given.size()) {
      given.remove(at);
    }

    if (named > rank || given.stream().anyMatch(each -> is(each, ELLIPSIS))) {
      throw new IllegalArgumentException(
          "GetItem: 'key' must name each of %d axes at most once. Received: %s"
              .formatted(rank, key));
    }

    given.addAll(at, Collections.nCopies(rank - named, whole()));
    return given;
  }

  private static Config whole() {
    Config all = Config.builder().put("start", null).put("stop", null).put("step", null).build();
    return Config.builder().put("class_name", SLICE).put("config", all).build();
  }

  private static boolean is(@Nullable Object entry, String kind) {
    return entry instanceof Config config && kind.equals(config.get("class_name"));
  }

  private static boolean isWhole(@Nullable Object entry) {
    return is(entry, SLICE)
        && entry instanceof Config config
        && config.get("config") instanceof Config slice
        && slice.get("start") == null
        && slice.get("stop") == null
        && (slice.get("step") == null || slice.get("step").equals(1L));
  }

  private Cut cut(Object entry, Shape input, int axis) {
    int extent = input.dim(axis);
    if (entry instanceof Long index) {
      if (index < -extent || index >= extent) {
        throw refused("has the index %d for an axis of %d".formatted(index, extent), input);
      }

      return new Cut(Math.floorMod(index, extent), 1, 1, false, false);
    }

    if (!is(entry, SLICE)
        || !(entry instanceof Config config)
        || !(config.get("config") instanceof Config slice)) {
      throw refused("must hold integers, slices, None and one ellipsis", input);
    }

    int step = number(slice.get("step"), 1, input);
    if (step == 0) {
      throw refused("has a slice of step 0", input);
    }

    int least = step > 0 ? 0 : -1;
    int most = step > 0 ? extent : extent - 1;
    int start = end(slice.get("start"), step > 0 ? 0 : extent - 1, extent, least, most, input);
    int stop = end(slice.get("stop"), step > 0 ? extent : -1, extent, least, most, input);
    int count = Math.max(0, Math.floorDiv(stop - start + step - Integer.signum(step), step));
    if (count == 0) {
      throw refused("leaves nothing of an axis of %d".formatted(extent), input);
    }

    return new Cut(start, step, count, true, false);
  }

  /** Returns an end of a slice, of which negative ones count from behind, within the axis. */
  private int end(
      @Nullable Object given, int absent, int extent, int least, int most, Shape input) {
    if (given == null) {
      return absent;
    }

    int number = number(given, absent, input);
    return Math.max(least, Math.min(most, number < 0 ? number + extent : number));
  }

  private int number(@Nullable Object given, int absent, Shape input) {
    if (given == null) {
      return absent;
    }

    if (!(given instanceof Long number) || number != number.intValue()) {
      throw refused("must have integers in its slices", input);
    }

    return number.intValue();
  }

  private IllegalArgumentException refused(String why, Shape input) {
    return new IllegalArgumentException(
        "GetItem: 'key' %s, for rows of shape %s. Received: %s".formatted(why, input, key));
  }

  @Override
  int[] sources(Shape input, Shape output) {
    List<Cut> cuts = cuts(input);
    int[] sources = new int[] {0};
    int axis = 0;
    for (Cut cut : cuts) {
      if (!cut.isNew()) {
        sources = taken(sources, cut, input.dim(axis++));
      }
    }

    return sources;
  }

  private static int[] taken(int[] before, Cut cut, int extent) {
    int[] sources = new int[before.length * cut.count()];
    for (int i = 0; i < sources.length; i++) {
      sources[i] = before[i / cut.count()] * extent + cut.start() + i % cut.count() * cut.step();
    }

    return sources;
  }

  @Override
  public Config getConfig() {
    return baseConfig().put("key", key).build();
  }

  @Override
  public String operation() {
    return NAME;
  }

  @Override
  public Config operationConfig() {
    return Config.empty();
  }

  @Override
  public List<Object> operationArguments() {
    return Collections.singletonList(key);
  }
}
