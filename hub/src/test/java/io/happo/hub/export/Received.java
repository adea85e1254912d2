package io.happo.hub.export;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.airlift.compress.snappy.SnappyDecompressor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Reads what a receiver gets, for tests: one text for each value. */
final class Received {
  private Received() {}

  static byte[] uncompressed(byte[] compressed) {
    var out = new byte[SnappyDecompressor.getUncompressedLength(compressed, 0)];
    new SnappyDecompressor().decompress(compressed, 0, compressed.length, out, 0, out.length);
    return out;
  }

  /** {@code name{label=value,…} value@time}. */
  static List<String> remoteWrite(byte[] compressed) throws IOException {
    var values = new ArrayList<String>();
    var request = CodedInputStream.newInstance(uncompressed(compressed));
    for (int tag = request.readTag(); tag != 0; tag = request.readTag()) {
      series(request.readByteBuffer().array(), values);
    }
    return values;
  }

  private static void series(byte[] bytes, List<String> values) throws IOException {
    var labels = new TreeMap<String, String>();
    var series = CodedInputStream.newInstance(bytes);
    for (int tag = series.readTag(); tag != 0; tag = series.readTag()) {
      var part = CodedInputStream.newInstance(series.readByteArray());
      if (WireFormat.getTagFieldNumber(tag) == 1) {
        part.readTag();
        var name = part.readString();
        part.readTag();
        labels.put(name, part.readString());
      } else {
        part.readTag();
        double value = part.readDouble();
        part.readTag();
        var named = new TreeMap<>(labels);
        values.add(
            named.remove("__name__")
                + named.toString().replace(", ", ",")
                + " "
                + value
                + "@"
                + part.readInt64());
      }
    }
  }
}
