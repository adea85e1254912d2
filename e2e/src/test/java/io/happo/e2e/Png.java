package io.happo.e2e;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Makes pictures of a screen small enough for a repository. */
final class Png {
  private static final int MAX_COLOURS = 256;

  private Png() {}

  /**
   * The same picture in at most 256 colours: exactly where it has no more, else each as near to
   * what it was as that number lets it be.
   */
  static byte[] small(byte[] png) {
    try {
      var image = ImageIO.read(new ByteArrayInputStream(png));
      int[] pixels =
          image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
      var counts = new HashMap<Integer, Integer>();
      for (int pixel : pixels) {
        counts.merge(pixel, 1, Integer::sum);
      }
      var places = places(counts);
      var palette = new int[MAX_COLOURS];
      places.forEach((colour, place) -> palette[place.index] = place.colour);
      var indexed =
          new BufferedImage(
              image.getWidth(),
              image.getHeight(),
              BufferedImage.TYPE_BYTE_INDEXED,
              new IndexColorModel(8, MAX_COLOURS, palette, 0, false, -1, 0));
      var samples = new int[pixels.length];
      for (int n = 0; n < pixels.length; n++) {
        samples[n] = Objects.requireNonNull(places.get(pixels[n])).index;
      }
      indexed.getRaster().setPixels(0, 0, image.getWidth(), image.getHeight(), samples);
      return written(indexed);
    } catch (IOException e) {
      throw new AssertionError("not a picture", e);
    }
  }

  /** A colour of the palette. */
  private record Place(int index, int colour) {}

  /** Where each colour stands in the palette, which takes the frequent ones first. */
  private static Map<Integer, Place> places(Map<Integer, Integer> counts) {
    var colours =
        counts.entrySet().stream()
            .sorted(
                Map.Entry.<Integer, Integer>comparingByValue()
                    .reversed()
                    .thenComparing(Map.Entry.comparingByKey()))
            .map(Map.Entry::getKey)
            .toList();
    for (int apart = 0; ; apart = apart == 0 ? 4 : apart * 2) {
      var places = places(colours, apart);
      if (!places.isEmpty()) {
        return places;
      }
    }
  }

  /** Likewise with no two colours nearer than that; empty when these are too many. */
  private static Map<Integer, Place> places(List<Integer> colours, int apart) {
    var palette = new int[MAX_COLOURS];
    int used = 0;
    var places = new HashMap<Integer, Place>();
    for (int colour : colours) {
      int nearest = -1;
      int distance = Integer.MAX_VALUE;
      for (int n = 0; n < used && distance > 0; n++) {
        int here = distance(palette[n], colour);
        if (here < distance) {
          distance = here;
          nearest = n;
        }
      }
      if (distance > apart * apart) {
        if (used == MAX_COLOURS) {
          return Map.of();
        }
        nearest = used;
        palette[used++] = colour;
      }
      places.put(colour, new Place(nearest, palette[nearest]));
    }
    return places;
  }

  /** Squared, over red, green and blue. */
  private static int distance(int one, int other) {
    int sum = 0;
    for (int shift = 0; shift <= 16; shift += 8) {
      int difference = (one >> shift & 0xff) - (other >> shift & 0xff);
      sum += difference * difference;
    }
    return sum;
  }

  private static byte[] written(BufferedImage image) throws IOException {
    var bytes = new ByteArrayOutputStream();
    var writer = ImageIO.getImageWritersByFormatName("png").next();
    try (var out = new MemoryCacheImageOutputStream(bytes)) {
      var parameters = writer.getDefaultWriteParam();
      parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      parameters.setCompressionQuality(0);
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), parameters);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }
}
