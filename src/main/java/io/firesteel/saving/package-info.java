/**
 * The contracts of saving: what every configurable object promises ({@link
 * io.firesteel.saving.KerasSerializable}), the data it turns into ({@link
 * io.firesteel.saving.Config}), and what makes objects of that again ({@link
 * io.firesteel.saving.ConfigFactory}). Imports nothing of Firesteel.
 */
@NullMarked
package io.firesteel.saving;

import org.jspecify.annotations.NullMarked;
