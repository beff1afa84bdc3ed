/**
 * The user's model: {@link io.firesteel.models.Sequential} with compile, fit, evaluate, predict,
 * summary, save and load.
 */
@NullMarked
package io.firesteel.models;

import org.jspecify.annotations.NullMarked;
