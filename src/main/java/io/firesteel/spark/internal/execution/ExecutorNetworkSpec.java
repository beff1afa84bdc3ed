package io.firesteel.spark.internal.execution;

import io.firesteel.internal.network.Network;
import io.firesteel.internal.network.NetworkSpec;
import io.firesteel.internal.saving.CustomClass;
import io.firesteel.internal.saving.CustomClasses;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an executor needs to rebuild a network: its spec, and the custom classes that the spec
 * names, which were registered on the driver alone.
 */
public final class ExecutorNetworkSpec implements Serializable {

  private static final long serialVersionUID = 1L;

  private final NetworkSpec spec;
  private final List<CustomClass> customClasses;

  public ExecutorNetworkSpec(NetworkSpec spec) {
    this.spec = spec;
    this.customClasses =
        CustomClasses.all().stream().filter(custom -> names(spec, custom)).toList();
  }

  /** Registers the custom classes and builds the network. */
  Network build() {
    customClasses.forEach(CustomClasses::register);
    return Network.of(spec);
  }

  private static boolean names(NetworkSpec spec, CustomClass custom) {
    String quoted = "\"" + custom.name() + "\"";
    return spec.model().contains(quoted)
        || spec.outputs().stream().anyMatch(output -> output.toString().contains(quoted));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ExecutorNetworkSpec that && spec.equals(that.spec);
  }

  @Override
  public int hashCode() {
    return Objects.hash(spec);
  }
}
