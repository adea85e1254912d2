package io.happo.agent.buffer;

import io.happo.core.JsonWriter;
import io.happo.core.link.Item;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Items as the outbox keeps them: JSON in UTF-8. */
final class ItemBytes {
  private ItemBytes() {}

  /**
   * Those of each.
   *
   * @throws IOException when one is larger than {@link Outbox#MAX_ITEM_BYTES}; one line
   */
  static List<byte[]> of(List<? extends Item> items) throws IOException {
    List<byte[]> all = new ArrayList<>(items.size());
    for (Item item : items) {
      JsonWriter json = new JsonWriter();
      item.write(json);
      byte[] bytes = json.toBytes();
      if (bytes.length > Outbox.MAX_ITEM_BYTES) {
        throw new IOException(
            "an item of "
                + bytes.length
                + " bytes is too large for the link to the hub; "
                + Outbox.MAX_ITEM_BYTES
                + " is the most");
      }
      all.add(bytes);
    }
    return all;
  }
}
