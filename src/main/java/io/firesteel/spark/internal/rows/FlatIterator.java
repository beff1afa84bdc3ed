package io.firesteel.spark.internal.rows;

import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Function;

/**
 * The items of parts, one part after the other; a part is opened when the one before it is done.
 */
final class FlatIterator<P, T> implements Iterator<T> {

  private final Iterator<P> parts;
  private final Function<P, Iterator<T>> items;
  private Iterator<T> current = Collections.emptyIterator();

  FlatIterator(Iterator<P> parts, Function<P, Iterator<T>> items) {
    this.parts = parts;
    this.items = items;
  }

  @Override
  public boolean hasNext() {
    while (!current.hasNext() && parts.hasNext()) {
      current = items.apply(parts.next());
    }

    return current.hasNext();
  }

  @Override
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }

    return current.next();
  }
}
