package io.firesteel.ml;

import org.apache.spark.ml.util.Identifiable$;
import org.jspecify.annotations.Nullable;

/**
 * The uid of the stage that is being constructed. Spark's constructors create their params, which
 * ask the stage for its uid, before a constructor of Java can set a field; so it is announced here
 * on the way up and taken by the first who asks.
 */
final class Uids {

  private static final ThreadLocal<@Nullable String> NEXT = new ThreadLocal<>();

  /** Says that a uid was announced. */
  enum Announced {
    YES
  }

  private Uids() {}

  static Announced announce(String uid) {
    NEXT.set(uid);
    return Announced.YES;
  }

  static Announced announceRandom(String prefix) {
    return announce(Identifiable$.MODULE$.randomUID(prefix));
  }

  static String take() {
    String uid = NEXT.get();
    NEXT.remove();
    if (uid == null) {
      throw new IllegalStateException("No uid was announced");
    }

    return uid;
  }
}
