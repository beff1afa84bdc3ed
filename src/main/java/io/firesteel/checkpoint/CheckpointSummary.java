package io.firesteel.checkpoint;

import org.jspecify.annotations.Nullable;

/**
 * What is known of one checkpoint of a directory.
 *
 * @param step the step that its name says
 * @param path where it is
 * @param manifest its manifest, or null if that can't be read
 * @param problem why it would be skipped, or null if it verifies
 */
public record CheckpointSummary(
    long step, String path, @Nullable Manifest manifest, @Nullable String problem) {}
