package io.firesteel.layers;

import org.jspecify.annotations.Nullable;

/**
 * A layer that normalizes, and then may multiply by a weight {@code gamma} and add a weight {@code
 * beta}.
 *
 * @param <L> the layer's own class
 */
abstract class AffineLayer<L extends AffineLayer<L>> extends KerasLayer<L> {

  private final Affine affine;

  AffineLayer(Affine affine, LayerOptions options) {
    super(options);
    this.affine = affine;
  }

  abstract L with(Affine newAffine);

  final Affine affine() {
    return affine;
  }

  /** Returns this layer with {@code beta} added to its output or not. */
  public final L center(boolean value) {
    return with(new Affine(value, affine.scale(), affine.beta(), affine.gamma()));
  }

  /** Returns this layer with its output multiplied by {@code gamma} or not. */
  public final L scale(boolean value) {
    return with(new Affine(affine.center(), value, affine.beta(), affine.gamma()));
  }

  /** Returns this layer with the start values of beta, by name, instance or config. */
  public final L betaInitializer(Object identifier) {
    return with(affine.withBeta(affine.beta().withInitializer(identifier)));
  }

  /** Returns this layer with the start values of gamma, by name, instance or config. */
  public final L gammaInitializer(Object identifier) {
    return with(affine.withGamma(affine.gamma().withInitializer(identifier)));
  }

  /** Returns this layer with a penalty on beta, by name, instance or config, or null. */
  public final L betaRegularizer(@Nullable Object identifier) {
    return with(affine.withBeta(affine.beta().withRegularizer(identifier)));
  }

  /** Returns this layer with a penalty on gamma, by name, instance or config, or null. */
  public final L gammaRegularizer(@Nullable Object identifier) {
    return with(affine.withGamma(affine.gamma().withRegularizer(identifier)));
  }

  /** Returns this layer with a constraint on beta, by name, instance or config, or null. */
  public final L betaConstraint(@Nullable Object identifier) {
    return with(affine.withBeta(affine.beta().withConstraint(identifier)));
  }

  /** Returns this layer with a constraint on gamma, by name, instance or config, or null. */
  public final L gammaConstraint(@Nullable Object identifier) {
    return with(affine.withGamma(affine.gamma().withConstraint(identifier)));
  }
}
