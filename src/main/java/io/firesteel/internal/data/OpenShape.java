package io.firesteel.internal.data;

import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What an input says of the shape of its rows, and what that shape is now. Extents that are open
 * take those of the rows that come; until then a length stands in for them.
 *
 * @param dims the extents, {@link #OPEN} for those that are open
 * @param standIn what stands for those that are open until rows come
 * @param rows the shape of one row, as it is now
 * @param isBound whether that is the shape of rows that came
 */
public record OpenShape(List<Integer> dims, int standIn, Shape rows, boolean isBound) {

  /** An extent that is open: Keras's {@code None}. */
  public static final int OPEN = -1;

  /**
   * What may stand in for open extents while no data are there, in the order of trial: large enough
   * for windows of most convolutions, and a multiple of what halves it again and again.
   */
  public static final List<Integer> STAND_INS = List.of(256, 64, 16_384, 8);

  /** Returns the shape of these extents. */
  public static OpenShape of(int... dims) {
    return of(IntStream.of(dims).boxed().toList(), STAND_INS.get(0), 1);
  }

  private static OpenShape of(List<Integer> dims, int standIn, int factor) {
    int[] rows = dims.stream().mapToInt(dim -> dim == OPEN ? standIn * factor : dim).toArray();
    return new OpenShape(dims, standIn, Shape.of(rows), !dims.contains(OPEN));
  }

  /** Tells whether there are extents that the data decide. */
  public boolean isOpen() {
    return dims.contains(OPEN);
  }

  /** Tells whether rows of that shape may come. */
  public boolean takes(Shape given) {
    return given.rank() == dims.size()
        && IntStream.range(0, dims.size())
            .allMatch(i -> dims.get(i) == OPEN ? given.dim(i) > 0 : dims.get(i) == given.dim(i));
  }

  /**
   * Returns this shape for rows of that one, which it {@link #takes}; open extents stay open for
   * others.
   */
  public OpenShape bound(Shape given) {
    return new OpenShape(dims, standIn, given, true);
  }

  /** Returns this shape with a multiple of the length that stands in for open extents. */
  public OpenShape unbound(int factor) {
    return of(dims, standIn, factor);
  }

  /** Returns this shape with another length standing in for open extents. */
  public OpenShape withStandIn(int length) {
    return of(dims, length, 1);
  }

  /** Returns the shape of the rows that it has now alone. */
  public OpenShape closed() {
    return of(rows.dims());
  }

  /** Returns the extents behind the batch size as Keras writes them, null for open ones. */
  public List<@Nullable Long> toBatchList() {
    List<@Nullable Long> list = new ArrayList<>();
    list.add(null);
    dims.forEach(dim -> list.add(dim == OPEN ? null : (Long) (long) dim));
    return list;
  }

  /** Returns the extents as Python writes them, {@code None} for those that are open. */
  @Override
  public String toString() {
    String text = String.join(", ", dims.stream().map(d -> d == OPEN ? "None" : "" + d).toList());
    return "(" + text + (dims.size() == 1 ? ",)" : ")");
  }
}
