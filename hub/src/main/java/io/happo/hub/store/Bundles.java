package io.happo.hub.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Scripts and archives of plugins, by the SHA-256 of their bytes. */
public final class Bundles {
  /**
   * What is known of one without its bytes.
   *
   * @param sha256 64 hexadecimal digits
   * @param kind {@code script} or {@code archive}
   * @param size bytes
   */
  public record Bundle(
      String sha256,
      String name,
      String kind,
      long size,
      byte[] signature,
      String createdBy,
      long createdAt) {}

  private static final String COLUMNS =
      "sha256, name, kind, size, signature, created_by, created_at";

  private final Store store;

  public Bundles(Store store) {
    this.store = store;
  }

  /** Whether it was not there yet: the same bytes are kept once. */
  public boolean add(Bundle bundle, byte[] content) {
    return store.write(
        h ->
            h.createUpdate(
                        "INSERT INTO bundles (sha256, name, kind, size, content, signature,"
                            + " created_by, created_at) VALUES (:sha256, :name, :kind, :size,"
                            + " :content, :signature, :by, :at) ON CONFLICT (sha256) DO NOTHING")
                    .bind("sha256", bundle.sha256())
                    .bind("name", bundle.name())
                    .bind("kind", bundle.kind())
                    .bind("size", bundle.size())
                    .bind("content", content)
                    .bind("signature", bundle.signature())
                    .bind("by", bundle.createdBy())
                    .bind("at", bundle.createdAt())
                    .execute()
                == 1);
  }

  public Optional<Bundle> find(String sha256) {
    return store.read(
        h ->
            h.createQuery("SELECT " + COLUMNS + " FROM bundles WHERE sha256 = :sha256")
                .bind("sha256", sha256)
                .map((rows, _) -> row(rows))
                .findOne());
  }

  /** All, by name and the newest first. */
  public List<Bundle> all() {
    return store.read(
        h ->
            h.createQuery(
                    "SELECT " + COLUMNS + " FROM bundles ORDER BY name, created_at DESC, sha256")
                .map((rows, _) -> row(rows))
                .list());
  }

  public Optional<byte[]> content(String sha256) {
    return store.read(
        h ->
            h.createQuery("SELECT content FROM bundles WHERE sha256 = :sha256")
                .bind("sha256", sha256)
                .map((rows, _) -> rows.getBytes(1))
                .findOne());
  }

  /**
   * Removes those of a kind that no version of the plan names.
   *
   * @param before only those that came before that time
   * @return their digests
   */
  public List<String> removeUnnamed(String kind, long before) {
    return store.write(
        h ->
            h.createQuery(
                    "DELETE FROM bundles WHERE kind = :kind AND created_at < :before"
                        + " AND NOT EXISTS (SELECT 1 FROM plan_versions"
                        + " WHERE document LIKE '%' || bundles.sha256 || '%')"
                        + " RETURNING sha256")
                .bind("kind", kind)
                .bind("before", before)
                .mapTo(String.class)
                .list());
  }

  private static Bundle row(ResultSet rows) throws SQLException {
    return new Bundle(
        rows.getString(1),
        rows.getString(2),
        rows.getString(3),
        rows.getLong(4),
        rows.getBytes(5),
        rows.getString(6),
        rows.getLong(7));
  }
}
