/**
 * What a run leaves on disk and finds again: the Keras archive, the training state, and the
 * contract of an atomic {@link io.firesteel.checkpoint.CheckpointStore}.
 */
@NullMarked
package io.firesteel.checkpoint;

import org.jspecify.annotations.NullMarked;
