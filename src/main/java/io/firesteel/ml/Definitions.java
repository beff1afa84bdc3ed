package io.firesteel.ml;

import java.io.Serializable;
import java.util.List;
import java.util.function.Predicate;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.StringArrayParam;
import scala.Function1;

/** Makes the params of a stage; a value out of range is refused with the range. */
final class Definitions {

  private final Params owner;

  Definitions(Params owner) {
    this.owner = owner;
  }

  private interface Check<T> extends Predicate<T>, Serializable {}

  private interface Validator extends Function1<Object, Object>, Serializable {}

  private record Range<T>(String name, Class<T> type, String allowed, Check<T> check)
      implements Validator {

    private static final long serialVersionUID = 1L;

    @Override
    public Object apply(Object value) {
      if (!check.test(type.cast(value))) {
        throw new IllegalArgumentException(
            "%s must be %s. Received: %s".formatted(name, allowed, value));
      }

      return true;
    }
  }

  Param<String> text(String name, String doc) {
    return SparkMl.text(owner, name, doc);
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // A validator takes whatever the param holds.
  Param<String> oneOf(String name, String doc, List<String> allowed) {
    Range<String> range =
        new Range<>(name, String.class, "one of " + String.join(", ", allowed), allowed::contains);
    return SparkMl.text(owner, name, doc, (Function1) range);
  }

  IntParam integer(String name, String doc, int least) {
    return new IntParam(
        owner.uid(),
        name,
        doc + " (" + least + " or more)",
        new Range<>(name, Integer.class, least + " or more", value -> value >= least));
  }

  IntParam integer(String name, String doc, int least, int most) {
    return new IntParam(
        owner.uid(),
        name,
        doc,
        new Range<>(
            name,
            Integer.class,
            "from %d to %d".formatted(least, most),
            value -> value >= least && value <= most));
  }

  LongParam whole(String name, String doc) {
    return new LongParam(owner.uid(), name, doc);
  }

  BooleanParam flag(String name, String doc) {
    return new BooleanParam(owner.uid(), name, doc);
  }

  DoubleParam positive(String name, String doc) {
    return new DoubleParam(
        owner.uid(),
        name,
        doc,
        new Range<>(
            name,
            Double.class,
            "above 0 and finite",
            value -> value > 0 && Double.isFinite(value)));
  }

  DoubleParam nonNegative(String name, String doc) {
    return new DoubleParam(
        owner.uid(),
        name,
        doc,
        new Range<>(
            name,
            Double.class,
            "0 or more and finite",
            value -> value >= 0 && Double.isFinite(value)));
  }

  /** Returns a param of numbers from 0 to 1. */
  DoubleParam share(String name, String doc, boolean oneAllowed) {
    return new DoubleParam(
        owner.uid(),
        name,
        doc,
        new Range<>(
            name,
            Double.class,
            oneAllowed ? "from 0 to 1" : "at least 0 and below 1",
            value -> value >= 0 && (oneAllowed ? value <= 1 : value < 1)));
  }

  StringArrayParam names(String name, String doc) {
    return new StringArrayParam(owner, name, doc);
  }
}
