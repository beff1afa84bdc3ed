package io.firesteel.layers;

import java.util.Arrays;

/**
 * Windows over the frames of volumes. A window is an image whose channels are those of its frames,
 * one frame after the other; with groups of channels, first those of the first group in all frames.
 * So a convolution of volumes is one of such images.
 *
 * @param frames the number of frames of a volume
 * @param windows the number of windows
 * @param size the number of frames of a window
 * @param stride how many frames windows lie apart
 * @param dilation how many frames the frames of a window lie apart
 * @param before how many frames the first window begins before the volume
 */
record FrameWindows(int frames, int windows, int size, int stride, int dilation, int before) {

  /** The windows that are the frames of a volume. */
  static FrameWindows single(int frames) {
    return new FrameWindows(frames, frames, 1, 1, 1, 0);
  }

  /**
   * What a row is made of.
   *
   * @param places the places of a frame
   */
  record Layout(int places, int channels, int groups, DataFormat format) {}

  /** Fills images with the windows of volumes; frames outside are 0. */
  void gather(float[] volumes, float[] images, int rows, Layout layout) {
    move(volumes, images, rows, layout, true);
  }

  /** Fills volumes with the sums of the windows that each frame is in. */
  void addBack(float[] images, float[] volumes, int rows, Layout layout) {
    Arrays.fill(volumes, 0, rows * frames * layout.places * layout.channels, 0.0f);
    move(volumes, images, rows, layout, false);
  }

  private void move(float[] volumes, float[] images, int rows, Layout layout, boolean gathers) {
    for (int image = 0; image < rows * windows; image++) {
      for (int k = 0; k < size; k++) {
        int z = image % windows * stride - before + k * dilation;
        for (int group = 0; group < layout.groups; group++) {
          if (layout.format == DataFormat.CHANNELS_LAST) {
            moveLast(volumes, images, layout, gathers, image, k, z, group);
          } else {
            moveFirst(volumes, images, layout, gathers, image, k, z, group);
          }
        }
      }
    }
  }

  private void moveLast(
      float[] volumes,
      float[] images,
      Layout layout,
      boolean gathers,
      int image,
      int k,
      int z,
      int group) {
    int own = layout.channels / layout.groups;
    int all = layout.channels * size;
    int frame = (image / windows * frames + z) * layout.places;
    for (int place = 0; place < layout.places; place++) {
      int inImage = (image * layout.places + place) * all + (group * size + k) * own;
      int inVolume = (frame + place) * layout.channels + group * own;
      copy(volumes, inVolume, images, inImage, own, z, gathers);
    }
  }

  private void moveFirst(
      float[] volumes,
      float[] images,
      Layout layout,
      boolean gathers,
      int image,
      int k,
      int z,
      int group) {
    int own = layout.channels / layout.groups;
    int all = layout.channels * size;
    for (int c = 0; c < own; c++) {
      int channel = image / windows * layout.channels + group * own + c;
      int inVolume = (channel * frames + z) * layout.places;
      int inImage = (image * all + (group * size + k) * own + c) * layout.places;
      copy(volumes, inVolume, images, inImage, layout.places, z, gathers);
    }
  }

  private void copy(
      float[] volumes, int inVolume, float[] images, int inImage, int n, int z, boolean gathers) {
    boolean inside = z >= 0 && z < frames;
    if (gathers && inside) {
      FloatRanges.copy(volumes, inVolume, images, inImage, n);
    } else if (gathers) {
      Arrays.fill(images, inImage, inImage + n, 0.0f);
    } else if (inside) {
      FloatRanges.add(images, inImage, volumes, inVolume, n);
    }
  }
}
