package io.firesteel.spark.internal.seam;

import java.util.Iterator;
import java.util.List;
import scala.collection.immutable.$colon$colon;
import scala.collection.immutable.Nil$;

/**
 * Collections of Scala from those of Java and back, with what Scala 2.12 and 2.13 both have.
 *
 * <p>Why: the converters of each are not in the other, and a {@code Seq} of Spark's methods is
 * {@code scala.collection.Seq} in 2.12 and {@code scala.collection.immutable.Seq} in 2.13. A {@code
 * List} is either.
 */
public final class ScalaLists {

  private ScalaLists() {}

  /** Returns a Scala list of values. */
  @SuppressWarnings("unchecked") // The empty list is one of everything.
  public static <T> scala.collection.immutable.List<T> of(List<? extends T> values) {
    var result = (scala.collection.immutable.List<T>) (Object) Nil$.MODULE$;
    for (int i = values.size() - 1; i >= 0; i--) {
      result = new $colon$colon<>(values.get(i), result);
    }

    return result;
  }

  /** Returns the values of a Scala collection, to go through. */
  public static <T> Iterable<T> in(scala.collection.Iterable<T> values) {
    return () -> iterator(values.iterator());
  }

  /** Returns a Java iterator over what a Scala one has. */
  public static <T> Iterator<T> iterator(scala.collection.Iterator<T> values) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return values.hasNext();
      }

      @Override
      public T next() {
        return values.next();
      }
    };
  }
}
