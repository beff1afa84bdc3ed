/**
 * What a run leaves on disk and finds again: the Keras archive ({@link
 * io.firesteel.checkpoint.KerasArchive}), the files of a checkpoint ({@link
 * io.firesteel.checkpoint.CheckpointFiles}), and the contract of an atomic {@link
 * io.firesteel.checkpoint.CheckpointStore}, for which others bring the file system.
 */
@NullMarked
package io.firesteel.checkpoint;

import org.jspecify.annotations.NullMarked;
